import { randomUUID } from 'node:crypto';
import { forbidden, notFound } from '../rules/refusal.ts';
import { DatabaseError } from '../storage/postgres/error.ts';
import type { RoomWriterDeps } from './command.ts';
import { asRetry, decideGroup, ended, Failed, type RoomMemory, type Waiting } from './group.ts';
import { type GroupDraft, maxAgeMs } from './group-draft.ts';
import { reportUnavailable } from './guarded.ts';
import { writeSurely } from './sure-write.ts';

/** How many commands are written together at most. */
export const maxGroup = 500;
/** A group that has lost the race for so long is answered UNAVAILABLE. Milliseconds. */
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
  first: readonly Waiting[],
  latecomers: (places: number) => readonly Waiting[] = () => [],
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
      // Where turns are not to be had, whoever has one may hang: then everybody races, as the version alone decides.
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

/** Something in the group cannot be stored: halved again and again, until that one is alone. */
async function halve(deps: RoomWriterDeps, room: RoomMemory, group: readonly Waiting[]): Promise<void> {
  const half = Math.ceil(group.length / 2);
  await writeGroup(deps, room, group.slice(0, half));
  await writeGroup(deps, room, group.slice(half));
}

function fail(deps: RoomWriterDeps, group: readonly Waiting[], error: unknown): void {
  const answer = reportUnavailable(deps.onError, error);
  for (const waiting of group) waiting.resolve(answer);
}

/** After a race that was lost: its turn, so that the next one is not. Without one, chance decides who comes first. */
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

/** One attempt. False: room or domain moved on, the time of the decision ran out, or somebody else has the turn; nothing was written. */
async function tryGroup(
  deps: RoomWriterDeps,
  room: RoomMemory,
  group: readonly Waiting[],
  givesWay: boolean,
): Promise<boolean> {
  const outcome = await decideGroup(deps, room, group);
  if (outcome === null) {
    for (const waiting of group) waiting.resolve(notFound());
    return true;
  }
  const { decided, answers, readNow } = outcome;
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
  }
  const { ownerPresent, placesTaken: participantCount } = draft;
  const view = { room: draft.room, domain: draft.domain, ownerPresent, participantCount };
  group.forEach(({ resolve }, index) => {
    const answer = answers[index];
    if (answer === ended) resolve(forbidden('UNAUTHENTICATED'));
    else resolve(answer instanceof Failed ? reportUnavailable(deps.onError, answer.error) : { answer, room: view });
  });
  return true;
}

/** No answer without a held guard: where nothing is written, a read confirms that room, domain and time stand where they stood. */
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
