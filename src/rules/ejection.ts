import type { Actor } from './actor.ts';
import { authorise, type RoomCaller } from './authority.ts';
import type { Ban } from './ban.ts';
import { type Decision, isInside, isPending, type RoomFacts } from './facts.ts';
import type { BanId, KnockId, ParticipantId } from './ids.ts';
import type { Knock } from './knock.ts';
import { endKnock } from './knocking.ts';
import { putOut } from './leaving.ts';
import { isOwnerOrBackend } from './moderation.ts';
import type { Participant } from './participant.ts';
import { presenceTimes } from './presence.ts';
import {
  type Forbidden,
  forbidden,
  type InvalidInput,
  invalidInput,
  isRefusal,
  type NotFound,
  notFound,
} from './refusal.ts';
import { takesKnocks } from './room.ts';

export interface EjectCommand {
  readonly caller: RoomCaller;
  readonly ids: readonly ParticipantId[];
  readonly userIds: readonly string[];
  /** Null: only put out. An id for each ban that may have to be made. */
  readonly ban: { readonly ids: readonly BanId[]; readonly exp: Date | null } | null;
}

/**
 * Puts people out, and keeps them out with `ban`. Whoever has left is passed over, a banned userId need not be inside; an id
 * that names nobody of this room is refused. `facts` must hold the admissions, and those who left among the ids.
 */
export function eject(
  facts: RoomFacts,
  command: EjectCommand,
  now: Date,
): Decision<readonly Participant[] | Forbidden | NotFound> {
  const actor = authorise(facts, command.caller, 'PARTICIPANTS');
  if (isRefusal(actor)) return { answer: actor };
  if (command.ids.some((id) => !facts.participants.has(id))) return { answer: notFound() };
  const named = [...facts.participants.values()].filter(
    (participant) =>
      isInside(participant) &&
      (command.ids.includes(participant.id) ||
        (participant.userId !== null && command.userIds.includes(participant.userId))),
  );
  if (named.some(({ isOwner }) => isOwner) && !isOwnerOrBackend(facts, command.caller)) {
    return { answer: forbidden('FORBIDDEN', 'Only owners may do this to an owner.') };
  }
  const bans = command.ban === null ? [] : bansOf(facts, named, command, command.ban, now);
  const out = putOut(facts, named, command.ban === null ? 'EJECTED' : 'BANNED', actor, now);
  const recalled = new Set(out.knocks?.map(({ id }) => id));
  const turnedAway = [...facts.knocks.values()].flatMap((knock) =>
    recalled.has(knock.id) ? [] : (turnAway(knock, command.userIds, bans, actor, now) ?? []),
  );
  const events = [...out.events, ...turnedAway.map((knock) => ({ type: 'KnockChanged', by: actor, knock }) as const)];
  if (events.length + bans.length === 0) return { answer: [] };
  return {
    answer: out.participants,
    changes: {
      participants: out.participants,
      knocks: [...(out.knocks ?? []), ...turnedAway],
      bans,
      events: events.length > 0 ? events : [{ type: 'Internal', by: null }],
    },
  };
}

/** A ban turns away who waits under it; an ejection by userId ends the admission of who is not inside yet. */
function turnAway(
  knock: Knock,
  userIds: readonly string[],
  bans: readonly Ban[],
  actor: Actor,
  now: Date,
): Knock | null {
  const isBanned = bans.some((ban) => (ban.userId !== null && ban.userId === knock.userId) || ban.knockId === knock.id);
  if (isPending(knock) && isBanned) return endKnock(knock, 'DENIED', 'DECIDED', actor, now);
  const isMeant = knock.userId !== null && userIds.includes(knock.userId);
  return knock.status === 'ADMITTED' && isMeant ? endKnock(knock, 'EXPIRED', 'RECALLED', actor, now) : null;
}

function bansOf(
  facts: RoomFacts,
  named: readonly Participant[],
  { userIds }: EjectCommand,
  { ids, exp }: NonNullable<EjectCommand['ban']>,
  now: Date,
): readonly Ban[] {
  const of = (
    id: BanId | undefined,
    who: Pick<Ban, 'userId' | 'userName' | 'knockId' | 'jti' | 'addressHash'>,
  ): readonly Ban[] =>
    id === undefined
      ? []
      : [{ id, roomId: facts.room.id, domainId: facts.room.domainId, ...who, createdAt: now, exp, liftedAt: null }];
  const absent = userIds.filter((userId) => !named.some((participant) => participant.userId === userId));
  const nobody = { userName: null, knockId: null, jti: null, addressHash: null };
  return [
    ...named.flatMap((participant, index) => of(ids[index], whoIs(facts, participant))),
    ...absent.flatMap((userId, index) => of(ids[named.length + index], { ...nobody, userId })),
  ];
}

function whoIs(facts: RoomFacts, { userId, userName, knockId, token }: Participant) {
  const knock = knockId === null ? undefined : facts.knocks.get(knockId);
  const addressHash = knock && !knock.verified ? knock.addressHash : null;
  return { userId, userName, knockId, jti: token?.jti ?? null, addressHash };
}

/** Puts out whoever came in with one of these tokens. */
export function ejectByToken(
  facts: RoomFacts,
  match: { readonly jtis: readonly string[] | null; readonly userId: string | null; readonly roomName: string | null },
  actor: Actor,
  now: Date,
): Decision<number> {
  const named = [...facts.participants.values()].filter(
    ({ token, leftAt }) =>
      leftAt === null &&
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
  const participant = facts.participants.get(command.participantId);
  if (!participant || !isInside(participant)) return { answer: notFound() };
  if (participant.isOwner) return { answer: forbidden('FORBIDDEN', 'An owner does not wait in the lobby.') };
  if (!takesKnocks(facts.room)) {
    return {
      answer: invalidInput([
        { path: ['input', 'participantId'], message: 'is in a room that has no lobby: it takes no knocks' },
      ]),
    };
  }
  const out = putOut(facts, [participant], 'RETURNED_TO_LOBBY', actor, now);
  const knock = knockOf(facts, participant, command, now);
  const jti = participant.token?.jti;
  const use = jti === undefined ? undefined : (facts.tokenUses.get(jti) ?? { jti, uses: 1, inLobby: false });
  return {
    answer: knock,
    changes: {
      participants: out.participants,
      knocks: [...(out.knocks ?? []), knock],
      ...(use ? { tokenUses: [{ ...use, inLobby: true }] } : {}),
      events: [...out.events, { type: 'KnockRequested', by: actor, knock }],
    },
  };
}

function knockOf({ room }: RoomFacts, participant: Participant, { knockId, reply }: ReturnCommand, now: Date): Knock {
  const timeout = new Date(now.getTime() + room.knockTimeoutSeconds * 1000);
  return {
    id: knockId,
    roomId: room.id,
    domainId: room.domainId,
    userName: participant.userName,
    userId: participant.userId,
    verified: participant.verified,
    message: null,
    status: 'PENDING',
    reason: null,
    reply,
    requestedAt: now,
    decidedAt: null,
    decidedBy: null,
    exp: room.exp !== null && room.exp < timeout ? room.exp : timeout,
    knockAgainAt: null,
    token: participant.token,
    tokenHash: participant.sessionHash,
    previousTokenHash: participant.previousSessionHash,
    spareTokenHashes: participant.spareSessionHashes,
    idempotencyHash: null,
    addressHash: participant.addressHash,
    isReturn: true,
    connection: 'CONNECTED',
    attachedTo: [],
    seenUntil: new Date(now.getTime() + presenceTimes.knocker.beat * 1000),
    endedAt: null,
  };
}

/** Lifts a ban, as it was found on record: those that were lifted are not among the facts. Twice is the same as once. */
export function liftBan(facts: RoomFacts, caller: RoomCaller, found: Ban, now: Date): Decision<Ban | Forbidden> {
  const actor = authorise(facts, caller, 'PARTICIPANTS');
  if (isRefusal(actor)) return { answer: actor };
  const ban = facts.bans.get(found.id);
  if (!ban || ban.liftedAt !== null) return { answer: { ...found, liftedAt: found.liftedAt ?? now } };
  const lifted: Ban = { ...ban, liftedAt: now };
  return { answer: lifted, changes: { bans: [lifted], events: [{ type: 'Internal', by: actor }] } };
}
