import type { RoomCommand } from '../room/command.ts';
import { type KnockView, knockView, type RoomView } from '../room/views.ts';
import { act, actOnSelf, type Show } from '../room/writer.ts';
import {
  cancelKnock,
  decideKnock,
  decideKnocks,
  isDecidedBefore,
  type KnockAlreadyDecided,
  recallAdmission,
  replyToKnock,
} from '../rules/admission.ts';
import type { RoomCaller } from '../rules/authority.ts';
import { type Caller, needs, refuseCaller, requireRoomCaller } from '../rules/caller.ts';
import type { FactKeys } from '../rules/fact-keys.ts';
import type { Decision, RoomFacts } from '../rules/facts.ts';
import type { KnockId } from '../rules/ids.ts';
import type { Knock } from '../rules/knock-request.ts';
import { type Conflict, type Forbidden, isRefusal, type NotFound, notFound } from '../rules/refusal.ts';
import type { KnockStorage } from '../storage/knock-request.ts';
import { createKnocking, type KnockingDeps } from './entry/knock.ts';
import { InputReader, type Maybe } from './input.ts';
import { createKnockLists, type KnockListDeps } from './knock-lists.ts';

export interface KnockDeps extends KnockingDeps, KnockListDeps {
  readonly knocks: KnockListDeps['knocks'] & Pick<KnockStorage, 'findRoomOf'>;
}

export type KnockService = ReturnType<typeof createKnockService>;

interface DecideInput {
  readonly knockId: KnockId | null;
  readonly reply?: Maybe<string>;
}

interface DenyInput extends DecideInput {
  readonly ban?: Maybe<boolean>;
  readonly banNetwork?: Maybe<boolean>;
}

interface DecideManyInput {
  readonly roomName: string;
  readonly knockIds?: Maybe<readonly (KnockId | null)[]>;
  readonly requestedBefore?: Maybe<Date>;
  readonly reply?: Maybe<string>;
}

type DecideAnswer = Knock | KnockAlreadyDecided | Forbidden | NotFound;

/** Knocking, and the decision about it. */
export function createKnockService(deps: KnockDeps) {
  return {
    ...createKnocking(deps),
    cancel: (caller: Caller) => cancel(deps, caller),
    ...createDecisions(deps),
    admitMany: (caller: Caller, input: DecideManyInput) => decideMany(deps, caller, input, 'ADMITTED'),
    denyMany: (caller: Caller, input: DecideManyInput) => decideMany(deps, caller, input, 'DENIED'),
    ...createKnockLists(deps),
  };
}

/** One knock at a time. */
function createDecisions(deps: KnockDeps) {
  return {
    admit: async (caller: Caller, { knockId, reply }: DecideInput) => {
      const reader = new InputReader();
      const text = reader.message('reply', reply);
      const decide: KnockRule<DecideAnswer> = (facts, who, id, now) =>
        decideKnock(facts, { caller: who, knockId: id, verdict: 'ADMITTED', reply: text, ban: null }, now);
      return actOnKnock(deps, caller, { knockId, reader, decide }, showDecided);
    },
    deny: async (caller: Caller, { knockId, reply, ban, banNetwork }: DenyInput) => {
      const reader = new InputReader();
      const text = reader.message('reply', reply);
      if (banNetwork && !ban) reader.say(['banNetwork'], 'requires ban to be true');
      const order = ban ? { id: deps.secrets.newId<'Ban'>(), network: banNetwork === true } : null;
      // A ban that puts somebody out also takes their admission back, however old it is.
      const keys = { admissions: order !== null };
      const decide: KnockRule<DecideAnswer> = (facts, who, id, now) =>
        decideKnock(facts, { caller: who, knockId: id, verdict: 'DENIED', reply: text, ban: order }, now);
      return actOnKnock(deps, caller, { knockId, reader, keys, decide }, showDecided);
    },
    reply: async (caller: Caller, { knockId, reply }: DecideInput) => {
      const reader = new InputReader();
      const text = reader.message('reply', reply);
      if (text === null && !reader.refusal) reader.say(['reply'], 'must not be empty');
      const decide: KnockRule<DecideAnswer> = (facts, who, id) =>
        replyToKnock(facts, { caller: who, knockId: id, reply: text ?? '' });
      return actOnKnock(deps, caller, { knockId, reader, decide }, showDecided);
    },
    recall: async (caller: Caller, { knockId, reply }: DecideInput) => {
      const reader = new InputReader();
      const text = reader.message('reply', reply);
      const decide: KnockRule<Knock | Forbidden | NotFound | Conflict> = (facts, who, id, now) =>
        recallAdmission(facts, { caller: who, knockId: id, reply: text }, now);
      return actOnKnock(deps, caller, { knockId, reader, decide }, knockView);
    },
  };
}

async function cancel({ writer }: KnockDeps, caller: Caller) {
  if (caller.kind !== 'KNOCKER') return refuseCaller(caller, needs.knock);
  const decide = (facts: RoomFacts, now: Date) => cancelKnock(facts, caller.id, now);
  return actOnSelf(writer, caller, { keys: { knockIds: [caller.id] }, decide }, showDecided);
}

type KnockRule<Answer> = (facts: RoomFacts, who: RoomCaller, id: KnockId, now: Date) => Decision<Answer>;

/** What to do with which knock, and which parts of the input are wrong. */
interface KnockOrder<Answer> {
  readonly knockId: KnockId | null;
  readonly reader: InputReader;
  readonly keys?: FactKeys;
  readonly decide: KnockRule<Answer>;
}

async function actOnKnock<Answer, Shown>(
  deps: KnockDeps,
  caller: Caller,
  { knockId, reader, keys, decide }: KnockOrder<Answer>,
  show: Show<Answer, Shown>,
) {
  const acting = requireRoomCaller(caller, 'ADMISSION');
  if (isRefusal(acting)) return acting;
  if (reader.refusal) return reader.refusal;
  if (knockId === null) return notFound();
  const roomId = acting.roomId ?? (await deps.knocks.findRoomOf(acting.domainId, knockId));
  if (roomId === null) return notFound();
  // Only the id is used here. The rule finds out whether this room has such a knock.
  const command: RoomCommand<Answer> = {
    by: caller,
    keys: { ...keys, knockIds: [knockId] },
    decide: (facts, now) => decide(facts, acting.who, knockId, now),
  };
  return act(deps.writer, { domainId: acting.domainId, roomId }, command, show);
}

function showDecided(answer: Knock | KnockAlreadyDecided, room: RoomView): KnockView | KnockAlreadyDecided<KnockView> {
  return isDecidedBefore(answer) ? { ...answer, knock: knockView(answer.knock, room) } : knockView(answer, room);
}

const maxAtOnce = 1_000;

async function decideMany(deps: KnockDeps, caller: Caller, input: DecideManyInput, verdict: 'ADMITTED' | 'DENIED') {
  const acting = requireRoomCaller(caller, 'ADMISSION');
  if (isRefusal(acting)) return acting;
  const reader = new InputReader();
  const reply = reader.message('reply', input.reply);
  const ids = input.knockIds ?? null;
  const before = input.requestedBefore ?? null;
  if ((ids === null) === (before === null))
    reader.say(['knockIds'], 'cannot be combined with requestedBefore, and one of the two is required');
  if (ids !== null && ids.length > maxAtOnce) reader.say(['knockIds'], `must contain at most ${maxAtOnce} ids`);
  if (reader.refusal) return reader.refusal;
  const ref = await deps.rooms.refFor(acting, input.roomName);
  if (ref === null) return notFound();
  const known = (ids ?? []).filter((id): id is KnockId => id !== null);
  if (ids !== null && ids.length > 0 && known.length === 0) return notFound();
  const which = before === null ? { ids: known } : { requestedBefore: before };
  const keys = { knockIds: known };
  const decide = (facts: RoomFacts, now: Date) =>
    decideKnocks(facts, { caller: acting.who, which, verdict, reply }, now);
  return act(deps.writer, ref, { by: caller, keys, decide }, (knocks, room) => ({
    knocks: knocks.map((one) => knockView(one, room)),
  }));
}
