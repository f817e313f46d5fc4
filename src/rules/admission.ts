import { type Actor, knockerActor } from './actor.ts';
import { authorise, type RoomCaller, refuseToActOn, whoMayBeActedOn } from './authority.ts';
import { makeBan, turnAwayBanned } from './banning.ts';
import { admissionsInUse, type Changes, type Decision, inOrderOfKnocking, inside, type RoomFacts } from './facts.ts';
import type { BanId, KnockId } from './ids.ts';
import {
  type AdmittedKnock,
  admissionIn,
  admit,
  closeKnock,
  type DeniedKnock,
  deny,
  isPending,
  type Knock,
  type PendingKnock,
} from './knock-request.ts';
import { putOutBanned } from './leaving.ts';
import { endReturns } from './lobby-return.ts';
import {
  type Conflict,
  conflict,
  type Forbidden,
  forbidden,
  isRefusal,
  type NotFound,
  notFound,
  refusalIn,
} from './refusal.ts';
import { reopenReturns } from './taking-back.ts';
import { asVouchedFor } from './vouching.ts';

/** Somebody decided this knock before: `knock` shows how. */
export interface KnockAlreadyDecided<Shown = Knock> {
  readonly refusal: 'KnockAlreadyDecided';
  readonly code: 'KNOCK_ALREADY_DECIDED';
  readonly message: string;
  readonly knock: Shown;
}

/** Was this knock decided before the rule that gave this answer? */
export function isDecidedBefore(answer: Knock | KnockAlreadyDecided): answer is KnockAlreadyDecided {
  return refusalIn(answer) !== null;
}

function alreadyDecided(knock: Knock): KnockAlreadyDecided {
  return {
    refusal: 'KnockAlreadyDecided',
    code: 'KNOCK_ALREADY_DECIDED',
    message: `This knock is already ${knock.status.toLowerCase()}.`,
    knock,
  };
}

export interface DecisionCommand {
  readonly caller: RoomCaller;
  readonly knockId: KnockId;
  readonly verdict: 'ADMITTED' | 'DENIED';
  readonly reply: string | null;
  /** With DENIED: also ban this person, and with `network` everybody from there without a valid meeting token; null: no ban. */
  readonly ban: { readonly id: BanId; readonly network: boolean } | null;
}

/** Decides one knock, exactly once. A second decision gets the knock as it was decided. */
export function decideKnock(
  facts: RoomFacts,
  command: DecisionCommand,
  now: Date,
): Decision<Knock | KnockAlreadyDecided | Forbidden | NotFound> {
  const actor = authorise(facts, command.caller, 'PARTICIPANTS');
  if (isRefusal(actor)) return { answer: actor };
  const knock = facts.knocks.get(command.knockId);
  if (!knock) return { answer: notFound() };
  if (!isPending(knock)) return { answer: alreadyDecided(knock) };
  const refusal = command.verdict === 'DENIED' ? refuseToActOn(facts, command.caller, [knock]) : null;
  if (refusal !== null) return { answer: refusal };
  const [vouchedFor = knock] = command.verdict === 'ADMITTED' ? asVouchedFor(facts, [knock]) : [];
  const { decided, changes } = applyVerdict(facts, vouchedFor, command, actor, now);
  return { answer: decided, changes, validUntil: knock.exp, restsOnDomain: decided.token !== null };
}

export interface DecideManyCommand {
  readonly caller: RoomCaller;
  /** Exactly these, or all that waited and had knocked by then: what the owner had seen. */
  readonly which: { readonly ids: readonly KnockId[] } | { readonly requestedBefore: Date };
  readonly verdict: 'ADMITTED' | 'DENIED';
  readonly reply: string | null;
}

/** Decides what of a list still waits, oldest first. A knock that somebody decided first is not among the answer. */
export function decideKnocks(
  facts: RoomFacts,
  command: DecideManyCommand,
  now: Date,
): Decision<readonly Knock[] | Forbidden | NotFound> {
  const actor = authorise(facts, command.caller, 'PARTICIPANTS');
  if (isRefusal(actor)) return { answer: actor };
  const { which } = command;
  const chosen =
    'ids' in which ? which.ids.flatMap((id) => facts.knocks.get(id) ?? []) : knockedBy(facts, which.requestedBefore);
  // Who came late is passed over. Where nothing that was named is a knock of this room, nobody came late.
  if ('ids' in which && which.ids.length > 0 && chosen.length === 0) return { answer: notFound() };
  const meant = inOrderOfKnocking([...new Set(chosen)].filter(isPending));
  const open = command.verdict === 'ADMITTED' ? meant : whoMayBeDenied(facts, command, meant);
  if (isRefusal(open)) return { answer: open };
  const verdict = { ...command, ban: null };
  const named = command.verdict === 'ADMITTED' ? asVouchedFor(facts, open) : open;
  const all = named.map((knock) => applyVerdict(facts, knock, verdict, actor, now));
  if (all.length === 0) return { answer: [] };
  const returns = all.flatMap(({ changes }) => changes.returns ?? []);
  return {
    answer: all.map(({ decided }) => decided),
    changes: {
      knocks: all.map(({ decided }) => decided),
      events: all.flatMap(({ changes }) => changes.events),
      ...(returns.length > 0 ? { returns } : {}),
    },
    restsOnDomain: named.some(({ token }) => token !== null),
  };
}

/** An admin says no to no owner: one that it names is refused, and where all are meant owners are passed over. */
function whoMayBeDenied(
  facts: RoomFacts,
  { caller, which }: DecideManyCommand,
  meant: readonly PendingKnock[],
): readonly PendingKnock[] | Forbidden {
  if ('ids' in which) return refuseToActOn(facts, caller, meant) ?? meant;
  return whoMayBeActedOn(facts, caller, meant);
}

function knockedBy(facts: RoomFacts, instant: Date): readonly Knock[] {
  return [...facts.knocks.values()].filter((knock) => knock.requestedAt <= instant);
}

type Verdict = Pick<DecisionCommand, 'caller' | 'verdict' | 'reply' | 'ban'>;

function applyVerdict(
  facts: RoomFacts,
  knock: PendingKnock,
  { caller, verdict, reply, ban }: Verdict,
  actor: Actor,
  now: Date,
): { readonly decided: AdmittedKnock | DeniedKnock; readonly changes: Changes } {
  const answered = { ...knock, reply: reply ?? knock.reply };
  if (verdict === 'ADMITTED') {
    const decided = admit(answered, 'DECIDED', actor, facts.room, now);
    const returns = endReturns(facts.returns.values(), knock, now);
    return {
      decided,
      changes: { knocks: [decided], returns, events: [{ type: 'KnockChanged', by: actor, knock: decided }] },
    };
  }
  return sendAway(facts, answered, { caller, ban }, actor, now);
}

function sendAway(
  facts: RoomFacts,
  knock: PendingKnock,
  { caller, ban: order }: Pick<Verdict, 'caller' | 'ban'>,
  actor: Actor,
  now: Date,
): ReturnType<typeof applyVerdict> {
  const decided = deny(knock, actor, facts.room, order !== null, now);
  const event = { type: 'KnockChanged', by: actor, knock: decided } as const;
  if (order === null) return { decided, changes: { knocks: [decided], events: [event] } };
  const { id: knockId, userId, userName, token } = knock;
  const who = { userId, userName, knockId, jti: token?.jti ?? null };
  const addressHash = order.network ? knock.addressHash : null;
  const ban = makeBan(facts, caller, { ...who, addressHash }, { id: order.id, exp: null, now });
  const out = putOutBanned(facts, [ban], actor, now);
  const ended = new Set([knock.id, ...out.knocks.map(({ id }) => id)]);
  const others = turnAwayBanned(facts, [ban], { putOut: out.participants, actor, now });
  const turnedAway = others.filter(({ id }) => !ended.has(id));
  return {
    decided,
    changes: {
      knocks: [decided, ...out.knocks, ...turnedAway],
      bans: [ban],
      returns: reopenReturns(facts, turnedAway),
      participants: out.participants,
      events: [event, ...out.events, ...turnedAway.map((one) => ({ ...event, knock: one }))],
    },
  };
}

/** The knocker takes its knock back. A second call changes nothing. */
export function cancelKnock(
  facts: RoomFacts,
  knockId: KnockId,
  now: Date,
): Decision<Knock | KnockAlreadyDecided | Forbidden> {
  const knock = facts.knocks.get(knockId);
  if (!knock) return { answer: forbidden('UNAUTHENTICATED') };
  if (knock.status === 'CANCELLED') return { answer: knock };
  if (!isPending(knock)) return { answer: alreadyDecided(knock) };
  const by = knockerActor(knock);
  const cancelled = closeKnock(knock, 'WITHDRAWN', by, now);
  return {
    answer: cancelled,
    changes: { knocks: [cancelled], events: [{ type: 'KnockChanged', by, knock: cancelled }] },
  };
}

/** Replies to a pending knock. */
export function replyToKnock(
  facts: RoomFacts,
  command: { readonly caller: RoomCaller; readonly knockId: KnockId; readonly reply: string },
): Decision<Knock | KnockAlreadyDecided | Forbidden | NotFound> {
  const actor = authorise(facts, command.caller, 'PARTICIPANTS');
  if (isRefusal(actor)) return { answer: actor };
  const knock = facts.knocks.get(command.knockId);
  if (!knock) return { answer: notFound() };
  if (!isPending(knock)) return { answer: alreadyDecided(knock) };
  const answered: PendingKnock = { ...knock, reply: command.reply };
  return {
    answer: answered,
    changes: { knocks: [answered], events: [{ type: 'KnockChanged', by: actor, knock: answered }] },
  };
}

/** By this admission, or as the same person by another way. */
function isHolderInside(facts: RoomFacts, { id, verified, userId }: Knock): boolean {
  if (admissionsInUse(facts.participants.values()).has(id)) return true;
  return verified && userId !== null && inside(facts).some((one) => one.verified && one.userId === userId);
}

export interface RecallCommand {
  readonly caller: RoomCaller;
  readonly knockId: KnockId;
  readonly reply: string | null;
}

/**
 * Takes an admission back, used or not, unless somebody is inside by it: then ejecting is what is meant. No cool-down follows. The
 * same again answers the same knock.
 */
export function recallAdmission(
  facts: RoomFacts,
  command: RecallCommand,
  now: Date,
): Decision<Knock | Forbidden | NotFound | Conflict> {
  const actor = authorise(facts, command.caller, 'PARTICIPANTS');
  if (isRefusal(actor)) return { answer: actor };
  const knock = facts.knocks.get(command.knockId);
  if (!knock) return { answer: notFound() };
  if (knock.status === 'EXPIRED' && knock.decided.reason === 'RECALLED') return { answer: knock };
  const admission = admissionIn(knock, now);
  if (admission === null) {
    const state = knock.status === 'ADMITTED' ? 'expired' : knock.status.toLowerCase();
    return {
      answer: conflict('CONFLICT', `This knock is ${state}. Only an admission that still counts can be recalled.`),
    };
  }
  const refusal = refuseToActOn(facts, command.caller, [knock]);
  if (refusal !== null) return { answer: refusal };
  if (isHolderInside(facts, knock)) {
    return {
      answer: conflict('CONFLICT', 'The person who was admitted is in the room now. Use ejectParticipants instead.'),
    };
  }
  const recalled = closeKnock({ ...admission, reply: command.reply ?? knock.reply }, 'RECALLED', actor, now);
  return {
    answer: recalled,
    changes: {
      knocks: [recalled],
      returns: reopenReturns(facts, [recalled]),
      events: [{ type: 'KnockChanged', by: actor, knock: recalled }],
    },
    validUntil: admission.letsInUntil,
  };
}
