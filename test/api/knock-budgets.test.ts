import { beforeAll, describe, expect, test } from 'vitest';
import { moveClock } from '../support/database.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { onThisMachine } from '../support/timing.ts';
import {
  type Asker,
  act,
  askFrom,
  codeOf,
  countRows,
  fieldOf,
  type House,
  loopback,
  openHouse,
  watchKnocks,
} from './admission-kit.ts';

// One address may knock 60 times at once and once a second after; a room takes 300 at once and 10 a second.

const times = <T>(count: number, make: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

describe('a flood of knocks from one address', () => {
  let house: House;
  let behindProxy: TestServer;
  let roomName: string;
  let list: Awaited<ReturnType<typeof watchKnocks>>;

  beforeAll(async () => {
    house = await openHouse({ rateLimits: true });
    behindProxy = await startServer({ databaseUrl: house.database.url, trustedProxies: loopback });
    const room = await house.backend.waitingRoom();
    roomName = room.name;
    list = await watchKnocks(await room.owner());
  });

  test('is bounded over all names, doors, forged addresses, documents and processes together; a real knock is seen in time', async () => {
    const started = performance.now();
    const before = await countRows(house.database, 'knocks');
    const knockBy = (caller: Asker, index: number) => act(caller, 'knock', { roomName, userName: `Nobody ${index}` });
    const outcomes = [
      ...(await times(80, (index) => knockBy(house.anybody, index))),
      ...(await times(40, (index) => knockBy(askFrom(house.server, `203.0.113.${index}`), index))),
      ...(await times(40, (index) => knockBy(askFrom(behindProxy, '127.0.0.1'), index))),
    ];
    const refused = outcomes.filter(({ code }) => code === 'RATE_LIMITED');
    for (const { retryAfterSeconds } of refused) expect(retryAfterSeconds).toBeGreaterThanOrEqual(1);

    const names = Array.from({ length: 15 }, (_, index) => `n${index}`);
    const document = `mutation (${names.map((name) => `$${name}: KnockInput!`)}) { ${names.map((name) => fieldOf('knock', name, name)).join(' ')} }`;
    const variables = Object.fromEntries(names.map((name) => [name, { roomName, userName: name }]));
    await house.anybody.ask(document, variables);
    const socket = await house.anybody.ws().subscribe(document, variables);
    expect((await socket.next()).data).toBeDefined();

    const seconds = (performance.now() - started) / 1000;
    const stored = (await countRows(house.database, 'knocks')) - before;
    expect(stored).toBeGreaterThanOrEqual(60);
    expect(stored).toBeLessThanOrEqual(60 + Math.ceil(seconds));

    const asked = performance.now();
    const real = await knockBy(askFrom(behindProxy, '198.51.100.7'), 0);
    expect(codeOf(real)).toBe('Knocked');
    await list.find(({ id }) => id === real.knockRequest?.id);
    expect(performance.now() - asked).toBeLessThan(onThisMachine(2_000));
  });

  test('a hundred aliases in one document are refused as a whole', async () => {
    const before = await countRows(house.database, 'knocks');
    const names = Array.from({ length: 100 }, (_, index) => `n${index}`);
    const document = `mutation ($input: KnockInput!) { ${names.map((name) => `${name}: knock(input: $input) { __typename }`).join(' ')} }`;
    const { body } = await askFrom(behindProxy, '198.51.100.8').ask(document, {
      input: { roomName, userName: 'Nora' },
    });
    expect(body.data ?? null).toBeNull();
    expect(body.errors?.[0]?.extensions?.code).toEqual(expect.any(String));
    expect(await countRows(house.database, 'knocks')).toBe(before);
  });
});

test('the room’s budget bounds a flood from many addresses; other rooms notice nothing, and the room is open again in a second', async () => {
  const house = await openHouse({ rateLimits: true, trustedProxies: loopback });
  const [room, other] = [await house.backend.waitingRoom(), await house.backend.waitingRoom()];
  const started = performance.now();
  const knockAt = (roomName: string, address: string) =>
    act(askFrom(house.server, address), 'knock', { roomName, userName: 'Nora' }).then(codeOf);
  const outcomes: string[] = [];
  for (let part = 0; part < 4; part += 1) {
    outcomes.push(...(await times(110, (index) => knockAt(room.name, `198.51.${part}.${index}`))));
  }
  const seconds = (performance.now() - started) / 1000;
  const passed = outcomes.filter((outcome) => outcome === 'Knocked').length;
  expect(passed).toBeGreaterThanOrEqual(295);
  expect(passed).toBeLessThanOrEqual(300 + Math.ceil(seconds * 10));
  expect(await knockAt(other.name, '192.0.2.1')).toBe('Knocked');
  await moveClock(house.database, { seconds: 2 });
  expect(await knockAt(room.name, '192.0.2.1')).toBe('Knocked');
});

test('one customer’s many IPv6 addresses are one', async () => {
  const house = await openHouse({ rateLimits: true, trustedProxies: loopback });
  const room = await house.backend.waitingRoom();
  const knockFrom = (address: string) =>
    act(askFrom(house.server, address), 'knock', { roomName: room.name, userName: 'Nora' }).then(codeOf);
  const outcomes = await times(90, (index) => knockFrom(`2001:db8:1:2::${index.toString(16)}`));
  expect(outcomes.filter((outcome) => outcome === 'Knocked').length).toBeLessThan(80);
  expect(await knockFrom('2001:db8:1:3::1')).toBe('Knocked');
});

test('after a denial the cool-down holds for everything that comes from there, and for nobody else', async () => {
  const house = await openHouse({ rateLimits: true, trustedProxies: loopback });
  const room = await house.backend.waitingRoom({ knockCooldownSeconds: 300 });
  const knockFrom = (address: string, userName = 'Nora') =>
    act(askFrom(house.server, address), 'knock', { roomName: room.name, userName });
  const denied = await knockFrom('198.51.100.1');
  await act(house.backend, 'denyKnock', { knockId: denied.knockRequest?.id });
  expect(codeOf(await knockFrom('198.51.100.1', 'Somebody else'))).toBe('RATE_LIMITED');
  expect(codeOf(await knockFrom('198.51.100.2', 'Somebody else'))).toBe('Knocked');
});
