import type { Written } from '../room/command.ts';
import { type KnockView, knockView } from '../room/views.ts';
import {
  cancelKnock,
  decideKnock,
  decideKnocks,
  type KnockAlreadyDecided,
  recallAdmission,
  replyToKnock,
} from '../rules/admission.ts';
import { type Caller, keysToActOn, needs, refuseCaller, requireRoomCaller } from '../rules/caller.ts';
import type { FactKeys } from '../rules/fact-keys.ts';
import type { Decision, RoomFacts } from '../rules/facts.ts';
import type { KnockId } from '../rules/ids.ts';
import type { Knock } from '../rules/knock-request.ts';
import {
  type Forbidden,
  forbidden,
  type InvalidInput,
  isRefusal,
  type NotFound,
  notFound,
  type Refusal,
  type Unavailable,
} from '../rules/refusal.ts';
import { createKnocking } from './entry/knock.ts';
import type { KnockDeps } from './entry/look.ts';
import { InputReader } from './input.ts';
import { createKnockLists } from './knock-lists.ts';
import type { DecideKnocksInput, KnockService } from './services.ts';

type Decided =
  | KnockView
  | (Omit<KnockAlreadyDecided, 'knock'> & { readonly knock: KnockView })
  | Forbidden
  | NotFound
  | Unavailable;

/** Knocking, and the decision about it. */
export function createKnockService(deps: KnockDeps): KnockService {
  return {
    ...createKnocking(deps),
    cancel: (caller) => cancel(deps, caller),
    ...createDecisions(deps),
    admitMany: (caller, input) => decideMany(deps, caller, input, 'ADMITTED'),
    denyMany: (caller, input) => decideMany(deps, caller, input, 'DENIED'),
    ...createKnockLists(deps),
  };
}

/** One knock at a time. */
function createDecisions(deps: KnockDeps): Pick<KnockService, 'admit' | 'deny' | 'reply' | 'recall'> {
  return {
    admit: async (caller, { knockId, reply }) => {
      const reader = new InputReader();
      const text = reader.message('reply', reply);
      return decideOne(deps, caller, { knockId, reader }, (facts, who, id, now) =>
        decideKnock(facts, { caller: who, knockId: id, verdict: 'ADMITTED', reply: text, ban: null }, now),
      );
    },
    deny: async (caller, { knockId, reply, ban, banNetwork }) => {
      const reader = new InputReader();
      const text = reader.message('reply', reply);
      if (banNetwork && !ban) reader.say(['banNetwork'], 'requires ban to be true');
      const order = ban ? { id: deps.secrets.newId<'Ban'>(), network: banNetwork === true } : null;
      return decideOne(
        deps,
        caller,
        { knockId, reader },
        (facts, who, id, now) =>
          decideKnock(facts, { caller: who, knockId: id, verdict: 'DENIED', reply: text, ban: order }, now),
        // Whom a ban puts out loses the admission too, however long ago it was given.
        { ...keysToActOn(caller), admissions: order !== null },
      );
    },
    reply: async (caller, { knockId, reply }) => {
      const reader = new InputReader();
      const text = reader.message('reply', reply);
      if (text === null && !reader.refusal) reader.say(['reply'], 'must not be empty');
      return decideOne(deps, caller, { knockId, reader }, (facts, who, id) =>
        replyToKnock(facts, { caller: who, knockId: id, reply: text ?? '' }),
      );
    },
    recall: async (caller, { knockId, reply }) => {
      const reader = new InputReader();
      const text = reader.message('reply', reply);
      return recall(deps, caller, { knockId, reader }, text);
    },
  };
}

async function cancel(deps: KnockDeps, caller: Caller): ReturnType<KnockService['cancel']> {
  if (caller.kind !== 'KNOCKER') return refuseCaller(caller, needs.knock);
  const written = await deps.writer.submit(caller, {
    by: caller,
    keys: { knockIds: [caller.id] },
    decide: (facts, now) => cancelKnock(facts, caller.id, now),
  });
  const shown = showDecided(written);
  return isRefusal(shown) && shown.refusal === 'NotFound' ? forbidden('UNAUTHENTICATED') : shown;
}

/** Which knock is meant, and what of the input cannot be. */
type Which = { readonly knockId: KnockId | null; readonly reader: InputReader };

type Rule<Answer> = (
  facts: RoomFacts,
  who: Parameters<typeof decideKnock>[1]['caller'],
  id: KnockId,
  now: Date,
) => Decision<Answer>;

async function decideOne(
  deps: KnockDeps,
  caller: Caller,
  which: Which,
  rule: Rule<Knock | KnockAlreadyDecided | Forbidden | NotFound>,
  keys: FactKeys = {},
): Promise<Decided | InvalidInput> {
  return showDecided(await submitOn(deps, caller, which, rule, keys));
}

async function recall(
  deps: KnockDeps,
  caller: Caller,
  which: Which,
  reply: string | null,
): ReturnType<KnockService['recall']> {
  const rule: Rule<ReturnType<typeof recallAdmission>['answer']> = (facts, who, id, now) =>
    recallAdmission(facts, { caller: who, knockId: id, reply }, now);
  const written = await submitOn(deps, caller, which, rule, keysToActOn(caller));
  if (isRefusal(written)) return written;
  return isRefusal(written.answer) ? written.answer : knockView(written.answer, written.room);
}

async function submitOn<Answer>(
  deps: KnockDeps,
  caller: Caller,
  { knockId, reader }: Which,
  rule: Rule<Answer>,
  keys: FactKeys,
): Promise<Written<Answer> | Forbidden | NotFound | InvalidInput | Unavailable> {
  const acting = requireRoomCaller(caller, 'ADMISSION');
  if (isRefusal(acting)) return acting;
  if (reader.refusal) return reader.refusal;
  if (knockId === null) return notFound();
  const roomId = acting.roomId ?? (await deps.knocks.findRoomOf(acting.domainId, knockId));
  if (roomId === null) return notFound();
  // Looked up by key, whatever the caller says that it is: the rule finds out whether this room has it.
  const ref = { domainId: acting.domainId, roomId };
  return deps.writer.submit(ref, {
    by: caller,
    keys: { ...keys, knockIds: [knockId] },
    decide: (facts, now) => rule(facts, acting.who, knockId, now),
  });
}

function showDecided<Other, Refused extends Refusal>(
  written: Written<Knock | KnockAlreadyDecided | Other> | Refused,
): KnockView | (Omit<KnockAlreadyDecided, 'knock'> & { readonly knock: KnockView }) | Other | Refused {
  if ('refusal' in written) return written;
  const { answer, room } = written;
  if (isDecidedBefore(answer)) return { ...answer, knock: knockView(answer.knock, room) };
  if (isKnock(answer)) return knockView(answer, room);
  return answer;
}

function isDecidedBefore<Other>(answer: Knock | KnockAlreadyDecided | Other): answer is KnockAlreadyDecided {
  return (
    typeof answer === 'object' && answer !== null && 'refusal' in answer && answer.refusal === 'KnockAlreadyDecided'
  );
}

function isKnock<Other>(answer: Knock | KnockAlreadyDecided | Other): answer is Knock {
  return typeof answer === 'object' && answer !== null && 'requestedAt' in answer;
}

const maxAtOnce = 1_000;

async function decideMany(
  deps: KnockDeps,
  caller: Caller,
  input: DecideKnocksInput,
  verdict: 'ADMITTED' | 'DENIED',
): ReturnType<KnockService['admitMany']> {
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
  const which = before === null ? { ids: known } : { requestedBefore: before };
  const written = await deps.writer.submit(ref, {
    by: caller,
    keys: { ...(verdict === 'DENIED' ? keysToActOn(caller) : {}), knockIds: known },
    decide: (facts, now) => decideKnocks(facts, { caller: acting.who, which, verdict, reply }, now),
  });
  if (isRefusal(written)) return written;
  const { answer, room } = written;
  if (isRefusal(answer)) return answer;
  return { knocks: answer.map((one) => knockView(one, room)) };
}
