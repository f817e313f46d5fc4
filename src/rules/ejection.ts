import type { Actor } from './actor.ts';
import { authorise, type RoomCaller, refuseToActOn } from './authority.ts';
import type { Ban } from './ban.ts';
import { isBannedAlready, makeBan, type NamedByBan, turnAwayBanned } from './banning.ts';
import { opens, tokensOfKnock, tokensOfSession } from './credentials.ts';
import { type Decision, findInside, inside, type RoomFacts } from './facts.ts';
import type { BanId, KnockId, ParticipantId } from './ids.ts';
import { type AdmittedKnock, closeKnock, type Knock, makeKnock, type PendingKnock } from './knock-request.ts';
import { putOut } from './leaving.ts';
import { returnOf } from './lobby-return.ts';
import { isInside, mayComeBack, type Participant, type PresentParticipant } from './participant.ts';
import {
  type Forbidden,
  forbidden,
  type InvalidInput,
  invalidInput,
  isRefusal,
  type NotFound,
  notFound,
} from './refusal.ts';
import { hasEnded, type Room, takesKnocks } from './room.ts';
import { reopenReturns } from './taking-back.ts';
import { asVouchedFor } from './vouching.ts';

export interface EjectCommand {
  readonly caller: RoomCaller;
  readonly ids: readonly ParticipantId[];
  readonly userIds: readonly string[];
  /** Null: only eject. */
  readonly ban: BanOrder | null;
}

export interface BanOrder {
  /** An id for each ban that may have to be made. */
  readonly ids: readonly BanId[];
  readonly exp: Date | null;
  /** Also applies to everybody from the networks of the named people who has no valid meeting token. */
  readonly network: boolean;
}

/**
 * Puts people out, and keeps them out with `ban`. Whoever has left, and is named by id, loses the way back; a banned userId need not
 * be inside; an id that names nobody of this room is refused.
 */
export function eject(
  facts: RoomFacts,
  command: EjectCommand,
  now: Date,
): Decision<readonly Participant[] | Forbidden | NotFound | InvalidInput> {
  const actor = authorise(facts, command.caller, 'PARTICIPANTS');
  if (isRefusal(actor)) return { answer: actor };
  if (command.ids.some((id) => facts.participants.get(id) === undefined)) return { answer: notFound() };
  const { ban, userIds } = command;
  const named = whoIsNamed(facts, command);
  const refusal = refuseToActOn(facts, command.caller, [...named, ...userIds.map((userId) => ({ userId }))]);
  if (refusal !== null) return { answer: refusal };
  if (ban?.network === false && named.some(isNameless)) return { answer: namesNobody };
  const bans = ban === null ? [] : bansOf(facts, named, command, ban, now);
  const out = putOut(facts, named, ban === null ? 'EJECTED' : 'BANNED', actor, now);
  const ended = new Map(out.knocks.map((knock) => [knock.id, knock]));
  const banned = turnAwayBanned(facts, bans, { putOut: out.participants, actor, now });
  const sentBack = named.filter(({ left }) => left?.reason === 'RETURNED_TO_LOBBY');
  const admitted = userIds.length + sentBack.length > 0 ? facts.keyed.admissions() : [];
  const recalled = admitted.flatMap((knock) => recall(knock, { userIds, sentBack }, actor, now) ?? []);
  const turnedAway = new Map([...recalled, ...banned].filter(({ id }) => !ended.has(id)).map((one) => [one.id, one]));
  const events = [
    ...out.events,
    ...[...turnedAway.values()].map((knock) => ({ type: 'KnockChanged', by: actor, knock }) as const),
  ];
  const barred = ban === null ? barFromSession(named) : [];
  const knocks = [...out.knocks, ...turnedAway.values()];
  if (events.length + bans.length + barred.length === 0) return { answer: [] };
  return {
    answer: out.participants,
    changes: {
      participants: [...out.participants, ...barred],
      knocks,
      bans,
      returns: reopenReturns(facts, knocks),
      events: events.length > 0 ? events : [{ type: 'Internal', by: null }],
    },
  };
}

/** Ends sessions with a lost connection, which could otherwise be resumed. A ban keeps people out by itself until it is lifted. */
function barFromSession(named: readonly Participant[]): readonly Participant[] {
  return named.flatMap((one) =>
    isInside(one) || !mayComeBack(one) ? [] : { ...one, left: { ...one.left, reason: 'EJECTED' } },
  );
}

const namesNobody = invalidInput([
  {
    path: ['input', 'ban'],
    message:
      'cannot be applied: at least one of them has no userId, meeting token or knock to recognise them by. Set banNetwork too, or eject them without a ban',
  },
]);

/**
 * Those with these ids, and every session inside of these users. A ban means the person, on whichever device; but whoever bans another
 * session of their own is not put out by that themselves.
 */
function whoIsNamed(facts: RoomFacts, { caller, ids, userIds, ban }: EjectCommand): readonly Participant[] {
  const people = [...facts.participants.values()];
  const isMeant = new Set(ids);
  const users = new Set(userIds);
  const banned = new Set(
    ban === null ? [] : people.flatMap(({ id, userId }) => (isMeant.has(id) ? (userId ?? []) : [])),
  );
  const isCaller = ({ id }: Participant) => caller.kind === 'PARTICIPANT' && caller.id === id;
  return people.filter((one) => {
    if (isMeant.has(one.id)) return true;
    if (!isInside(one) || one.userId === null) return false;
    return users.has(one.userId) || (banned.has(one.userId) && !isCaller(one));
  });
}

/** Ends the admissions of people who are not inside yet: by userId, or by the session from which they were sent back to the lobby. */
function recall(
  knock: AdmittedKnock,
  { userIds, sentBack }: { readonly userIds: readonly string[]; readonly sentBack: readonly Participant[] },
  actor: Actor,
  now: Date,
): Knock | null {
  const isNamed = knock.userId !== null && userIds.includes(knock.userId);
  const isMeant = isNamed || sentBack.some((session) => isReturnOf(knock, session));
  return isMeant ? closeKnock(knock, 'RECALLED', actor, now) : null;
}

/** Did sending this session back to the lobby make the knock? Its token went with it; a userId has others. */
function isReturnOf(knock: Knock, { sessionHash, userId }: Participant): boolean {
  return knock.isReturn && (opens(tokensOfKnock(knock), sessionHash) || (userId !== null && userId === knock.userId));
}

/**
 * One for each id, and for each user besides, whose userId binds every session of theirs; and one for each of their networks. Whoever is
 * banned already, as strictly and for as long, is not banned twice: lifting one ban would leave the other.
 */
function bansOf(
  facts: RoomFacts,
  named: readonly Participant[],
  command: EjectCommand,
  { ids, exp, network }: BanOrder,
  now: Date,
): readonly Ban[] {
  const byId = named.filter(({ id }) => command.ids.includes(id)).map((one) => whoIs(one, network));
  const ofUsers = new Map<string, NamedByBan>();
  const isKnown = ({ userId, addressHash }: NamedByBan) =>
    byId.some((known) => known.userId === userId && (known.addressHash === addressHash || addressHash === null));
  for (const who of named.map((one) => whoIs(one, network)))
    if (!isKnown(who)) ofUsers.set(`${who.userId} ${who.addressHash}`, who);
  const nobody = { userName: null, knockId: null, jti: null, addressHash: null };
  const absent = command.userIds.filter((userId) => !named.some((one) => one.userId === userId));
  const all = [...byId, ...absent.map((userId) => ({ ...nobody, userId })), ...ofUsers.values()];
  const bans = all.map((who, index) => {
    const id = ids[index];
    if (id === undefined) throw new Error('a ban has no id');
    return makeBan(facts, command.caller, who, { id, exp, now });
  });
  return bans.filter((ban) => !isBannedAlready(facts, ban));
}

function whoIs({ userId, userName, knockId, token, addressHash }: Participant, network: boolean): NamedByBan {
  return { userId, userName, knockId, jti: token?.jti ?? null, addressHash: network ? addressHash : null };
}

/** A guest of a public room: nothing but its network tells it from others. */
function isNameless({ userId, knockId, token }: Participant): boolean {
  return userId === null && knockId === null && token === null;
}

/** Meeting tokens, by what they have; whatever is null may be anything. */
export interface TokenMatch {
  readonly jtis: readonly string[] | null;
  readonly userId: string | null;
  readonly roomName: string | null;
}

/** Ejects everybody who joined with one of these tokens. */
export function ejectByToken(facts: RoomFacts, match: TokenMatch, actor: Actor, now: Date): Decision<number> {
  const named = inside(facts).filter(
    ({ token }) =>
      token !== null &&
      (match.jtis === null || match.jtis.includes(token.jti)) &&
      (match.userId === null || match.userId === token.userId) &&
      (match.roomName === null || match.roomName === token.roomName),
  );
  if (named.length === 0) return { answer: 0 };
  return { answer: named.length, changes: putOut(facts, named, 'EJECTED', actor, now) };
}

export interface ReturnCommand {
  readonly caller: RoomCaller;
  readonly participantId: ParticipantId;
  readonly knockId: KnockId;
  readonly reply: string | null;
}

/** Sends somebody back to the lobby: the session ends, and its token is the knock token of the new knock. */
export function returnToLobby(
  facts: RoomFacts,
  command: ReturnCommand,
  now: Date,
): Decision<Knock | Forbidden | NotFound | InvalidInput> {
  const actor = authorise(facts, command.caller, 'PARTICIPANTS');
  if (isRefusal(actor)) return { answer: actor };
  const participant = findInside(facts, command.participantId);
  if (!participant) return { answer: notFound() };
  if (participant.isOwner) return { answer: forbidden('FORBIDDEN', 'An owner cannot be sent to the lobby.') };
  const refusal = refuseToActOn(facts, command.caller, [participant]);
  if (refusal !== null) return { answer: refusal };
  const noLobby = findNoLobby(facts.room, now);
  if (noLobby !== null) return { answer: invalidInput([{ path: ['input', 'participantId'], message: noLobby }]) };
  const out = putOut(facts, [participant], 'RETURNED_TO_LOBBY', actor, now);
  const recalled = otherAdmissions(facts, participant).map((one) => closeKnock(one, 'RECALLED', actor, now));
  const made = returnKnock(facts, participant, command, now);
  const [knock] = asVouchedFor(facts, [made]);
  if (knock === undefined) throw new Error('each knock that is looked at is answered');
  return {
    answer: knock,
    changes: {
      participants: out.participants,
      knocks: [...out.knocks, ...recalled, knock],
      returns: returnOf(made),
      events: [
        ...recalled.map((one) => ({ type: 'KnockChanged', by: actor, knock: one }) as const),
        ...out.events,
        { type: 'KnockRequested', by: actor, knock },
      ],
    },
    restsOnDomain: knock.token !== null,
  };
}

/** Why nobody could be let in again from the lobby of this room; null: they could. */
function findNoLobby(room: Room, now: Date): string | null {
  if (hasEnded(room, now))
    return 'is in a room whose exp has passed, where nobody is let in again: eject them, if they are to leave';
  return takesKnocks(room)
    ? null
    : 'is in a room that does not accept knocks: set privacy to PRIVATE and enableKnocking to true first';
}

/** Other admissions of this person that they do not use now, for example from another device. */
function otherAdmissions(facts: RoomFacts, { knockId, userId }: Participant): readonly AdmittedKnock[] {
  if (userId === null) return [];
  const used = new Set([knockId, ...inside(facts).map((other) => other.knockId)]);
  return facts.keyed.admissions().filter((one) => one.verified && one.userId === userId && !used.has(one.id));
}

/** The knock of somebody who was sent back: what opened the session opens it. */
function returnKnock(
  { room }: RoomFacts,
  participant: PresentParticipant,
  { knockId, reply }: ReturnCommand,
  now: Date,
): PendingKnock {
  const { userName, userId, verified, token, addressHash } = participant;
  const { newest: tokenHash, previous: previousTokenHash, spare: spareTokenHashes } = tokensOfSession(participant);
  const who = { userName, userId, verified, token, addressHash };
  const opened = { tokenHash, previousTokenHash, spareTokenHashes, idempotencyHash: null };
  return makeKnock(room, { id: knockId, ...who, ...opened, message: null, reply, isReturn: true }, now);
}

/** Lifts a ban as the record has it, because the facts contain no lifted bans. Repeating it has no further effect. */
export function liftBan(facts: RoomFacts, caller: RoomCaller, found: Ban, now: Date): Decision<Ban | Forbidden> {
  const actor = authorise(facts, caller, 'PARTICIPANTS');
  if (isRefusal(actor)) return { answer: actor };
  const ban = facts.bans.get(found.id);
  if (!ban || ban.liftedAt !== null) return { answer: { ...found, liftedAt: found.liftedAt ?? now } };
  const lifted: Ban = { ...ban, liftedAt: now };
  return { answer: lifted, changes: { bans: [lifted], events: [{ type: 'Internal', by: actor }] } };
}
