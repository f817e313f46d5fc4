import { type FactKeys, FactsMissing, mergeKeys } from '../rules/fact-keys.ts';
import type { ApiKeyId } from '../rules/ids.ts';
import type { Forbidden, NotFound, Unavailable } from '../rules/refusal.ts';
import { settle } from '../rules/room-life.ts';
import { DatabaseError } from '../storage/postgres/error.ts';
import type { RoomRef } from '../storage/room-store.ts';
import type { RoomCommand, RoomWriterDeps, Written } from './command.ts';
import { FactsDraft } from './facts-draft.ts';
import { GroupDraft } from './group-draft.ts';
import { hasEndedSince, keysToConfirm, restsOnKey } from './standing.ts';

/** A command and whoever waits for its answer. */
export interface Waiting extends RoomCommand<unknown> {
  readonly resolve: (answer: Written<unknown> | NotFound | Forbidden | Unavailable) => void;
}

/** What is kept of a room between its groups. */
export interface RoomMemory {
  readonly ref: RoomRef;
  draft: FactsDraft | null;
  /** Turns were not to be had lately: until then it goes on without. Milliseconds of `performance.now`. */
  noTurnsUntil: number;
  /** A race was lost lately: until then others write this room as well, and nothing is tried without a turn. */
  contendedUntil: number;
}

interface Outcome {
  readonly decided: GroupDraft;
  readonly answers: readonly unknown[];
  /** Something was read after the group's commands came. */
  readonly readNow: boolean;
}

/** How often a group is asked again for what its rules found that they need: one finds a session, and then needs its token. */
const maxRounds = 8;

/**
 * Decides on facts that hold all that the rules ask for: where one asks for what nobody has loaded, that is loaded, and all are asked
 * again. Null: there is no such room.
 */
export async function decideGroup(
  deps: RoomWriterDeps,
  room: RoomMemory,
  group: readonly Waiting[],
): Promise<Outcome | null> {
  const keys = group.map((waiting) => waiting.keys ?? {});
  let readNow = false;
  for (let round = 1; round <= maxRounds; round += 1) {
    readNow = (await asRetry(() => bringUpToDate(deps, room, mergeKeys(keys)))) || readNow;
    const { draft } = room;
    if (draft === null) return null;
    const now = deps.clock.now();
    const confirmed = keysToConfirm(
      group.map(({ by }) => by),
      draft.domain.version,
    );
    // Revoked after this look, a key has moved the domain on: then the write misses, or what was refused is not confirmed.
    const endedKeys = await asRetry(() => findEndedKeys(deps, room.ref, confirmed));
    const decided = new GroupDraft(draft, now, deps.webhookOf);
    if (!draft.isQuietAt(now)) decided.take(settle(draft, now));
    const needs: FactKeys[] = [];
    const answers = group.map((waiting) => decideOne(decided, waiting, endedKeys, needs));
    if (needs.length === 0) return { decided, answers, readNow };
    draft.rollBack();
    keys.push(...needs);
  }
  throw new Error(`a rule asked for more facts ${maxRounds} times`);
}

/** A rule threw. */
export class Failed {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

export const ended = Symbol('the credential has ended');

async function findEndedKeys(
  deps: RoomWriterDeps,
  { domainId }: RoomRef,
  ids: readonly ApiKeyId[],
): Promise<ReadonlySet<ApiKeyId>> {
  return ids.length === 0 ? new Set() : deps.findEndedKeys(domainId, ids);
}

/** A rule that throws fails alone: it has changed nothing. */
function decideOne(
  decided: GroupDraft,
  { by, decide }: Waiting,
  endedKeys: ReadonlySet<ApiKeyId>,
  needs: FactKeys[],
): unknown {
  try {
    if (hasEndedSince(decided.facts, by, endedKeys, decided.now)) return ended;
    const decision = decide(decided.facts, decided.now);
    decided.add(restsOnKey(by) ? { ...decision, restsOnDomain: true } : decision);
    if (by?.kind === 'BACKEND') decided.boundBy(by.apiKey.exp);
    return decision.answer;
  } catch (error) {
    if (error instanceof FactsMissing) needs.push(error.needs);
    return new Failed(error);
  }
}

/** Reads what the group needs, and what others wrote meanwhile. True: something was read, after the group's commands came. */
async function bringUpToDate({ store, clock }: RoomWriterDeps, room: RoomMemory, keys: FactKeys): Promise<boolean> {
  const { draft, ref } = room;
  if (draft !== null) {
    if (draft.isCurrent && draft.holds(keys)) return false;
    const read = await clock.sync(() => store.readSince(ref, draft.room.version, keys));
    if (read?.isWhole) {
      draft.absorb(read);
      return true;
    }
  }
  const read = await clock.sync(() => store.readAll(ref, keys));
  room.draft = read === null ? null : new FactsDraft(read);
  return true;
}

/** A read whose answer was lost has done nothing: it is done again. */
export async function asRetry<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DatabaseError && error.failure === 'LOST') throw new DatabaseError('RETRY', error.code, error);
    throw error;
  }
}
