import { theService } from '../../src/rules/actor.ts';
import type { RoomCaller } from '../../src/rules/authority.ts';
import type { Ban } from '../../src/rules/ban.ts';
import type { EntryAsk } from '../../src/rules/entry.ts';
import type { Rows, TokenFacts } from '../../src/rules/fact-keys.ts';
import { type Changes, type NoRoom, type RoomFacts, type TokenUse, takesPlace } from '../../src/rules/facts.ts';
import type { BanId, DomainId, Id, KnockId, RoomId } from '../../src/rules/ids.ts';
import {
  type AdmittedKnock,
  admit,
  closeKnock,
  type DeniedKnock,
  decisionOn,
  deny,
  type Knock,
  type KnockStatus,
  makeKnock,
  type PendingKnock,
} from '../../src/rules/knock-request.ts';
import type { LobbyReturn } from '../../src/rules/lobby-return.ts';
import type { TokenClaims, TokenVerdict } from '../../src/rules/meeting-token-claims.ts';
import {
  endParticipant,
  type LeaveReason,
  makeParticipant,
  type Participant,
  type PastParticipant,
  type PresentParticipant,
} from '../../src/rules/participant.ts';
import type { AdminArea } from '../../src/rules/permissions.ts';
import { type DomainDefaults, defaultRoomSettings, type Room } from '../../src/rules/room.ts';

// Facts as rules see them, each with what a test does not care for filled in.

export const now = new Date('2026-11-24T09:30:00.000Z');

/** When the service was away last, where a test does not care for that. */
export const longAgo = new Date(0);

/** So many seconds after (or before) `now`. */
export function at(seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000);
}

/** An id for each name: readable in a failed test, and the same each time. */
export function idOf<Noun extends string>(name: string): Id<Noun> {
  // Rules compare ids and look no further into them.
  return name as Id<Noun>;
}

const domainId: DomainId = idOf('domain');
const roomId: RoomId = idOf('room');

export const domain: DomainDefaults = {
  id: domainId,
  name: 'default',
  version: 1,
  permissions: null,
  enforceUniqueUserIds: false,
  lang: 'en',
  mediaServer: null,
  doorPage: null,
};

export function roomOf(more: Partial<Room> = {}): Room {
  return {
    ...defaultRoomSettings,
    id: roomId,
    domainId,
    name: 'lobby',
    reusesName: false,
    version: 7,
    createdAt: at(-3600),
    updatedAt: at(-3600),
    closedAt: null,
    closedBy: null,
    isOver: false,
    ...more,
  };
}

/** A private room that takes knocks. */
export function waitingRoomOf(more: Partial<Room> = {}): Room {
  return roomOf({ privacy: 'PRIVATE', enableKnocking: true, ...more });
}

export function claimsOf(more: Partial<TokenClaims> = {}): TokenClaims {
  return {
    jti: 'jti-1',
    roomName: 'lobby',
    roomId,
    iat: at(-60),
    selfSigned: false,
    signerKid: 'kid-1',
    signerId: 'key-1',
    isOwner: false,
    userName: null,
    userId: null,
    nbf: null,
    exp: at(3600),
    knocking: false,
    ejectAtTokenExp: null,
    ejectAfterElapsedSeconds: null,
    startVideoOff: null,
    startAudioOff: null,
    enableScreenshare: null,
    lang: null,
    permissions: null,
    maxUses: null,
    ...more,
  };
}

export function goodToken(more: Partial<TokenClaims> = {}): TokenVerdict {
  return { ok: true, claims: claimsOf(more) };
}

/** Somebody waits. */
export function knockOf(more: Partial<PendingKnock> = {}): PendingKnock {
  const id = idOf<'KnockRequest'>('knock-1');
  const who = { userName: 'Nora', userId: null, verified: false, token: null, addressHash: 'address-1' };
  const tokens = { tokenHash: 'hash-of-knock-1', previousTokenHash: null, spareTokenHashes: [], idempotencyHash: null };
  const brought = { id, ...who, ...tokens, message: null, reply: null, isReturn: false };
  return { ...makeKnock(waitingRoomOf(), brought, at(-10)), ...more };
}

/** The same person was let in. */
export function admittedOf(more: Partial<AdmittedKnock> = {}): AdmittedKnock {
  return { ...admit(knockOf(), 'DECIDED', theService, waitingRoomOf(), at(-5)), ...more };
}

export function deniedOf(more: Partial<DeniedKnock> = {}): DeniedKnock {
  const until = more.knockAgainAt ? { coolsDownUntil: more.knockAgainAt } : {};
  return { ...deny(knockOf(), theService, waitingRoomOf(), true, at(-5)), ...until, ...more };
}

/** A knock as it stands in this state. */
export function knockIn(status: KnockStatus, knock: PendingKnock = knockOf(), decidedAt = at(-5)): Knock {
  switch (status) {
    case 'PENDING':
      return knock;
    case 'ADMITTED':
      return admit(knock, 'DECIDED', theService, waitingRoomOf(), decidedAt);
    case 'DENIED':
      return deny(knock, theService, waitingRoomOf(), true, decidedAt);
    case 'CANCELLED':
      return closeKnock(knock, 'WITHDRAWN', theService, decidedAt);
    case 'EXPIRED':
      return closeKnock(knock, 'TIMED_OUT', theService, decidedAt);
  }
}

/** How knocks stand, and why, in a word each. */
export function fateOf(knock: Knock): string {
  return `${knock.status} ${decisionOn(knock)?.reason ?? null}`;
}

/** Somebody is inside. */
export function participantOf(more: Partial<PresentParticipant> = {}): PresentParticipant {
  const id = idOf<'Participant'>('participant-1');
  const who = { userName: 'Pia', userId: null, verified: false, isOwner: false, hidden: false };
  const right = { token: null, knockId: null, addressHash: 'address-1' };
  const tokens = { sessionHash: 'session-1', idempotencyHash: null };
  const brought = { id, ...who, ...right, ...tokens, audio: true, video: true };
  return { ...makeParticipant(waitingRoomOf(), brought, at(-5)), ...more };
}

/** The same person is there no more. */
export function goneOf(reason: LeaveReason, participant: PresentParticipant = participantOf()): PastParticipant {
  return endParticipant(participant, reason, at(-1));
}

export const owner = participantOf({ id: idOf<'Participant'>('owner'), userName: 'Olga', isOwner: true });

/** A guest who may do these things as an admin. */
export const adminOf = (...canAdmin: readonly AdminArea[]): Participant =>
  participantOf({ id: idOf('admin'), permissions: { hasPresence: null, canSend: null, canReceive: null, canAdmin } });
export const admin = adminOf('PARTICIPANTS');

// Who asks for something: the domain's backend, or somebody of the room by their session.
export const asBackend: RoomCaller = { kind: 'BACKEND', actor: { kind: 'BACKEND', name: 'key', userId: null } };
export const callerOf = (id: string, wasOwner = false): RoomCaller => ({
  kind: 'PARTICIPANT',
  id: idOf(id),
  wasOwner,
});
export const asOwner = callerOf('owner', true);
export const asAdmin = callerOf('admin');

export function banOf(more: Partial<Ban> = {}): Ban {
  return {
    id: idOf<'Ban'>('ban-1'),
    roomId,
    domainId,
    userId: null,
    userName: null,
    knockId: null,
    jti: null,
    addressHash: null,
    madeByAdmin: false,
    createdAt: at(-60),
    exp: null,
    liftedAt: null,
    ...more,
  };
}

type Given = {
  readonly room?: Room;
  readonly domain?: DomainDefaults;
  readonly knocks?: readonly Knock[];
  readonly participants?: readonly Participant[];
  readonly bans?: readonly Ban[];
  readonly returns?: readonly LobbyReturn[];
  readonly tokenUses?: ReadonlyMap<string, TokenUse>;
  readonly revokedJtis?: ReadonlySet<string>;
  readonly tokens?: TokenFacts;
  readonly ownerIds?: ReadonlySet<string>;
} & Partial<Pick<RoomFacts, 'liveStream' | 'hasAdmissions' | 'placesTaken'>>;

/** Facts of which all is loaded: what a test does not name is not there. */
export function factsOf(given: Given = {}): RoomFacts {
  const participants = given.participants ?? [];
  const knocks = rowsOf(given.knocks ?? []);
  const people = rowsOf(participants);
  const sessions = (isMeant: (one: Participant) => boolean) => [...people.values()].filter(isMeant);
  return {
    room: given.room ?? waitingRoomOf(),
    domain: given.domain ?? domain,
    knocks,
    participants: people,
    bans: new Map<BanId, Ban>((given.bans ?? []).map((ban) => [ban.id, ban])),
    returns: new Map<KnockId, LobbyReturn>((given.returns ?? []).map((one) => [one.id, one])),
    tokens: given.tokens ?? tokensOf(given),
    keyed: {
      knocksOfKey: (key) => [...knocks.values()].filter(({ idempotencyHash }) => idempotencyHash === key),
      sessionsOfKey: (key) => sessions(({ idempotencyHash }) => idempotencyHash === key),
      sessionsOf: (id) => sessions(({ knockId }) => knockId === id),
      admissions: () => [...knocks.values()].filter((knock) => knock.status === 'ADMITTED'),
      ownersAmong: (userIds) => new Set(userIds.filter((userId) => given.ownerIds?.has(userId))),
    },
    placesTaken: given.placesTaken ?? [...participants].filter(takesPlace).length,
    liveStream: given.liveStream ?? null,
    hasAdmissions: given.hasAdmissions ?? true,
  };
}

export function rowsOf<Row extends { readonly id: string }>(rows: readonly Row[]): Rows<Row['id'], Row> {
  const map = new Map(rows.map((row) => [row.id, row]));
  return { get: (id) => map.get(id), held: (id) => map.get(id), values: () => map.values() };
}

function tokensOf({ tokenUses, revokedJtis }: Given): TokenFacts {
  return {
    require: () => undefined,
    get: ({ jti }) => ({
      uses: tokenUses?.get(jti)?.uses ?? 0,
      ended: revokedJtis?.has(jti) ? 'TOKEN_REVOKED' : null,
    }),
  };
}

/** There is no such room; these tokens were revoked. */
export function noRoom(revokedJtis: ReadonlySet<string> = new Set()): NoRoom {
  return { room: null, tokens: tokensOf({ revokedJtis }) };
}

/** The facts after a decision, as the room writer makes them. */
export function factsAfter(facts: RoomFacts, changes: Changes | null | undefined): RoomFacts {
  if (!changes) return facts;
  const participants = [...facts.participants.values(), ...(changes.participants ?? [])];
  const uses = new Map((changes.tokenUses ?? []).map((use) => [use.jti, use.uses]));
  const after = factsOf({
    room: changes.room ?? facts.room,
    domain: facts.domain,
    knocks: [...facts.knocks.values(), ...(changes.knocks ?? [])],
    participants,
    bans: [...facts.bans.values(), ...(changes.bans ?? [])],
    returns: [...facts.returns.values(), ...(changes.returns ?? [])],
    tokens: {
      require: facts.tokens.require,
      get: (token) => ({ ...facts.tokens.get(token), uses: uses.get(token.jti) ?? facts.tokens.get(token).uses }),
    },
    liveStream: changes.liveStream ?? facts.liveStream,
    hasAdmissions: facts.hasAdmissions,
    placesTaken: [...new Map(participants.map((person) => [person.id, person])).values()].filter(takesPlace).length,
  });
  return { ...after, keyed: { ...after.keyed, ownersAmong: facts.keyed.ownersAmong } };
}

export function askOf(more: Partial<EntryAsk> = {}): EntryAsk {
  return {
    purpose: 'JOIN',
    roomName: 'lobby',
    token: null,
    knock: null,
    addressHash: null,
    takesUse: true,
    takesPlace: true,
    comesBack: false,
    ...more,
  };
}
