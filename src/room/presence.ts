import { type Attached, type Attendee, attachTo, detachFrom } from '../rules/attendance.ts';
import type { KnockerCaller, ParticipantCaller } from '../rules/caller.ts';
import type { FactKeys } from '../rules/fact-keys.ts';
import type { RoomFacts } from '../rules/facts.ts';
import type { ProcessId } from '../rules/ids.ts';
import { type Forbidden, isRefusal, type NotFound, type Unavailable } from '../rules/refusal.ts';
import type { RoomRef } from '../storage/room-store.ts';
import type { RoomView } from './views.ts';
import { act, type RoomWriter } from './writer.ts';

/** Who is here because this process holds a subscription of theirs. */
export interface Presence {
  /** Each subscription holds its person; the room is told of the first and of the last. */
  readonly hold: (
    ref: RoomRef,
    who: ParticipantCaller | KnockerCaller,
  ) => Promise<Held | Forbidden | NotFound | Unavailable>;
  /** This process continues under a new id: other processes gave up what it held before. */
  readonly rename: (processId: ProcessId) => void;
}

export interface Held extends Attached {
  readonly room: RoomView;
  readonly release: () => void;
}

/** How many milliseconds to wait after each attempt that the database did not answer; after the last of them always as long. */
const retriesMs = [250, 500, 1_000, 2_000, 5_000, 10_000];
const laterRetriesMs = 30_000;

interface Holding {
  /** The id under which the room was told. */
  readonly processId: ProcessId;
  count: number;
}

function keysOf(who: Attendee): FactKeys {
  return who.kind === 'KNOCKER' ? { knockIds: [who.id] } : {};
}

function attach(writer: RoomWriter, ref: RoomRef, who: ParticipantCaller | KnockerCaller, processId: ProcessId) {
  const decide = (facts: RoomFacts, now: Date) => attachTo(facts, who, processId, now);
  return act(writer, ref, { by: who, keys: keysOf(who), decide }, (attached, room) => ({ ...attached, room }));
}

export function createPresence(writer: RoomWriter, first: ProcessId): Presence {
  let processId = first;
  const held = new Map<string, Holding>();
  const letGo = async (ref: RoomRef, who: Attendee, mine: ProcessId) => {
    const keys = keysOf(who);
    for (let tries = 0; ; tries += 1) {
      const waitMs = retriesMs[tries] ?? laterRetriesMs;
      const isHeldAgain = () => held.get(who.id)?.processId === mine;
      const written = await writer.submit(ref, {
        by: null,
        keys,
        decide: (facts, now) => (isHeldAgain() ? { answer: null } : detachFrom(facts, who, mine, now)),
      });
      if (!isRefusal(written) || written.refusal !== 'Unavailable') return;
      // While this process lives, no other process reports that it no longer holds this person.
      await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
      if (isHeldAgain()) return;
    }
  };
  const release = (ref: RoomRef, who: Attendee, holding: Holding) => {
    holding.count -= 1;
    if (holding.count > 0) return;
    if (held.get(who.id) === holding) held.delete(who.id);
    // Also under an id that this process had before: it may have been written after all that hung on it was let go of.
    void letGo(ref, who, holding.processId);
  };
  return {
    hold: async (ref, who) => {
      const holding = held.get(who.id) ?? { processId, count: 0 };
      held.set(who.id, holding);
      holding.count += 1;
      const attached = await attach(writer, ref, who, holding.processId);
      if (isRefusal(attached)) {
        release(ref, who, holding);
        return attached;
      }
      let isReleased = false;
      const once = () => {
        if (!isReleased) release(ref, who, holding);
        isReleased = true;
      };
      return { ...attached, release: once };
    },
    rename: (next) => {
      processId = next;
      held.clear();
    },
  };
}
