import { beforeAll, describe, expect, test } from 'vitest';
import { callerOf } from '../support/seed.ts';
import {
  act,
  codeOf,
  countRows,
  fieldOf,
  type House,
  keyNamed,
  type Outcome,
  openHouse,
  read,
} from './admission-kit.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse({ rateLimits: false, poolSize: 10 });
});

const times = <T>(count: number, make: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

/** How many came out in each way. */
function tally(outcomes: readonly Outcome[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[codeOf(outcome)] = (counts[codeOf(outcome)] ?? 0) + 1;
  return counts;
}

test('of many who decide the same knocks at once, for and against, each knock has one winner and all others are told who', async () => {
  const room = await house.backend.waitingRoom({ knockCooldownSeconds: 0 });
  const deciders = [house.backend, await room.owner(), await room.owner({ userName: 'Oskar' }), await room.owner()];
  const knockers = await times(40, () => room.knocker());
  const attempts = knockers.flatMap(({ knockId }) =>
    deciders.map(async (decider, index) => {
      const verdict = index % 2 === 0 ? 'ADMITTED' : 'DENIED';
      const outcome = await act(decider, verdict === 'ADMITTED' ? 'admitKnock' : 'denyKnock', { knockId });
      return { knockId, verdict, outcome };
    }),
  );
  const all = await Promise.all(attempts);
  for (const { knockId } of knockers) {
    const ofThis = all.filter((attempt) => attempt.knockId === knockId);
    const winners = ofThis.filter(({ outcome }) => outcome.__typename === 'KnockRequest');
    expect(winners).toHaveLength(1);
    const [winner] = winners;
    expect(winner?.outcome.status).toBe(winner?.verdict);
    for (const { outcome } of ofThis.filter((attempt) => attempt !== winner)) {
      expect(outcome.code).toBe('KNOCK_ALREADY_DECIDED');
      expect(outcome.knockRequest?.status).toBe(winner?.verdict);
    }
  }
});

test('admitting all at once against denying one by one gives each one verdict', async () => {
  const room = await house.backend.waitingRoom({ knockCooldownSeconds: 0 });
  const owner = await room.owner();
  const knockers = await times(100, () => room.knocker());
  const knockIds = knockers.map(({ knockId }) => knockId);
  const [admitted, ...denied] = await Promise.all([
    act(owner, 'admitKnocks', { roomName: room.name, knockIds }),
    ...knockIds.slice(0, 50).map((knockId) => act(house.backend, 'denyKnock', { knockId })),
  ]);
  const wasAdmitted = new Set(admitted?.knockRequests?.map(({ id }) => id));
  const wasDenied = denied.flatMap(({ __typename, id }) => (__typename === 'KnockRequest' && id ? [id] : []));
  expect(wasAdmitted.size + wasDenied.length).toBe(100);
  for (const id of wasDenied) expect(wasAdmitted).not.toContain(id);
  const query = '{ knockRequests(roomName: "ROOM", status: [STATUS]) { totalCount } }'.replace('ROOM', room.name);
  for (const [status, count] of [
    ['ADMITTED', wasAdmitted.size],
    ['DENIED', wasDenied.length],
    ['PENDING', 0],
  ] as const) {
    expect(await read(house.backend, query.replace('STATUS', status))).toEqual({
      knockRequests: { totalCount: count },
    });
  }
});

test('a knock that is taken back while it is decided ends in one way, which both learn', async () => {
  const room = await house.backend.waitingRoom({ knockCooldownSeconds: 0 });
  const knockers = await times(20, () => room.knocker());
  await Promise.all(
    knockers.map(async (knocker) => {
      const [cancelled, admitted] = await Promise.all([
        act(knocker, 'cancelKnock'),
        act(house.backend, 'admitKnock', { knockId: knocker.knockId }),
      ]);
      const winner = cancelled.__typename === 'KnockRequest' ? cancelled : admitted;
      const loser = winner === cancelled ? admitted : cancelled;
      expect(winner.__typename).toBe('KnockRequest');
      expect(loser).toMatchObject({ code: 'KNOCK_ALREADY_DECIDED', knockRequest: { status: winner.status } });
    }),
  );
});

describe('capacity', () => {
  test('ten times as many as there are places, all at once: exactly as many as there are places come in', async () => {
    const room = await house.backend.room({ maxParticipants: 8 });
    const joins = await times(80, (index) =>
      act(house.anybody, 'joinRoom', { roomName: room.name, userName: `Guest ${index}` }),
    );
    expect(tally(joins)).toEqual({ Joined: 8, ROOM_FULL: 72 });
    const query = '{ room(name: "ROOM") { participantCount } }'.replace('ROOM', room.name);
    expect(await read(house.backend, query)).toEqual({ room: { participantCount: 8 } });
  });

  test('a place that becomes free is taken once', async () => {
    const room = await house.backend.room({ maxParticipants: 1 });
    const first = await room.join();
    const [, ...joins] = await Promise.all([
      act(first, 'leaveRoom'),
      ...Array.from({ length: 10 }, () => act(house.anybody, 'joinRoom', { roomName: room.name })),
    ]);
    expect(joins.filter(({ __typename }) => __typename === 'Joined').length).toBeLessThanOrEqual(1);
    const query = '{ room(name: "ROOM") { participantCount } }'.replace('ROOM', room.name);
    const { room: counted } = await read<{ room: { participantCount: number } }>(house.backend, query);
    expect(counted.participantCount).toBeLessThanOrEqual(1);
  });

  test('hidden owners and people who wait take no place', async () => {
    const room = await house.backend.waitingRoom({ maxParticipants: 1 });
    const owner = { token: (await room.token({ isOwner: true })).jwt };
    await room.join({ ...owner, hidden: true });
    await room.knocker();
    await room.join(owner);
    expect(codeOf(await act(house.anybody, 'joinRoom', { roomName: room.name, ...owner }))).toBe('ROOM_FULL');
    expect(codeOf(await act(house.anybody, 'joinRoom', { roomName: room.name, ...owner, hidden: true }))).toBe(
      'Joined',
    );
  });
});

describe('a token with maxUses', () => {
  test('opens so many sessions, however many try at once', async () => {
    const room = await house.backend.room({ privacy: 'PRIVATE' });
    const { jwt, meetingToken } = await room.token({ maxUses: 3 });
    const joins = await times(30, () => act(house.anybody, 'joinRoom', { roomName: room.name, token: jwt }));
    expect(tally(joins)).toEqual({ Joined: 3, TOKEN_USED_UP: 27 });
    const token = await read(
      house.backend,
      `{ node(id: "${meetingToken.id}") { ... on MeetingToken { uses status } } }`,
    );
    expect(token).toEqual({ node: { uses: 3, status: 'USED_UP' } });
  });

  test('is not used up by coming back to a session', async () => {
    const room = await house.backend.room({ privacy: 'PRIVATE' });
    const { jwt } = await room.token({ maxUses: 1 });
    const key = { roomName: room.name, token: jwt, idempotencyKey: keyNamed('one use') };
    expect(
      codeOf(await act(house.anybody, 'joinRoom', { ...key, idempotencyKey: 'with spaces in it, so refused' })),
    ).toBe('INVALID_INPUT');
    const input = { ...key, idempotencyKey: keyNamed('one-use') };
    const first = await act(house.anybody, 'joinRoom', input);
    const again = await act(house.anybody, 'joinRoom', input);
    const resumed = await act(callerOf(house.server, again.sessionToken), 'joinRoom', { roomName: room.name });
    for (const outcome of [again, resumed]) expect(outcome.participant?.id).toBe(first.participant?.id);
    expect(codeOf(await act(house.anybody, 'joinRoom', { roomName: room.name, token: jwt }))).toBe('TOKEN_USED_UP');
  });
});

describe('the same idempotencyKey 50 times at once', () => {
  test('is one knock and one answer', async () => {
    const room = await house.backend.waitingRoom();
    const before = await countRows(house.database, 'knocks');
    const input = { roomName: room.name, userName: 'Nora', idempotencyKey: keyNamed('fifty-knocks') };
    const knocks = await times(50, () => act(house.anybody, 'knock', input));
    expect(new Set(knocks.map(({ knockRequest }) => knockRequest?.id)).size).toBe(1);
    expect(new Set(knocks.map(({ knockToken }) => knockToken)).size).toBe(1);
    expect(await countRows(house.database, 'knocks')).toBe(before + 1);
  });

  test('is one session and one answer, and one use of the token', async () => {
    const room = await house.backend.room({ privacy: 'PRIVATE' });
    const { jwt } = await room.token({ maxUses: 1 });
    const before = await countRows(house.database, 'participants');
    const input = { roomName: room.name, token: jwt, idempotencyKey: keyNamed('fifty-joins') };
    const joins = await times(50, () => act(house.anybody, 'joinRoom', input));
    expect(tally(joins)).toEqual({ Joined: 50 });
    expect(new Set(joins.map(({ sessionToken }) => sessionToken)).size).toBe(1);
    expect(await countRows(house.database, 'participants')).toBe(before + 1);
  });
});

test('many aliases in one document are as many knocks, decided in their order', async () => {
  const room = await house.backend.waitingRoom();
  const names = Array.from({ length: 10 }, (_, index) => `n${index}`);
  const document = `mutation (${names.map((name) => `$${name}: KnockInput!`).join(', ')}) {
    ${names.map((name) => fieldOf('knock', name, name)).join('\n')} }`;
  const variables = Object.fromEntries(names.map((name) => [name, { roomName: room.name, userName: name }]));
  const answers = Object.values(await read<Record<string, Outcome>>(house.anybody, document, variables));
  const order = answers.map(({ knockRequest }) => Date.parse(knockRequest?.requestedAt ?? ''));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(new Set(answers.map(({ knockRequest }) => knockRequest?.id)).size).toBe(10);
});
