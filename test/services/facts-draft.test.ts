import { expect, test } from 'vitest';
import type { Changes } from '../../src/rules/facts.ts';
import type { Knock } from '../../src/rules/knock.ts';
import type { Participant } from '../../src/rules/participant.ts';
import { FactsDraft } from '../../src/services/facts-draft.ts';
import { at, factsOf, idOf, knockOf, now, participantOf, waitingRoomOf } from '../rules/facts-kit.ts';

const id = idOf<'KnockRequest'>('knock-1');
const admitted: Knock = knockOf({ id, status: 'ADMITTED', decidedAt: now, exp: at(3600) });
const guest: Participant = participantOf({ id: idOf<'Participant'>('guest'), knockId: id });

function draftOf(knocks: readonly Knock[] = []): FactsDraft {
  return new FactsDraft({ facts: factsOf({ room: waitingRoomOf(), knocks }), clock: now, hasWebhooks: false });
}

/** One group after the other, each of them written. */
function write(draft: FactsDraft, ...groups: readonly Omit<Changes, 'events'>[]): void {
  for (const changes of groups) {
    draft.take({ ...changes, events: [] });
    draft.settleDown(draft.room.version + 1, now);
  }
}

test('who waits is held, and somebody else’s knock is not', () => {
  const draft = draftOf([knockOf({ id })]);
  expect(draft.holds({ knockIds: [id] })).toBe(true);
  expect(draft.holds({ knockIds: [id, idOf<'KnockRequest'>('another')] })).toBe(false);
  expect(draft.holds({})).toBe(true);
});

test('what is known by key alone is never held', () => {
  const draft = draftOf([knockOf({ id })]);
  for (const keys of [{ knockKeys: ['k'] }, { participantKeys: ['k'] }, { admissions: true }]) {
    expect(draft.holds({ knockIds: [id], ...keys })).toBe(false);
  }
});

test('the sessions of a knock that was made here are held until one of them is over', () => {
  const draft = draftOf();
  write(draft, { knocks: [knockOf({ id })] }, { knocks: [admitted] });
  expect(draft.holds({ knockIds: [id], sessionsOf: [id] })).toBe(true);
  write(draft, { participants: [guest] });
  expect(draft.holds({ sessionsOf: [id] })).toBe(true);
  write(draft, { participants: [{ ...guest, leftAt: now }] });
  expect(draft.holds({ knockIds: [id] })).toBe(true);
  expect(draft.holds({ sessionsOf: [id] })).toBe(false);
});

test('the sessions of a knock that was read are not: somebody may have come and gone with it', () => {
  const draft = draftOf([knockOf({ id })]);
  write(draft, { knocks: [admitted] });
  expect(draft.holds({ sessionsOf: [id] })).toBe(false);
});

test('what was not written after all is held no more', () => {
  const draft = draftOf();
  draft.take({ knocks: [knockOf({ id })], events: [] });
  draft.rollBack();
  expect(draft.holds({ knockIds: [id] })).toBe(false);
  expect(draft.holds({ sessionsOf: [id] })).toBe(false);
});
