import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Actor } from '../../src/rules/actor.ts';
import { cancelKnock, decideKnock, decideKnocks, replyToKnock } from '../../src/rules/admission.ts';
import { eject } from '../../src/rules/ejection.ts';
import type { Changes, RoomFacts } from '../../src/rules/facts.ts';
import { join } from '../../src/rules/joining.ts';
import { decisionOn, type Knock, type KnockReason, type KnockStatus } from '../../src/rules/knock-request.ts';
import { knock } from '../../src/rules/knocking.ts';
import { leave } from '../../src/rules/leaving.ts';
import { updateRoom } from '../../src/rules/room-changes.ts';
import { deleteRoom, settle } from '../../src/rules/room-life.ts';
import { asBackend, factsAfter, factsOf, idOf, longAgo, now, owner } from './facts-kit.ts';

const actor: Actor = { kind: 'BACKEND', name: 'key', userId: null };
const knockers = ['a', 'b', 'c'] as const;
type Who = (typeof knockers)[number];

type Step =
  | {
      readonly does: 'knock' | 'cancel' | 'admit' | 'deny' | 'ban' | 'reply' | 'join' | 'leave' | 'eject';
      readonly who: Who;
    }
  | { readonly does: 'admit all' | 'deny all' | 'delete' | 'owner leaves' }
  | { readonly does: 'update'; readonly privacy: 'PUBLIC' | 'PRIVATE'; readonly enableKnocking: boolean }
  | { readonly does: 'wait'; readonly seconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      does: fc.constantFrom('knock', 'cancel', 'admit', 'deny', 'ban', 'reply', 'join', 'leave', 'eject'),
      who: fc.constantFrom(...knockers),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('admit all', 'deny all', 'delete', 'owner leaves') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('update'),
      privacy: fc.constantFrom('PUBLIC', 'PRIVATE'),
      enableKnocking: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('wait'), seconds: fc.constantFrom(1, 31, 301, 601, 15_000) }) },
);

/** A room in the hands of the rules alone, with all that any step changed. */
class World {
  facts: RoomFacts = factsOf({ participants: [owner] });
  now = now;
  readonly latest = new Map<Who, Knock['id']>();
  #made = 0;

  take(step: Step): readonly Knock[] {
    if (step.does === 'wait') this.now = new Date(this.now.getTime() + step.seconds * 1000);
    const due = settle(this.facts, this.now, longAgo);
    this.facts = factsAfter(this.facts, due);
    const changes = this.#decide(step);
    this.facts = factsAfter(this.facts, changes);
    return [...(due?.knocks ?? []), ...(changes?.knocks ?? [])];
  }

  #decide(step: Step): Changes | undefined {
    switch (step.does) {
      case 'wait':
        return undefined;
      case 'update': {
        const input = { privacy: step.privacy, enableKnocking: step.enableKnocking };
        return updateRoom(this.facts, { caller: asBackend, input, path: [] }, this.now).changes;
      }
      case 'delete':
        return deleteRoom(this.facts, actor, this.now).changes;
      case 'owner leaves':
        return leave(this.facts, owner.id, this.now).changes;
      case 'admit all':
      case 'deny all': {
        const verdict = step.does === 'admit all' ? 'ADMITTED' : 'DENIED';
        const which = { requestedBefore: this.now };
        return decideKnocks(this.facts, { caller: asBackend, which, verdict, reply: null }, this.now).changes;
      }
      default:
        return this.#decideOne(step.does, step.who);
    }
  }

  #decideOne(does: Extract<Step, { readonly who: Who }>['does'], who: Who): Changes | undefined {
    if (does === 'knock') return this.#knock(who);
    const knockId = this.latest.get(who);
    if (knockId === undefined) return undefined;
    const person = [...this.facts.participants.values()].find((one) => one.knockId === knockId);
    switch (does) {
      case 'cancel':
        return cancelKnock(this.facts, knockId, this.now).changes;
      case 'reply':
        return replyToKnock(this.facts, { caller: asBackend, knockId, reply: 'Soon' }).changes;
      case 'join':
        return this.#join(knockId);
      case 'leave':
        return person && leave(this.facts, person.id, this.now).changes;
      case 'eject': {
        const ids = person ? [person.id] : [];
        return eject(this.facts, { caller: asBackend, ids, userIds: [], ban: null }, this.now).changes;
      }
      default: {
        const verdict = does === 'admit' ? 'ADMITTED' : 'DENIED';
        const ban = does === 'ban' ? { id: idOf<'Ban'>(this.#next()), network: true } : null;
        return decideKnock(this.facts, { caller: asBackend, knockId, verdict, reply: null, ban }, this.now).changes;
      }
    }
  }

  #knock(who: Who): Changes | undefined {
    const command = {
      roomName: 'lobby',
      newId: idOf<'KnockRequest'>(this.#next()),
      userName: who,
      message: null,
      token: null,
      bearerKnockId: this.latest.get(who) ?? null,
      bearerSessionId: null,
      tokenHash: this.#next(),
      idempotencyHash: null,
      hashByKey: null,
      addressHash: who,
    };
    const { answer, changes } = knock(this.facts, command, this.now);
    if ('kind' in answer) this.latest.set(who, answer.knock.id);
    return changes;
  }

  #join(knockId: Knock['id']): Changes | undefined {
    const command = {
      roomName: 'lobby',
      newId: idOf<'Participant'>(this.#next()),
      userName: null,
      token: null,
      knockId,
      bearerKnockId: null,
      resumes: null,
      sessionHash: this.#next(),
      idempotencyHash: null,
      hashByKey: null,
      addressHash: 'somewhere',
      hidden: false,
    };
    return join(this.facts, command, this.now).changes;
  }

  #next(): string {
    this.#made += 1;
    return `made-${this.#made}`;
  }
}

/** Every move that there is; and with which reasons each state is reached. */
const moves: Readonly<Record<KnockStatus, readonly KnockStatus[]>> = {
  PENDING: ['PENDING', 'ADMITTED', 'DENIED', 'CANCELLED', 'EXPIRED'],
  ADMITTED: ['EXPIRED'],
  DENIED: [],
  CANCELLED: [],
  EXPIRED: [],
};
const reasons: Readonly<Record<KnockStatus, readonly (KnockReason | null)[]>> = {
  PENDING: [null],
  ADMITTED: ['DECIDED', 'ROOM_OPENED'],
  DENIED: ['DECIDED'],
  CANCELLED: ['WITHDRAWN', 'KNOCKER_LEFT'],
  EXPIRED: ['TIMED_OUT', 'ROOM_CLOSED', 'KNOCKING_DISABLED', 'RECALLED'],
};

test('whatever happens in whatever order, a knock makes no other move than those that exist', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const world = new World();
      for (const one of steps) {
        const before = world.facts.knocks;
        for (const after of world.take(one)) {
          const from = before.get(after.id)?.status;
          if (from === undefined) expect(after.status).toBe('PENDING');
          else expect(moves[from], `${from} to ${after.status} by ${one.does}`).toContain(after.status);
          expect(reasons[after.status]).toContain(decisionOn(after)?.reason ?? null);
          expect(decisionOn(after)?.at).toEqual(after.status === 'PENDING' ? undefined : world.now);
        }
      }
    }),
    { numRuns: 400 },
  );
});

test('at no time does anybody wait where nobody may knock, or have two open knocks', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const world = new World();
      for (const one of steps) {
        world.take(one);
        const pending = [...world.facts.knocks.values()].filter(({ status }) => status === 'PENDING');
        const { room } = world.facts;
        if (room.privacy === 'PUBLIC' || !room.enableKnocking || room.closedAt !== null) expect(pending).toEqual([]);
        const names = pending.map(({ userName }) => userName);
        expect(new Set(names).size).toBe(names.length);
      }
    }),
    { numRuns: 300 },
  );
});

test('everybody inside a room that was never public was let in by its owner or by the backend', () => {
  const privately = step.filter((one) => one.does !== 'update' || one.privacy === 'PRIVATE');
  fc.assert(
    fc.property(fc.array(privately, { maxLength: 40 }), (steps) => {
      const world = new World();
      for (const one of steps) world.take(one);
      for (const person of world.facts.participants.values()) {
        if (person.id === owner.id || person.left !== null) continue;
        const came = person.knockId === null ? undefined : world.facts.knocks.get(person.knockId);
        expect(came && decisionOn(came)?.by.kind).toBe('BACKEND');
        expect(['ADMITTED', 'EXPIRED']).toContain(came?.status);
      }
    }),
    { numRuns: 300 },
  );
});
