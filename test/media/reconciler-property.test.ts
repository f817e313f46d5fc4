import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findInside, inside } from '../../src/rules/facts.ts';
import { encodeId, type ParticipantId } from '../../src/rules/ids.ts';
import { endParticipant, type PresentParticipant } from '../../src/rules/participant.ts';
import { many, seedOfRun } from '../faults/fault-kit.ts';
import { idOf, participantOf } from '../rules/facts-kit.ts';
import { type Fault, ReconcilerModel } from './reconciler-model.ts';

// Whatever is decided, lost, answered, told late or killed, in whatever order and between whichever two steps: some quiet looks later a media
// server shows what the room says, and nobody who may be in it has been put out.

const names = ['ada', 'bob', 'cy', 'dan', 'eve'] as const;
const noPatch = { hasPresence: null, canSend: null, canReceive: null, canAdmin: null };
const patches: readonly PresentParticipant['permissions'][] = [
  null,
  { ...noPatch, canSend: [] },
  { ...noPatch, canSend: ['AUDIO'] },
  { ...noPatch, hasPresence: false },
  { ...noPatch, canReceive: { base: [], overrides: [] } },
];

type Move = { readonly name: string; readonly play: (model: ReconcilerModel) => void };

const idFor = (name: string): ParticipantId => idOf<'Participant'>(name);
const identityOf = (name: string) => encodeId('Participant', idFor(name));

/** Somebody of this name who is inside changes. */
const changeOne =
  (name: string, after: (one: PresentParticipant, model: ReconcilerModel) => object) => (model: ReconcilerModel) => {
    const one = findInside(model.facts, idFor(name));
    if (one !== undefined) model.change({ participants: [{ ...one, ...after(one, model) }] });
  };

/** Whoever was put out does not come again under the same name: sessions that ended do not begin anew. */
const joins = (name: string) => (model: ReconcilerModel) => {
  const id = idFor(name);
  if (model.facts.room.closedAt !== null || model.facts.participants.held(id) !== undefined) return;
  const seenUntil = new Date(model.clock + 3_600_000);
  model.change({ participants: [participantOf({ id, joinedAt: model.now(), seenUntil })] });
};

const moves: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Move>({ name: 'nothing', play: () => undefined }) },
  { weight: 4, arbitrary: fc.constantFrom(...names).map((name) => ({ name: `${name} joins`, play: joins(name) })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...names).map((name) => ({
      name: `${name} is put out`,
      play: (model: ReconcilerModel) => {
        const one = findInside(model.facts, idFor(name));
        if (one !== undefined) model.change({ participants: [endParticipant(one, 'EJECTED', model.now())] });
      },
    })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom(...names), fc.constantFrom(...patches)).map(([name, permissions]) => ({
      name: `${name} may ${JSON.stringify(permissions)}`,
      play: changeOne(name, () => ({ permissions })),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.boolean().map((ownerOnlyBroadcast) => ({
      name: `only owners broadcast: ${ownerOnlyBroadcast}`,
      play: (model: ReconcilerModel) => model.change({ room: { ...model.facts.room, ownerOnlyBroadcast } }),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Move>({
      name: 'the room is closed',
      play: (model) => {
        const left = inside(model.facts).map((one) => endParticipant(one, 'ROOM_DELETED', model.now()));
        const room = { ...model.facts.room, closedAt: model.now(), closedBy: 'DELETED' as const };
        if (model.facts.room.closedAt === null) model.change({ room, participants: left });
      },
    }),
  },
  {
    weight: 8,
    arbitrary: fc.tuple(fc.nat(30), fc.constantFrom('ACTIVE', 'ACTIVE', 'JOINING')).map(([index, state]) => ({
      name: `somebody sets out with token ${index}: ${state}`,
      play: (model: ReconcilerModel) => {
        const token = model.tokens[index % Math.max(1, model.tokens.length)];
        if (token !== undefined) model.setOut(token, state);
      },
    })),
  },
  { weight: 3, arbitrary: fc.constant<Move>({ name: 'somebody arrives', play: (model) => model.arrive() }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...names).map((name) => ({
      name: `${name} loses the connection`,
      play: (model: ReconcilerModel) => void model.fake.leave(model.room, identityOf(name)),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Move>({ name: 'the server forgets all', play: ({ fake }) => fake.rooms.clear() }),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Fault>('REQUEST', 'ANSWER', 'BUSY', 'DATABASE').map((fault) => ({
      name: `fault: ${fault}`,
      play: ({ faults }: ReconcilerModel) => void faults.push(fault),
    })),
  },
  { weight: 2, arbitrary: fc.constant<Move>({ name: 'the process dies', play: (model) => model.die() }) },
  { weight: 2, arbitrary: fc.constant<Move>({ name: 'a webhook comes late', play: (model) => model.lookNow() }) },
  {
    weight: 4,
    arbitrary: fc.integer({ min: 1, max: 5_000 }).map((ms) => ({
      name: `${ms} ms pass`,
      play: (model: ReconcilerModel) => {
        model.clock += ms;
      },
    })),
  },
);

/** As long as a room in use waits for its next look, and a server that was away for the next question. Milliseconds. */
const restMs = 46_000;

/** Nothing fails, and nothing more happens but that those arrive who are on their way. */
async function comeToRest(model: ReconcilerModel): Promise<void> {
  model.faults.length = 0;
  const until = model.clock + restMs;
  // Once it is shown it has to stay so for some looks more.
  for (let shown = 0; shown < 3; shown += isShown(model) && model.onTheWay === 0 ? 1 : 0) {
    const dueAt = model.dueAt();
    if (dueAt === null || dueAt > until) break;
    model.clock = Math.max(model.clock, dueAt);
    await model.look();
    model.arrive();
  }
  while (model.onTheWay > 0) model.arrive();
}

function isShown(model: ReconcilerModel): boolean {
  try {
    expectShown(model);
    return true;
  } catch {
    return false;
  }
}

function expectShown(model: ReconcilerModel): void {
  const there = [...(model.fake.rooms.get(model.room)?.values() ?? [])];
  const wanted = model.wanted();
  expect(there.filter(({ identity }) => !wanted.has(identity))).toEqual([]);
  for (const { identity, permission } of there) {
    const may = wanted.get(identity);
    expect(permission).toMatchObject({
      ...{ can_publish: may?.canPublish, can_publish_sources: may?.sources, can_subscribe: may?.canSubscribe },
      ...{ can_publish_data: may?.canPublishData, hidden: may?.hidden, can_update_metadata: false },
    });
  }
  // Nobody finds the door of a room shut that they may be in, and a room that is over is not there.
  if (wanted.size > 0) expect(model.fake.rooms.has(model.room)).toBe(true);
  if (model.facts.room.closedAt !== null) expect(model.fake.rooms.has(model.room)).toBe(false);
}

test.each([true, false])(
  'what was decided is shown in the end, with a gate: %s',
  { timeout: 300_000 },
  async (isGated) => {
    await fc.assert(
      fc.asyncProperty(fc.array(moves, { minLength: 10, maxLength: 80 }), async (tape) => {
        const left = [...tape];
        const model = new ReconcilerModel(isGated, (at) => left.shift()?.play(at));
        while (left.length > 0) {
          left.shift()?.play(model);
          await model.look();
        }
        await comeToRest(model);
        expectShown(model);
        expect(model.wronged).toEqual([]);
      }),
      { numRuns: many(500), seed: seedOfRun },
    );
  },
);

test('whoever is muted while they are away is not heard after coming back, whenever a look comes, and may unmute', async () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 1_500 }), { maxLength: 8 });
  const cases = fc.asyncProperty(
    gaps,
    fc.nat(8_000),
    fc.boolean(),
    fc.boolean(),
    async (waits, silentMs, isSeenAway, isSeenMuted) => {
      const model = new ReconcilerModel(true, () => undefined);
      const lookNow = () => {
        model.lookNow();
        return model.look();
      };
      joins('ada')(model);
      model.fake.connect(model.room, identityOf('ada'));
      await model.look();
      model.clock += 60_000;
      model.fake.leave(model.room, identityOf('ada'));
      if (isSeenAway) await lookNow();
      changeOne('ada', () => ({ mutesOwed: ['AUDIO'] }))(model);
      if (isSeenMuted) await lookNow();
      const ada = model.fake.connect(model.room, identityOf('ada'), {}, { state: 'JOINING' });
      await lookNow();
      ada.state = 'ACTIVE';
      const sendsAt = model.clock + silentMs;
      for (const ms of waits.filter((_, index) => waits.slice(0, index + 1).reduce((a, b) => a + b) < silentMs)) {
        model.clock += ms;
        await lookNow();
      }
      model.clock = sendsAt;
      const track = model.fake.publish(ada, 'MICROPHONE', 'AUDIO', 'audio/opus');
      await lookNow();
      expect(track.muted).toBe(true);
      await lookNow();
      track.muted = false;
      await comeToRest(model);
      expect(track.muted).toBe(false);
    },
  );
  await fc.assert(cases, { numRuns: many(500), seed: seedOfRun });
});
