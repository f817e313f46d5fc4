import { type Actor, knockerActor } from './actor.ts';
import { authorise, type RoomCaller } from './authority.ts';
import type { Ban } from './ban.ts';
import { type Changes, type Decision, isPending, type RoomFacts } from './facts.ts';
import type { BanId, KnockId } from './ids.ts';
import { admissionSeconds, type Knock } from './knock.ts';
import { earlier, endKnock } from './knocking.ts';
import { putOutBanned } from './leaving.ts';
import { type Forbidden, isRefusal, type NotFound, notFound } from './refusal.ts';

/** Somebody decided this knock before: `knock` shows how. */
export interface KnockAlreadyDecided {
  readonly refusal: 'KnockAlreadyDecided';
  readonly code: 'KNOCK_ALREADY_DECIDED';
  readonly message: string;
  readonly knock: Knock;
}

function alreadyDecided(knock: Knock): KnockAlreadyDecided {
  return {
    refusal: 'KnockAlreadyDecided',
    code: 'KNOCK_ALREADY_DECIDED',
    message: `This knock was ${knock.status.toLowerCase()} before.`,
    knock,
  };
}

export interface DecisionCommand {
  readonly caller: RoomCaller;
  readonly knockId: KnockId;
  readonly verdict: 'ADMITTED' | 'DENIED';
  readonly reply: string | null;
  /** With DENIED: also ban this person, under this id; null: do not. */
  readonly banId: BanId | null;
}

/** Decides one knock, exactly once: who comes second is told how it was decided. */
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
  const { decided, changes } = applyVerdict(facts, knock, command, actor, now);
  return { answer: decided, changes, validUntil: knock.exp };
}

export interface DecideManyCommand {
  readonly caller: RoomCaller;
  /** Exactly these, or all that waited and had knocked by then: what the owner had seen. */
  readonly which: { readonly ids: readonly KnockId[] } | { readonly requestedBefore: Date };
  readonly verdict: 'ADMITTED' | 'DENIED';
  readonly reply: string | null;
}

/** Decides what of a list still waits. A knock that somebody decided first is not among the answer. */
export function decideKnocks(
  facts: RoomFacts,
  command: DecideManyCommand,
  now: Date,
): Decision<readonly Knock[] | Forbidden> {
  const actor = authorise(facts, command.caller, 'PARTICIPANTS');
  if (isRefusal(actor)) return { answer: actor };
  const { which } = command;
  const chosen =
    'ids' in which ? which.ids.flatMap((id) => facts.knocks.get(id) ?? []) : knockedBy(facts, which.requestedBefore);
  const open = [...new Set(chosen)].filter(isPending);
  const verdict = { verdict: command.verdict, reply: command.reply, banId: null };
  const all = open.map((knock) => applyVerdict(facts, knock, verdict, actor, now));
  if (all.length === 0) return { answer: [] };
  const tokenUses = all.flatMap(({ changes }) => changes.tokenUses ?? []);
  return {
    answer: all.map(({ decided }) => decided),
    changes: {
      knocks: all.map(({ decided }) => decided),
      events: all.flatMap(({ changes }) => changes.events),
      ...(tokenUses.length > 0 ? { tokenUses } : {}),
    },
  };
}

function knockedBy(facts: RoomFacts, instant: Date): readonly Knock[] {
  return [...facts.knocks.values()].filter((knock) => knock.requestedAt <= instant);
}

type Verdict = Pick<DecisionCommand, 'verdict' | 'reply' | 'banId'>;

function applyVerdict(
  facts: RoomFacts,
  knock: Knock,
  { verdict, reply, banId }: Verdict,
  actor: Actor,
  now: Date,
): { readonly decided: Knock; readonly changes: Changes } {
  if (verdict === 'ADMITTED') {
    const decided = admit({ ...knock, reply: reply ?? knock.reply }, 'DECIDED', actor, facts, now);
    const use = knock.token === null ? undefined : facts.tokenUses.get(knock.token.jti);
    const tokenUses = use?.inLobby ? { tokenUses: [{ ...use, inLobby: false }] } : {};
    return {
      decided,
      changes: { knocks: [decided], events: [{ type: 'KnockChanged', by: actor, knock: decided }], ...tokenUses },
    };
  }
  const denied = endKnock({ ...knock, reply: reply ?? knock.reply }, 'DENIED', 'DECIDED', actor, now);
  const cooldownMs = facts.room.knockCooldownSeconds * 1000;
  const decided: Knock = { ...denied, knockAgainAt: banId === null ? new Date(now.getTime() + cooldownMs) : null };
  const event = { type: 'KnockChanged', by: actor, knock: decided } as const;
  if (banId === null) return { decided, changes: { knocks: [decided], events: [event] } };
  const ban = banOfKnock(knock, banId, now);
  const out = putOutBanned(facts, [ban], actor, now);
  return {
    decided,
    changes: {
      knocks: [decided, ...(out.knocks ?? [])],
      bans: [ban],
      participants: out.participants,
      events: [event, ...out.events],
    },
  };
}

/** Opens a knock's way in: for four hours at most, and never past the room's exp. */
export function admit(
  knock: Knock,
  reason: 'DECIDED' | 'ROOM_OPENED',
  actor: Actor,
  { room }: RoomFacts,
  now: Date,
): Knock {
  return {
    ...knock,
    status: 'ADMITTED',
    reason,
    decidedAt: now,
    decidedBy: actor,
    exp: earlier(new Date(now.getTime() + admissionSeconds * 1000), room.exp),
  };
}

function banOfKnock(knock: Knock, id: BanId, now: Date): Ban {
  return {
    id,
    roomId: knock.roomId,
    domainId: knock.domainId,
    userId: knock.userId,
    userName: knock.userName,
    knockId: knock.id,
    jti: knock.token?.jti ?? null,
    addressHash: knock.verified ? null : knock.addressHash,
    createdAt: now,
    exp: null,
    liftedAt: null,
  };
}

/** The knocker takes its knock back. Twice is the same as once. */
export function cancelKnock(
  facts: RoomFacts,
  knockId: KnockId,
  now: Date,
): Decision<Knock | KnockAlreadyDecided | NotFound> {
  const knock = facts.knocks.get(knockId);
  if (!knock) return { answer: notFound() };
  if (knock.status === 'CANCELLED') return { answer: knock };
  if (!isPending(knock)) return { answer: alreadyDecided(knock) };
  const by = knockerActor(knock);
  const cancelled = endKnock(knock, 'CANCELLED', 'WITHDRAWN', by, now);
  return {
    answer: cancelled,
    changes: { knocks: [cancelled], events: [{ type: 'KnockChanged', by, knock: cancelled }] },
  };
}

/** Writes back to one who waits. */
export function replyToKnock(
  facts: RoomFacts,
  command: { readonly caller: RoomCaller; readonly knockId: KnockId; readonly reply: string },
): Decision<Knock | KnockAlreadyDecided | Forbidden | NotFound> {
  const actor = authorise(facts, command.caller, 'PARTICIPANTS');
  if (isRefusal(actor)) return { answer: actor };
  const knock = facts.knocks.get(command.knockId);
  if (!knock) return { answer: notFound() };
  if (!isPending(knock)) return { answer: alreadyDecided(knock) };
  const answered: Knock = { ...knock, reply: command.reply };
  return {
    answer: answered,
    changes: { knocks: [answered], events: [{ type: 'KnockChanged', by: actor, knock: answered }] },
  };
}
