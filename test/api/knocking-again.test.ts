import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { type DomainSeed, openDomainAtTwo } from '../support/domain.ts';
import { callerOf, type RoomSeed } from '../support/seed.ts';
import { act, type Knock, keyNamed, type Outcome, read, watchKnocks } from './admission-kit.ts';

// The same person knocks again while they wait: whatever says who they are, name and message are brought up to date, the place is kept, what
// opens the knock goes on opening it, and owners are told once for each change, at one process or another.

let house: DomainSeed & { readonly elsewhere: DomainSeed['server'] };

beforeAll(async () => {
  house = await openDomainAtTwo();
});

/** What says that it is the same person: as bearer, or in the input; of the first knock, and of each one after it. */
type Way = {
  /** Sent with every knock. */
  readonly input: object;
  /** Sent with the first one alone. */
  readonly once?: object;
  /** Sent from the second knock on. */
  readonly sendsBearer: boolean;
  /** A token vouches for the name: only the message can be another. */
  readonly isNamed: boolean;
};

const knockingToken = async (room: RoomSeed, claims: object) => (await room.token({ knocking: true, ...claims })).jwt;
const newKey = () => keyNamed(randomUUID());

const ways: Readonly<Record<string, (room: RoomSeed) => Promise<Way>>> = {
  'the knock token': async () => ({ input: {}, sendsBearer: true, isNamed: false }),
  'the key': async () => ({ input: { idempotencyKey: newKey() }, sendsBearer: false, isNamed: false }),
  'the knock token and the key': async () => ({
    input: { idempotencyKey: newKey() },
    sendsBearer: true,
    isNamed: false,
  }),
  'a token with userId': async (room) => ({
    input: { token: await knockingToken(room, { userId: 'nora', userName: 'Nora' }) },
    sendsBearer: false,
    isNamed: true,
  }),
  'a token with userId alone': async (room) => ({
    input: { token: await knockingToken(room, { userId: 'nora' }) },
    sendsBearer: false,
    isNamed: false,
  }),
  'a token with userId, and the key': async (room) => ({
    input: { token: await knockingToken(room, { userId: 'nora', userName: 'Nora' }), idempotencyKey: newKey() },
    sendsBearer: false,
    isNamed: true,
  }),
  'a token without name and userId, and the key': async (room) => ({
    input: { token: await knockingToken(room, {}), idempotencyKey: newKey() },
    sendsBearer: false,
    isNamed: false,
  }),
  'a token without name and userId, and the knock token': async (room) => ({
    input: { token: await knockingToken(room, {}) },
    sendsBearer: true,
    isNamed: false,
  }),
  ...Object.fromEntries(
    [{}, { userId: 'nora' }, { userName: 'Nora' }].map((claims) => [
      `the knock token, vouched for by ${JSON.stringify(claims)}`,
      async (room: RoomSeed) => ({
        once: { token: await knockingToken(room, claims) },
        input: {},
        sendsBearer: true,
        isNamed: 'userName' in claims,
      }),
    ]),
  ),
};

describe.each(Object.entries(ways))('knocking again with %s', (_what, make) => {
  test('updates name and message, keeps the place, and tells owners once', async () => {
    const room = await house.backend.waitingRoom();
    const list = await watchKnocks(await room.owner());
    const { input, once, sendsBearer, isNamed } = await make(room);
    const knock = (server: DomainSeed['server'], bearer: string | undefined, said: object): Promise<Outcome> =>
      act(callerOf(server, bearer), 'knock', { roomName: room.name, ...input, ...said });
    const first = await knock(house.server, undefined, { ...once, userName: 'Nora', message: 'First' });
    const { id, requestedAt } = first.knockRequest ?? {};
    expect(await list.next()).toMatchObject({ id, userName: 'Nora', message: 'First' });
    await room.knocker({ userName: 'Second' });
    const bearer = sendsBearer ? first.knockToken : undefined;
    for (const [server, name] of [
      [house.elsewhere, 'Nora N.'],
      [house.server, 'Nora Norris'],
    ] as const) {
      const said = { userName: name, message: `This is ${name}` };
      const shown = { id, requestedAt, message: said.message, userName: isNamed ? 'Nora' : name };
      for (const again of [await knock(server, bearer, said), await knock(server, bearer, said)]) {
        expect(again.knockRequest).toMatchObject(shown);
        if (!('token' in input)) expect(again.knockToken).toBe(first.knockToken);
        expect(await ownKnock(again.knockToken)).toMatchObject(shown);
      }
    }
    expect(await ownKnock(first.knockToken)).toMatchObject({ id, requestedAt, position: 1 });
    const last = await room.knocker({ userName: 'Last' });
    const told: Knock[] = [];
    await list.find((one) => told.push(one) > 0 && one.id === last.knockId);
    const toldOfIt = told.filter((one) => one.id === id && one.connection === 'CONNECTED');
    expect(toldOfIt.map(({ message }) => message)).toEqual(['This is Nora N.', 'This is Nora Norris']);
  });
});

async function ownKnock(token: string | undefined): Promise<Knock> {
  const query = '{ viewer { ... on KnockRequest { id userName message requestedAt position } } }';
  return (await read<{ viewer: Knock }>(callerOf(house.elsewhere, token), query)).viewer;
}
