import { randomUUID } from 'node:crypto';
import type { Caller } from '../rules/caller.ts';
import { type FactKeys, FactsMissing, mergeKeys } from '../rules/fact-keys.ts';
import type { ApiKeyId } from '../rules/ids.ts';
import { type Forbidden, forbidden, type NotFound, notFound, type Unavailable } from '../rules/refusal.ts';
import { settle } from '../rules/room-life.ts';
import { DatabaseError } from '../storage/postgres/error.ts';
import type { RoomRef } from '../storage/room-store.ts';
import type { RoomCommand, RoomWriterDeps, Written } from './command.ts';
import { FactsDraft } from './facts-draft.ts';
import { GroupDraft, hasEndedSince, isPersonIn, keysToConfirm, maxAgeMs, restsOnKey } from './group-draft.ts';
import { writeSurely } from './sure-write.ts';
import { reportUnavailable } from './trouble.ts';
import type { RoomView } from './views.ts';

/** A command, and the callback that gets its answer. */
export interface WaitingCommand extends RoomCommand<unknown> {
  readonly resolve: (answer: Written<unknown> | NotFound | Forbidden | Unavailable) => void;
}

/** The state of a room that stays in memory between its groups. */
export interface RoomMemory {
  readonly ref: RoomRef;
  draft: FactsDraft | null;
  /** No turn was available lately: until this instant the room goes on without turns. Milliseconds of `performance.now`. */
  noTurnsUntil: number;
  /** A race was lost lately, so others write this room too: until this instant nothing is tried without a turn. */
  contendedUntil: number;
}

interface GroupOutcome {
  readonly decided: GroupDraft;
  readonly answers: readonly Written<unknown>[];
  /** Callers whose kept credentials the facts of the decision have confirmed. */
  readonly confirmed: readonly Caller[];
  /** Something was read after the group's commands came. */
  readonly readNow: boolean;
}

/** How often a group may load more facts for its rules: a rule finds a session, for example, and then needs its token. */
const maxRounds = 8;

/**
 * Decides on facts that hold all that the rules ask for: where one asks for what nobody has loaded, that is loaded, and all are asked
 * again. Null: there is no such room.
 */
export async function decideGroup(
  deps: RoomWriterDeps,
  room: RoomMemory,
  group: readonly WaitingCommand[],
): Promise<GroupOutcome | null> {
  const keys = group.map((waiting) => waiting.keys ?? {});
  let readNow = false;
  for (let round = 1; round <= maxRounds; round += 1) {
    const { draft, isRead } = await asRetry(() => bringUpToDate(deps, room, mergeKeys(keys)));
    if (draft === null) return null;
    readNow ||= isRead;
    const now = deps.clock.now();
    const keysInDoubt = keysToConfirm(
      group.map(({ by }) => by),
      draft.domain.version,
    );
    // A key that is revoked after this check moves the domain's version on: then the write misses, or the refusal is not confirmed.
    const endedKeys = await asRetry(() => findEndedKeys(deps, room.ref, keysInDoubt));
    const decided = new GroupDraft(draft, now, deps.webhookOf);
    if (!draft.isQuietAt(now)) decided.take(settle(draft, now, deps.uptime.since()));
    const [needs, confirmed]: [FactKeys[], Caller[]] = [[], []];
    const answers = group.map((waiting) => {
      const answer = decideOne(decided, waiting, endedKeys, { needs, confirmed });
      return { answer, room: viewOf(decided) };
    });
    if (needs.length === 0) return { decided, answers, confirmed, readNow };
    draft.rollBack();
    keys.push(...needs);
  }
  throw new Error(`a rule asked for more facts ${maxRounds} times`);
}

/** The room as the commands that were decided so far leave it. */
function viewOf({
  facts: { room, domain, ownerPresent, placesTaken: participantCount },
  version,
}: GroupDraft): RoomView {
  return { room: { ...room, version }, domain, ownerPresent, participantCount };
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
  { by, decide }: WaitingCommand,
  endedKeys: ReadonlySet<ApiKeyId>,
  { needs, confirmed }: { readonly needs: FactKeys[]; readonly confirmed: Caller[] },
): unknown {
  try {
    if (hasEndedSince(decided.facts, by, endedKeys, decided.now)) return ended;
    if (by !== null && isPersonIn(decided.facts, by)) confirmed.push(by);
    const decision = decide(decided.facts, decided.now);
    decided.add(restsOnKey(by) ? { ...decision, restsOnDomain: true } : decision);
    if (by?.kind === 'BACKEND') decided.boundBy(by.apiKey.exp);
    return decision.answer;
  } catch (error) {
    if (error instanceof FactsMissing) needs.push(error.needs);
    return new Failed(error);
  }
}

/** Reads what the group needs, and what others wrote meanwhile. True: it read something after the group's commands came. */
async function bringUpToDate(
  { store, clock }: RoomWriterDeps,
  room: RoomMemory,
  keys: FactKeys,
): Promise<{ readonly draft: FactsDraft | null; readonly isRead: boolean }> {
  const { draft, ref } = room;
  if (draft !== null) {
    if (draft.isCurrent && draft.holds(keys)) return { draft, isRead: false };
    const read = await clock.sync(() => store.readSince(ref, draft.room.version, keys));
    // It may have been forgotten meanwhile.
    if (read?.isWhole && room.draft === draft) {
      draft.absorb(read);
      return { draft, isRead: true };
    }
  }
  const read = await clock.sync(() => store.readAll(ref, keys));
  room.draft = read === null ? null : new FactsDraft(read);
  return { draft: room.draft, isRead: true };
}

/** A read whose answer was lost has changed nothing, so it is repeated. */
export async function asRetry<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DatabaseError && error.failure === 'LOST') throw new DatabaseError('RETRY', error.code, error);
    throw error;
  }
}

/** How many commands are written together at most. */
export const maxGroup = 500;
/** A group that has lost races for this number of milliseconds is answered UNAVAILABLE. */
const patienceMs = 7_000;
const noTurnsMs = 1_000;
const contendedMs = 200;

/**
 * Decides on a group of commands and writes what follows, however often it takes. Every command is answered; never throws.
 * @param latecomers gives more commands of this room, so many at most, which are then in the group as well
 */
export async function writeGroup(
  deps: RoomWriterDeps,
  room: RoomMemory,
  first: readonly WaitingCommand[],
  latecomers: (places: number) => readonly WaitingCommand[] = () => [],
): Promise<void> {
  let group = first;
  const giveUpAt = performance.now() + patienceMs;
  for (let attempt = 1; attempt === 1 || performance.now() < giveUpAt; attempt += 1) {
    const wantsTurn = attempt > 1 || performance.now() < room.contendedUntil;
    const turn = wantsTurn ? await takeTurn(deps, room, attempt) : null;
    if (turn !== null) {
      // Others have written meanwhile, and more commands have come.
      room.draft?.distrust();
      group = [...group, ...latecomers(maxGroup - group.length)];
    }
    try {
      // Without a free turn, its holder may hang: then everybody races, because the version alone decides.
      const givesWay = turn === null && performance.now() >= room.noTurnsUntil;
      if (await tryGroup(deps, room, group, givesWay)) return;
      room.contendedUntil = performance.now() + contendedMs;
    } catch (error) {
      room.draft = null;
      const failure = error instanceof DatabaseError ? error.failure : null;
      if (failure === 'BAD' && group.length > 1) return halve(deps, room, group);
      if (failure !== 'RETRY') return fail(deps, group, error);
    } finally {
      turn?.();
    }
  }
  fail(deps, group, new DatabaseError('REFUSED', 'CONTENTION'));
}

function confirm(by: Caller | null): void {
  if (by?.kind === 'PARTICIPANT' || by?.kind === 'KNOCKER') by.onConfirmed?.();
}

/** The database cannot store one command of the group: the group is halved until that command is alone. */
async function halve(deps: RoomWriterDeps, room: RoomMemory, group: readonly WaitingCommand[]): Promise<void> {
  const half = Math.ceil(group.length / 2);
  await writeGroup(deps, room, group.slice(0, half));
  await writeGroup(deps, room, group.slice(half));
}

function fail(deps: RoomWriterDeps, group: readonly WaitingCommand[], error: unknown): void {
  const answer = reportUnavailable(deps.onError, error);
  for (const { by, resolve } of group) {
    // It may have been done, so that it must not be asked again for the sake of the credential.
    confirm(by);
    resolve(answer);
  }
}

/** Takes a turn after a lost race, so that the next race is not lost. Without a turn, chance decides who comes first. */
async function takeTurn(deps: RoomWriterDeps, room: RoomMemory, attempt: number): Promise<(() => void) | null> {
  if (performance.now() >= room.noTurnsUntil) {
    const turn = await deps.store.takeTurn(room.ref);
    if (turn !== null) return turn;
    room.noTurnsUntil = performance.now() + noTurnsMs;
  }
  const chance = (deps.random ?? Math.random)();
  await new Promise((resolve) => setTimeout(resolve, chance * Math.min(50, attempt * 4)));
  return null;
}

/** One attempt. False: the room or domain moved on, the decision was too old, or another process has the turn; nothing was written. */
async function tryGroup(
  deps: RoomWriterDeps,
  room: RoomMemory,
  group: readonly WaitingCommand[],
  givesWay: boolean,
): Promise<boolean> {
  const outcome = await decideGroup(deps, room, group);
  if (outcome === null) {
    for (const waiting of group) waiting.resolve(notFound());
    return true;
  }
  const { decided, answers, confirmed, readNow } = outcome;
  const { facts: draft, now } = decided;
  if (decided.isEmpty) {
    if (!readNow && !(await asRetry(() => isStillTrue(deps, room, decided)))) return false;
    draft.settleDown(draft.room.version, now);
  } else {
    const events = decided.published();
    const write = decided.toWrite(room.ref, randomUUID(), givesWay);
    if (!(await writeSurely(deps, write))) {
      draft.rollBack();
      return false;
    }
    draft.settleDown(draft.room.version + events.length, now);
    deps.publish(room.ref, events);
    if (write.tellsWebhooks) deps.tellWebhooks(room.ref.domainId);
    if (write.carriedOutOn !== null) deps.carryOut(room.ref.domainId);
  }
  for (const by of confirmed) confirm(by);
  group.forEach(({ resolve }, index) => {
    const written = answers[index];
    if (written === undefined || written.answer === ended) resolve(forbidden('UNAUTHENTICATED'));
    else if (written.answer instanceof Failed) resolve(reportUnavailable(deps.onError, written.answer.error));
    else resolve(written);
  });
  return true;
}

/** Every answer is guarded: where nothing is written, a read confirms that the room, domain and time have not moved on. */
async function isStillTrue(
  { store, clock }: RoomWriterDeps,
  room: RoomMemory,
  { facts: draft, now }: GroupDraft,
): Promise<boolean> {
  const seen = { room: draft.room.version, domain: draft.domain.version };
  const read = await clock.sync(() => store.readSince(room.ref, seen.room, {}));
  if (!read?.isWhole) {
    room.draft = null;
    return false;
  }
  const holds = read.rows.room.version === seen.room && read.rows.domain.version === seen.domain;
  draft.absorb(read);
  return holds && clock.now().getTime() - now.getTime() < maxAgeMs;
}
