import { LRUCache } from 'lru-cache';
import type { Clock } from '../room/clock.ts';
import { inEachRoom } from '../room/many-rooms.ts';
import { act, type RoomWriter } from '../room/writer.ts';
import type { Actor } from '../rules/actor.ts';
import { type Caller, requireBackend } from '../rules/caller.ts';
import type { Domain } from '../rules/domain.ts';
import { ejectByToken, type TokenMatch } from '../rules/ejection.ts';
import type { RoomFacts } from '../rules/facts.ts';
import type { DomainId, MeetingTokenId, RoomId } from '../rules/ids.ts';
import {
  type CreateMeetingTokenInput,
  checkMeetingTokenInput,
  isNotYetValid,
  type MeetingToken,
  startsAt,
  type TokenTerms,
} from '../rules/meeting-token.ts';
import { type TokenClaims, type TokenVerdict, tokenAt } from '../rules/meeting-token-claims.ts';
import { entryRefused, type Forbidden, invalidInput, isRefusal, notFound, type Unavailable } from '../rules/refusal.ts';
import type { MeetingTokenStorage } from '../storage/meeting-token.ts';
import type { ParticipantStorage } from '../storage/participant.ts';
import type { RoomStorage } from '../storage/room.ts';
import type { DomainDirectory } from './domain-directory.ts';
import { type ShownAt, type TokenVerifier, verifyIn } from './entry/look.ts';
import { InputReader, type Maybe } from './input.ts';
import { mayDecideIn } from './knock-lists.ts';
import type { Secrets } from './secrets.ts';

export interface MeetingTokenDeps {
  readonly meetingTokens: MeetingTokenStorage;
  readonly rooms: Pick<RoomStorage, 'findByName' | 'findGoingOn'>;
  readonly participants: Pick<ParticipantStorage, 'decidesKnocks'>;
  readonly domains: DomainDirectory;
  readonly verifier: TokenVerifier;
  readonly signer: {
    readonly sign: (
      domain: Domain,
      token: TokenTerms & Pick<MeetingToken, 'jti' | 'roomId'>,
      now: Date,
    ) => Promise<string>;
  };
  readonly writer: RoomWriter;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly joinUrl: (roomName: string, domain: Domain, jwt: string) => string;
}

export type MeetingTokenService = ReturnType<typeof createMeetingTokenService>;

interface RevokeInput {
  readonly jtis?: Maybe<readonly string[]>;
  readonly roomName?: Maybe<string>;
  readonly userId?: Maybe<string>;
  readonly eject?: Maybe<boolean>;
}

/** Meeting tokens: made, checked and revoked by the domain's backend. */
export function createMeetingTokenService(deps: MeetingTokenDeps) {
  const recordToken = createTokenRecorder(deps);
  return {
    create: (caller: Caller, input: CreateMeetingTokenInput) => create(deps, caller, input),
    revoke: (caller: Caller, input: RevokeInput) => revoke(deps, caller, input),
    validate: async (caller: Caller, jwt: string, { ignoreNbf }: { readonly ignoreNbf: boolean }) => {
      const backend = requireBackend(caller, 'TOKENS');
      if (isRefusal(backend)) return backend;
      const domain = await getDomain(deps, backend.domainId);
      const now = deps.clock.now();
      const shown = await verifyIn({ verifier: deps.verifier, recordToken }, domain, jwt, now);
      const atNow = tokenAt(shown, now);
      const verdict = ignoreNbf && !atNow.ok && atNow.code === 'TOKEN_NOT_YET_VALID' ? shown : atNow;
      if (!verdict.ok) return entryRefused(verdict.code, verdict.opensAt);
      const ended = await deps.meetingTokens.findEnd(domain.id, verdict.claims);
      if (ended !== null) return entryRefused(ended);
      const recorded = await deps.meetingTokens.findByJti(domain.id, verdict.claims.jti);
      return recorded ?? ofClaims(deps, domain, verdict.claims);
    },
    findById: (caller: Caller, id: MeetingTokenId) => findById(deps, caller, id),
  };
}

/** For the domain's backend, and for people who decide knocks in the token's room. */
async function findById(deps: MeetingTokenDeps, caller: Caller, id: MeetingTokenId) {
  if (caller.kind !== 'PARTICIPANT' || caller.hasEnded) {
    const backend = requireBackend(caller, 'TOKENS');
    return isRefusal(backend) ? backend : deps.meetingTokens.findById(backend.domainId, id);
  }
  const token = await deps.meetingTokens.findById(caller.domainId, id);
  if (token?.roomId !== caller.roomId) return null;
  const may = await mayDecideIn(deps, caller, caller.roomId);
  return isRefusal(may) ? may : token;
}

async function getDomain({ domains }: MeetingTokenDeps, id: DomainId): Promise<Domain> {
  const domain = await domains.readNow(id);
  if (domain === null) throw new Error('a live API key has a domain');
  return domain;
}

async function create(deps: MeetingTokenDeps, caller: Caller, input: CreateMeetingTokenInput) {
  const backend = requireBackend(caller, 'TOKENS');
  if (isRefusal(backend)) return backend;
  const domain = await getDomain(deps, backend.domainId);
  const now = deps.clock.now();
  const checked = checkMeetingTokenInput(input, domain.meetingTokenLifetimeSeconds, now);
  if (!checked.ok) return invalidInput(checked.issues);
  const { roomName } = checked.value;
  const room = roomName === null ? null : await deps.rooms.findByName(domain.id, roomName);
  if (roomName !== null && room === null) return notFound('There is no room with this name.');
  const jti: string = deps.secrets.newId<'Jti'>();
  const meetingToken: MeetingToken = {
    ...checked.value,
    id: deps.secrets.newId<'MeetingToken'>(),
    domainId: domain.id,
    jti,
    roomId: room?.room.id ?? null,
    selfSigned: false,
    uses: 0,
    createdAt: now,
    revokedAt: null,
  };
  const jwt = await deps.signer.sign(domain, meetingToken, now);
  const isRecorded = await deps.meetingTokens.insert(meetingToken, backend.key);
  if (!isRecorded) return notFound('There is no room with this name.');
  return { meetingToken, jwt, joinUrl: roomName === null ? null : deps.joinUrl(roomName, domain, jwt) };
}

async function revoke(deps: MeetingTokenDeps, caller: Caller, input: RevokeInput) {
  const backend = requireBackend(caller, 'TOKENS');
  if (isRefusal(backend)) return backend;
  const reader = new InputReader();
  const jtis = input.jtis ? [...new Set(input.jtis.map((jti) => reader.jti(['jtis'], jti)))] : null;
  const roomName = input.roomName ?? null;
  const userId = reader.optionalUserId(['userId'], input.userId);
  if (jtis === null && roomName === null && userId === null)
    reader.say([], 'must name the tokens: send jtis, roomName or userId');
  if (jtis !== null && (jtis.length === 0 || jtis.length > 1_000)) reader.say(['jtis'], 'must contain 1 to 1000 jtis');
  if (reader.refusal) return reader.refusal;
  if (roomName !== null && (await deps.rooms.findGoingOn(backend.domainId, roomName)) === null) {
    return notFound('There is no room with this name.');
  }
  const match = { jtis, roomName, userId };
  const count = await deps.meetingTokens.revoke(backend.domainId, match, deps.clock.now(), backend.key);
  deps.domains.forget(backend.domainId);
  const refused = input.eject ? await ejectAll(deps, caller, backend, match) : null;
  return refused ?? { count };
}

/** The revocation is committed: nobody else can join with these tokens, so whoever is found inside now is everybody. Null: all are out. */
async function ejectAll(
  { meetingTokens, writer }: MeetingTokenDeps,
  caller: Caller,
  { domainId, actor }: { readonly domainId: DomainId; readonly actor: Actor },
  match: TokenMatch,
): Promise<Forbidden | Unavailable | null> {
  const decide = (facts: RoomFacts, now: Date) => ejectByToken(facts, match, actor, now);
  const command = { by: caller, keys: { admissions: true }, decide };
  const rooms = await meetingTokens.findRoomsEnteredWith(domainId, match);
  const ejected = await inEachRoom(rooms, (roomId) => act(writer, { domainId, roomId }, command, () => null));
  return ejected.find((one) => isRefusal(one) && one.refusal !== 'NotFound') ?? null;
}

function ofClaims(
  { secrets, clock }: Pick<MeetingTokenDeps, 'secrets' | 'clock'>,
  domain: Domain,
  claims: TokenClaims,
  roomId: RoomId | null = null,
): MeetingToken {
  const { roomId: _roomId, iat, signerKid: _kid, signerId: _key, ...terms } = claims;
  return {
    ...terms,
    // The record has no iat. An iat in the future is the instant at which the token becomes valid, like nbf.
    nbf: isNotYetValid(claims, clock.now()) ? startsAt(claims) : claims.nbf,
    id: secrets.newId<'MeetingToken'>(),
    domainId: domain.id,
    roomId,
    uses: 0,
    createdAt: iat ?? clock.now(),
    revokedAt: null,
  };
}

const maxKnown = 20_000;

/**
 * Records self-signed tokens when they are first seen, so that they can be listed, and revoked by their jti. One that names a room is
 * on record with the room at which it was shown.
 */
export function createTokenRecorder(
  deps: Pick<MeetingTokenDeps, 'meetingTokens' | 'secrets' | 'clock'>,
): (domain: Domain, token: TokenVerdict | null, shownAt?: ShownAt) => Promise<null> {
  const known = new LRUCache<string, true>({ max: maxKnown });
  return async (domain, token, shownAt) => {
    if (!token?.ok || !token.claims.selfSigned) return null;
    const name = `${domain.id} ${token.claims.jti}`;
    if (known.get(name)) return null;
    const roomId = shownAt?.roomName === token.claims.roomName ? (shownAt?.roomId ?? null) : null;
    const record = ofClaims(deps, domain, token.claims, roomId);
    await deps.meetingTokens.insert({ ...record, createdAt: deps.clock.now() }, null);
    known.set(name, true);
    return null;
  };
}
