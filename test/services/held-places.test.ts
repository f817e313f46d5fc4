import { afterEach, expect, test, vi } from 'vitest';
import type { RoomCommand } from '../../src/room/command.ts';
import { createPresence } from '../../src/room/presence.ts';
import type { RoomWriter } from '../../src/room/writer.ts';
import type { ParticipantCaller } from '../../src/rules/caller.ts';
import type { ProcessId } from '../../src/rules/ids.ts';
import { isInside, type PresentParticipant } from '../../src/rules/participant.ts';
import { isRefusal, unavailable } from '../../src/rules/refusal.ts';
import { factsOf, idOf, now, participantOf, roomOf } from '../rules/facts-kit.ts';

const [first, second]: readonly [ProcessId, ProcessId] = [idOf('process-1'), idOf('process-2')];
const room = roomOf();
const ref = { domainId: room.domainId, roomId: room.id };

/** One person in one room, as the room has it: by which processes they are held. */
function open(isAway: () => boolean = () => false) {
  let person: PresentParticipant = participantOf({ attachedTo: [] });
  const submit = async (_ref: unknown, { decide }: RoomCommand<unknown>) => {
    if (isAway()) return unavailable();
    const { answer, changes } = decide(factsOf({ participants: [person] }), now);
    const changed = changes?.participants?.[0];
    if (changed !== undefined && isInside(changed)) person = changed;
    return isRefusal(answer) ? answer : { answer, room: {} };
  };
  const presence = createPresence({ submit } as unknown as RoomWriter, first);
  const hold = async () => {
    const held = await presence.hold(ref, { kind: 'PARTICIPANT', id: person.id } as ParticipantCaller);
    return isRefusal(held) ? expect.unreachable(held.message) : held;
  };
  return { presence, hold, heldBy: () => person.attachedTo };
}

test('a place is held by each stream of its person, and each lets go of it once', async () => {
  const { hold, heldBy } = open();
  const [one, other, third] = [await hold(), await hold(), await hold()];
  one.release();
  one.release();
  other.release();
  expect(heldBy()).toEqual([first]);
  third.release();
  expect(heldBy()).toEqual([]);
});

test('under a new id a process holds anew whoever comes: what it held before was given up by others', async () => {
  const { presence, hold, heldBy } = open();
  await hold();
  presence.rename(second);
  await hold();
  expect(heldBy()).toContain(second);
});

afterEach(() => void vi.useRealTimers());

test('a place is let go of however long the database was away', async () => {
  vi.useFakeTimers();
  let isAway = false;
  const { hold, heldBy } = open(() => isAway);
  const one = await hold();
  isAway = true;
  one.release();
  await vi.advanceTimersByTimeAsync(24 * 3_600_000);
  expect(heldBy()).toEqual([first]);
  isAway = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(heldBy()).toEqual([]);
});
