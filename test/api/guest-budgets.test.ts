import { beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { documentFor } from '../security/every-operation.ts';
import type { Result } from '../support/graphql-client.ts';
import { sampleVariables } from '../support/sample-variables.ts';
import { type Caller, callerOf, type RoomSeed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { act, codeOf, countRows, type House, keyNamed, openHouse } from './admission-kit.ts';

/** What ends the caller's own session or knock needs no budget: it can be done once. */
const once = ['leaveRoom', 'cancelKnock'];
/** The ways in have budgets of their own, each by what is shown. */
const waysIn = ['joinRoom', 'knock'];
/** What acts on others, or on the room. */
const onOthers = [
  ...['admitKnock', 'denyKnock', 'replyToKnock', 'admitKnocks', 'denyKnocks', 'recallAdmission'],
  ...['updateParticipant', 'updateParticipants', 'ejectParticipants', 'returnToLobby', 'liftBan'],
  ...['updateRoom', 'setRoomPrivacy', 'startLiveStream', 'stopLiveStream'],
];

const subscriptions = Object.keys(schema.getSubscriptionType()?.getFields() ?? {});
const all = [...Object.keys(schema.getMutationType()?.getFields() ?? {}), ...subscriptions];
/** A new operation is among these until somebody says otherwise here. */
const own = all.filter((name) => ![...once, ...waysIn, ...onOthers].includes(name));

let house: House;
let other: TestServer;
let room: RoomSeed;

beforeAll(async () => {
  house = await openHouse({ rateLimits: true });
  other = await startServer({ databaseUrl: house.database.url, publicUrl: house.server.url });
  room = await house.backend.waitingRoom();
});

type Data = Readonly<Record<string, unknown>>;
type Codes = readonly (string | undefined)[];

/** The code of each field of an answer. */
function codesIn({ data, errors = [] }: Result<Data>): Codes {
  const members = Object.values(data ?? {}).map((value) => Object(value).code as string | undefined);
  return [...members, ...errors.map(({ extensions }) => extensions?.code)];
}

/** One credential at both processes, by HTTP and by a socket at each. */
const doorsOf = (bearer: string) => [callerOf(house.server, bearer), callerOf(other, bearer)] as const;

/** Twenty times in each of so many documents, half of them at each process. */
async function hammer(bearer: string, documents: number, field: (index: number) => string): Promise<Codes> {
  const doors = doorsOf(bearer);
  const answers = Array.from({ length: documents }, async (_, part) => {
    const fields = Array.from(
      { length: 20 },
      (__, index) => `a${index}: ${field(index)} { __typename ... on Refusal { code } }`,
    );
    const { body } = await (doors[part % 2] ?? doors[0]).ask<Data>(`mutation { ${fields.join(' ')} }`);
    return codesIn(body);
  });
  return (await Promise.all(answers)).flat();
}

const toggle = (index: number) => `updateMyMedia(input: { audio: ${index % 2 === 0} })`;
const beat = () => 'heartbeat';
const look = () => 'admitKnocks(input: { roomName: "x", requestedBefore: "1970-01-01T00:00:00Z" })';

/** Does one of some that are asked at the same moment meet the budget? Units come back while it is asked. */
async function meetsLimit(bearer: string, field: string): Promise<boolean> {
  const variables = sampleVariables(field, { roomName: room.name, text: 'some text', id: 'none' });
  const document = documentFor(field, { depth: 0 });
  const asks = doorsOf(bearer).flatMap((door) => Array.from({ length: 4 }, () => door));
  const isLimited = (result: Result<Data>) => codesIn(result).includes('RATE_LIMITED');
  const looks = asks.map(async (door) => {
    if (!subscriptions.includes(field)) return isLimited((await door.ask<Data>(document, variables)).body);
    const stream = await door.ws().subscribe<Data>(document, variables);
    return stream.find(isLimited).then(() => true);
  });
  return Promise.any(
    looks.map(async (one) => ((await one) ? true : Promise.reject(new Error('it was let through')))),
  ).catch(() => false);
}

describe('whatever a participant may do again and again has a budget', () => {
  let guest: string;
  let owner: string;

  beforeAll(async () => {
    guest = (await room.guest()).sessionToken;
    owner = (await room.owner()).sessionToken;
  });

  test('every operation about oneself, by each door and at each process together', async () => {
    expect(await hammer(guest, 8, toggle)).toContain('RATE_LIMITED');
    const free: string[] = [];
    for (const field of own) {
      await hammer(guest, 2, toggle);
      if (!(await meetsLimit(guest, field))) free.push(field);
    }
    expect(free).toEqual([]);
  });

  test('every operation on others, which has a budget apart', async () => {
    expect(await hammer(owner, 4, look)).not.toContain('RATE_LIMITED');
    expect(await hammer(owner, 40, look)).toContain('RATE_LIMITED');
    const free: string[] = [];
    for (const field of onOthers) {
      await hammer(owner, 4, look);
      if (!(await meetsLimit(owner, field))) free.push(field);
    }
    expect(free).toEqual([]);
    expect(codeOf(await act(callerOf(house.server, owner), 'heartbeat'))).toBe('Participant');
  });

  test('somebody without any budget left may still leave', async () => {
    const { sessionToken } = await room.guest();
    await hammer(sessionToken, 8, toggle);
    expect(codeOf(await act(callerOf(other, sessionToken), 'leaveRoom'))).toBe('Participant');
  });

  test('a refused operation writes nothing: the record grows only by the budget', async () => {
    const { sessionToken } = await room.guest();
    const [before, started] = [await countRows(house.database, 'room_events'), performance.now()];
    await hammer(sessionToken, 10, toggle);
    const written = (await countRows(house.database, 'room_events')) - before;
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThanOrEqual(62 + 2 * ((performance.now() - started) / 1_000));
  });
});

describe('people who wait have a budget', () => {
  test.each([...own, ...onOthers])('%s', async (field) => {
    const { knockToken } = await room.knocker();
    expect(await hammer(knockToken, 4, beat)).toContain('RATE_LIMITED');
    expect(await meetsLimit(knockToken, field)).toBe(true);
  });

  test('what cannot be taken as it is costs nothing of it', async () => {
    const { knockToken } = await room.knocker();
    const malformed = () => String.raw`createRoom(input: { name: "nul \u0000" })`;
    expect(await hammer(knockToken, 4, malformed)).not.toContain('RATE_LIMITED');
    expect(codeOf(await act(callerOf(house.server, knockToken), 'heartbeat'))).toBe('KnockRequest');
  });

  test('which whoever gives up does not need', async () => {
    const { knockToken } = await room.knocker();
    expect(await hammer(knockToken, 4, beat)).toContain('RATE_LIMITED');
    expect(codeOf(await act(callerOf(other, knockToken), 'cancelKnock'))).toBe('KnockRequest');
  });

  test('to knock again under another name', async () => {
    const { knockToken } = await room.knocker();
    const rename = (index: number) =>
      `knock(input: { roomName: ${JSON.stringify(room.name)}, userName: "Kim ${index}" })`;
    const codes = await hammer(knockToken, 6, rename);
    expect(codes.filter((code) => code === undefined).length).toBeLessThan(80);
    expect(codes).toContain('RATE_LIMITED');
  });
});

describe('ways in, again and again', () => {
  const joinWith = (bearer: string, input: string) =>
    hammer(bearer, 6, () => `joinRoom(input: { roomName: ${JSON.stringify(room.name)} ${input} })`);

  test.each([
    ['by the session', async () => joinWith((await room.guest()).sessionToken, '')],
    [
      'by an admitted knock',
      async () => {
        const knocker = await room.knocker();
        await act(house.backend, 'admitKnock', { knockId: knocker.knockId });
        return joinWith(knocker.knockToken, '');
      },
    ],
    [
      'by a token with a userId',
      async () => {
        const { jwt } = await room.token({ userId: 'again' });
        return joinWith('none', `, token: "${jwt}"`);
      },
    ],
  ])('%s', async (_how, join) => {
    expect(await join()).toContain('RATE_LIMITED');
  });
});

describe('what changes nothing writes nothing', () => {
  const eventsOf = (count: () => Promise<unknown>) => async () => {
    const before = await countRows(house.database, 'room_events');
    for (let time = 0; time < 4; time += 1) await count();
    return (await countRows(house.database, 'room_events')) - before;
  };

  test.each([
    ['a heartbeat right after another', async (caller: Caller) => act(caller, 'heartbeat')],
    [
      'a switch that stands so already',
      async (caller: Caller) =>
        caller.ask('mutation { updateMyMedia(input: { audio: false, video: false }) { __typename } }'),
    ],
  ])('%s', async (_what, repeat) => {
    const guest = await room.guest();
    await repeat(guest);
    expect(await eventsOf(() => repeat(guest))()).toBe(0);
  });

  test('the same knock again', async () => {
    const knocker = await room.knocker({ userName: 'Kim' });
    const again = () => act(knocker, 'knock', { roomName: room.name, userName: 'Kim' });
    await again();
    expect(await eventsOf(again)()).toBe(0);
  });
});

test('a person who switches, flaps and reconnects meets no limit; nor does an office that comes at once', async () => {
  // A house of their own: what others did before at the same address counts there as well.
  const quiet = await openHouse({ rateLimits: true });
  const office = await quiet.backend.waitingRoom();
  const people = await Promise.all(
    Array.from({ length: 40 }, (_, index) => office.guest({ userId: `person-${index}` })),
  );
  const codes = people.map(async (person) => {
    const heard: (string | undefined)[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const socket = person.ws();
      const stream = await socket.subscribe<Data>('subscription { roomEvents { __typename } }');
      for (const on of [true, false]) {
        const { body } = await person.ask<Data>(
          'mutation ($on: Boolean) { updateMyMedia(input: { audio: $on }) { __typename ... on Refusal { code } } }',
          { on },
        );
        heard.push(...codesIn(body));
      }
      heard.push((await act(person, 'heartbeat')).code, ...codesIn(await stream.next()));
      await socket.close();
    }
    heard.push(
      (await act(person, 'joinRoom', { roomName: office.name, idempotencyKey: keyNamed(`${Math.random()}`) })).code,
    );
    return heard;
  });
  expect(new Set((await Promise.all(codes)).flat())).toEqual(new Set([undefined]));
});
