import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { beforeAll, describe, expect, test } from 'vitest';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { addDomain } from '../support/domain.ts';
import { seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { askGate, connectLiveKit, newLiveKitKey, signClaims } from './gate-kit.ts';

let database: TestDatabase;
let server: TestServer;
let domains = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer({ databaseUrl: database.url });
});

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Whatever stands where clients connect. Answers its address. */
async function standThere(answer: Answer): Promise<string> {
  const there = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  closeAfterwards(() => there.close());
  await once(there, 'listening');
  return `ws://127.0.0.1:${Object(there.address()).port}/livekit`;
}

const say =
  (status: number, headers = {}): Answer =>
  (_request, response) =>
    response.writeHead(status, headers).end();

/** Asks the gate as a proxy does. Answers its status. */
async function askTheGate({ url = '', method = '' }: IncomingMessage): Promise<number> {
  const uri = url.replace('/livekit', '');
  const asked = await fetch(`${server.url}/media/gate`, {
    headers: { 'X-Original-URI': uri, 'X-Original-Method': method },
  });
  return asked.status;
}

/** Passes the gate's word on by its status alone, as nginx does. */
const heed: Answer = async (request, response) => response.writeHead(await askTheGate(request)).end();

/** Connects a LiveKit server at this address to a domain of its own, and is told what its gate was seen to do. */
async function lookAt(url: string): Promise<boolean | null | undefined> {
  domains += 1;
  const { backend } = await addDomain(database, server, `looked-at-${domains}`);
  const { body } = await backend.ask<{ setMediaServer: { gateHolds: boolean | null } }>(
    `mutation ($input: SetMediaServerInput!) { setMediaServer(input: $input) { ... on MediaServer { gateHolds } } }`,
    { input: { kind: 'LIVEKIT', url, ...newLiveKitKey(), gate: true } },
  );
  return body.data?.setMediaServer.gateHolds;
}

describe('whether the gate stands is looked at where clients connect', () => {
  test('it holds where it refuses', async () => {
    expect(await lookAt(await standThere(heed))).toBe(true);
  });

  test('whoever is connected in another way is looked at soon', async () => {
    await addDomain(database, server, 'elsewhere');
    const id = await connectLiveKit(database, {
      ...{ ...newLiveKitKey(), url: await standThere(heed), gate: true, domain: 'elsewhere' },
    });
    const holds = async () => (await database.sql`select gate_holds from media_servers where id = ${id}`)[0];
    await expect.poll(holds, { timeout: 20_000 }).toEqual({ gate_holds: true });
  });

  test.each([
    ['LiveKit itself lets in', say(200)],
    ['LiveKit does not know the key', say(401)],
    ['LiveKit has no such room', say(404)],
    ['somebody else refuses, and the gate was not asked', say(403)],
    ['the proxy is out of order', say(502)],
    ['the way leads elsewhere', say(302, { location: '/rtc/validate' })],
  ])('it does not hold where %s', async (_what, answer) => {
    expect(await lookAt(await standThere(answer))).toBe(false);
  });

  test.each(['/rtc', '/rtc/v1', '/rtc/validate', '/rtc/v1/validate'])(
    'it does not hold where %s does not pass it',
    async (way) => {
      const partly: Answer = async (request, response) =>
        request.url?.startsWith(`/livekit${way}?`) ? response.writeHead(200).end() : heed(request, response);
      expect(await lookAt(await standThere(partly))).toBe(false);
    },
  );

  test.each([
    ['LiveKit answers', 204, false],
    ['LiveKit refuses the key', 401, false],
    ['nothing is', 404, true],
  ])('beside the ways of clients, where %s', async (_what, status, holds) => {
    const around: Answer = async (request, response) =>
      request.url?.startsWith('/livekit/whip') ? response.writeHead(status).end() : heed(request, response);
    expect(await lookAt(await standThere(around))).toBe(holds);
  });

  test('it holds where two look at the same moment', async () => {
    const met = new Set<string>();
    // The other one looks, once by each way, between the gate's word to the first and what the first makes of it.
    const meddling: Answer = async (request, response) => {
      const status = await askTheGate(request);
      const [way = ''] = (request.url ?? '').split('?');
      const isFirst = !met.has(way);
      met.add(way);
      if (isFirst) await database.sql`update media_servers set gate_asked_by = gen_random_uuid()`;
      response.writeHead(status).end();
    };
    expect(await lookAt(await standThere(meddling))).toBe(true);
  });

  test('it holds for each of two domains that share a LiveKit server, looked at together', async () => {
    const waiting = new Map<string, PromiseWithResolvers<void>>();
    // Whoever asks by a way first is answered once the other was at the gate by it too.
    const together: Answer = async (request, response) => {
      const [way = ''] = (request.url ?? '').split('?');
      const status = await askTheGate(request);
      const met = waiting.get(way);
      const meeting = met ?? Promise.withResolvers<void>();
      waiting.set(way, meeting);
      if (met === undefined) await meeting.promise;
      else met.resolve();
      response.writeHead(status).end();
    };
    const place = { ...newLiveKitKey(), url: await standThere(together), gate: true };
    const domains = ['sharing-one', 'sharing-other'];
    for (const name of domains) await addDomain(database, server, name);
    const ids = await Promise.all(domains.map((domain) => connectLiveKit(database, { ...place, domain })));
    const seen = async () =>
      (await database.sql`select gate_holds as holds from media_servers where id in ${database.sql(ids)}`).map(
        ({ holds }) => holds,
      );
    await expect.poll(seen, { timeout: 20_000 }).toEqual([true, true]);
  });

  test('it does not hold where the gate is asked, and nobody heeds its word', async () => {
    const heedless: Answer = async (request, response) => {
      await askTheGate(request);
      response.writeHead(200).end();
    };
    expect(await lookAt(await standThere(heedless))).toBe(false);
  });

  test('nobody knows where nothing answers', async () => {
    expect(await lookAt('ws://127.0.0.1:9')).toBe(null);
  });
});

test('whoever connects a media server is told with the answer', async () => {
  const url = await standThere(heed);
  const backend = seed({ ...server, domain: 'default' });
  const { body } = await backend.ask<{ setMediaServer: object }>(
    `mutation ($input: SetMediaServerInput!) { setMediaServer(input: $input) {
      ... on MediaServer { gate gateHolds } ... on Refusal { code message } } }`,
    { input: { kind: 'LIVEKIT', url, ...newLiveKitKey(), gate: true } },
  );
  expect(body.data?.setMediaServer).toEqual({ gate: true, gateHolds: true });
});

test('a look is not believed by what somebody else signs', async () => {
  const key = newLiveKitKey();
  const url = await standThere(say(403));
  await addDomain(database, server, 'forged');
  const id = await connectLiveKit(database, { ...key, url, gate: true, domain: 'forged' });
  const [sub, room] = [`gate-look_${id}`, `mediaserver_${id.replaceAll('-', '')}`];
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: key.apiKey, sub, nbf: now, exp: now + 60, video: { room, roomJoin: true } };
  expect((await askGate(server, signClaims(claims, 'x'.repeat(40)))).status).toBe(403);
  const asked = async () => (await database.sql`select gate_asked_by from media_servers where id = ${id}`)[0];
  expect(await asked()).toEqual({ gate_asked_by: null });
  expect((await askGate(server, signClaims(claims, key.apiSecret))).status).toBe(403);
  expect(await asked()).toEqual({ gate_asked_by: id });
});
