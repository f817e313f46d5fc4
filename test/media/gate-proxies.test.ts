import { once } from 'node:events';
import { connect } from 'node:net';
import { Room, RoomEvent, SimulateScenarioKind } from '@livekit/rtc-node';
import { RoomServiceClient } from 'livekit-server-sdk';
import { beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { addDomain } from '../support/domain.ts';
import { findProgram } from '../support/programs.ts';
import { proxyNames } from '../support/proxy-program.ts';
import { type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { connectLiveKit, giveToken, type MediaSeat, newLiveKitKey, renewToken, takeSeat } from './gate-kit.ts';
import { type HostileRequest, makeHostileRequests, toBytes } from './hostile-requests.ts';
import { findLiveKit, type LiveKitServer, liveKitKey, startLiveKit } from './livekit-server.ts';
import { type GateProxy, startProxy } from './proxies.ts';

// The configurations of the examples, in the real programs, before a real livekit-server, asking a real service.

const livekitProgram = await findLiveKit();
const programs = { nginx: await findProgram('nginx'), caddy: await findProgram('caddy') };

let database: TestDatabase;
let server: TestServer;
let backend: Seed;
let livekit: LiveKitServer;
let calls: RoomServiceClient;
/** A token that opens the gate, and that LiveKit does not take. */
let strange: string;

/** An older one, with all that LiveKit can grant. */
function renewWide({ claims }: MediaSeat): string {
  const { room } = claims.video;
  const video = { room, roomJoin: true, canPublish: true, canSubscribe: true, canPublishData: true };
  return renewToken({ ...claims, video }, liveKitKey);
}

/** The status of the answer to these very bytes; 0 where there was none. */
function askRaw(host: string, request: HostileRequest): Promise<number> {
  const [name = '', port] = host.split(':');
  const { promise, resolve } = Promise.withResolvers<number>();
  const socket = connect(Number(port), name);
  let answer = '';
  const settle = () => {
    socket.destroy();
    resolve(Number(/^HTTP\/1\.\d (\d{3})/.exec(answer)?.[1] ?? 0));
  };
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text;
    if (answer.includes('\r\n')) settle();
  });
  socket.on('error', settle).on('close', settle).setTimeout(5000, settle);
  socket.write(toBytes(request, host));
  return promise;
}

const isTaken = (status: number) => status >= 100 && status < 300;

describe.skipIf(livekitProgram === null)('the gate before LiveKit', () => {
  beforeAll(async () => {
    database = await createTestDatabase();
    server = await startServer({ databaseUrl: database.url, rateLimits: false });
    const other = await addDomain(database, server, 'elsewhere');
    backend = seed({ ...server, domain: 'default' });
    livekit = await startLiveKit(livekitProgram ?? '');
    calls = new RoomServiceClient(livekit.apiUrl, liveKitKey.apiKey, liveKitKey.apiSecret);
    const strangeKey = newLiveKitKey();
    await connectLiveKit(database, { ...strangeKey, domain: 'elsewhere' });
    strange = renewToken((await takeSeat(await other.backend.room())).claims, strangeKey);
  });

  describe.each(proxyNames)('%s', (name) => {
    const program = programs[name];
    let proxy: GateProxy;
    let url: string;
    let serverId: string;

    beforeAll(async () => {
      if (program === null) return;
      const hostOf = (url: string) => new URL(url).host;
      const behind = { vestibule: hostOf(server.url), livekit: hostOf(livekit.apiUrl) };
      proxy = await startProxy(program, name, behind);
      url = `ws://${proxy.host}`;
      serverId = await connectLiveKit(database, { ...liveKitKey, url, gate: true });
    });

    const sit = async (permissions?: object) => takeSeat(await backend.room(), permissions);

    /** A seat whose holder was put out, and every token that might still be theirs. */
    async function kickedOut(): Promise<{ readonly seat: MediaSeat; readonly tokens: readonly string[] }> {
      const seat = await sit();
      const room = new Room();
      await room.connect(url, giveToken(seat.claims, liveKitKey), { autoSubscribe: true, dynacast: false });
      await expect.poll(() => room.token).not.toBe(undefined);
      const tokens = [giveToken(seat.claims, liveKitKey), room.token ?? '', renewWide(seat)];
      await eject(seat);
      await room.disconnect();
      return { seat, tokens };
    }

    /** Tokens of somebody inside that grant what they may not do any more: the one of before, the one that LiveKit renewed, and an older one. */
    async function demoted(): Promise<readonly string[]> {
      const seat = await sit();
      const room = new Room();
      await room.connect(url, giveToken(seat.claims, liveKitKey), { autoSubscribe: true, dynacast: false });
      await expect.poll(() => room.token).not.toBe(undefined);
      const tokens = [giveToken(seat.claims, liveKitKey), room.token ?? '', renewWide(seat)];
      await room.disconnect();
      const { body } = await backend.ask<{ updateParticipant: { __typename: string } }>(
        'mutation ($input: UpdateParticipantInput!) { updateParticipant(input: $input) { __typename } }',
        { input: { participantId: seat.id, permissions: { canSend: ['AUDIO'] } } },
      );
      expect(body.data?.updateParticipant.__typename).toBe('Participant');
      return tokens;
    }

    async function eject({ id, claims }: MediaSeat): Promise<void> {
      const { body } = await backend.ask(
        `mutation ($roomName: String!, $id: ID!) {
          ejectParticipants(input: { roomName: $roomName, participantIds: [$id] }) { __typename } }`,
        { roomName: await roomNameOf(id), id },
      );
      expect(body.errors).toBeUndefined();
      await calls.removeParticipant(String(claims.video.room), id).catch(() => undefined);
    }

    async function roomNameOf(id: string): Promise<string> {
      const { body } = await backend.ask<{ node: { roomName: string } }>(
        'query ($id: ID!) { node(id: $id) { ... on Participant { roomName } } }',
        { id },
      );
      return body.data?.node.roomName ?? '';
    }

    test.skipIf(program === null)(
      'whatever bytes come, LiveKit takes no token that the gate has not read',
      async () => {
        const { tokens } = await kickedOut();
        const olds = [...tokens, ...(await demoted())];
        const requests = olds.flatMap((old) => makeHostileRequests({ inside: strange, old }));
        const taken: string[] = [];
        const got: string[] = [];
        for (const request of requests) {
          if (isTaken(await askRaw(new URL(livekit.apiUrl).host, request))) taken.push(request.name);
          if (isTaken(await askRaw(proxy.host, request))) got.push(request.name);
        }
        expect(got).toEqual([]);
        // LiveKit itself takes many of them: it is the gate that is between.
        expect(taken.length).toBeGreaterThan(80);
      },
    );

    test.skipIf(program === null)('each request on one connection is asked for by itself', async () => {
      const { tokens } = await kickedOut();
      const good = giveToken((await sit()).claims, liveKitKey);
      const lineOf = (token: string) =>
        `GET /rtc/validate?access_token=${token} HTTP/1.1\r\nHost: ${proxy.host}\r\n\r\n`;
      const [name = '', port] = proxy.host.split(':');
      const socket = connect(Number(port), name);
      let answers = '';
      socket.setEncoding('latin1').on('data', (text: string) => {
        answers += text;
      });
      const statuses = () => [...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
      const asked = [good, tokens[0] ?? '', good, tokens[1] ?? '', tokens[2] ?? ''];
      socket.write(asked.map(lineOf).join(''));
      await expect.poll(statuses).toEqual([200, 403, 200, 403, 403]);
      socket.destroy();
    });

    test.skipIf(program === null)(
      'nobody comes in a second time, under a name that nobody is asked about',
      async () => {
        const token = giveToken((await sit({ canSend: [] })).claims, liveKitKey);
        const requests = makeHostileRequests({ inside: token, old: token }).filter((one) =>
          one.name.startsWith('with '),
        );
        // Who may not publish and does not say so is let in: so a 401 of LiveKit's would mean that it has read the word.
        const direct = await Promise.all(requests.map((request) => askRaw(new URL(livekit.apiUrl).host, request)));
        expect(direct.filter((status) => status === 401).length).toBeGreaterThan(5);
        const through = await Promise.all(requests.map((request) => askRaw(proxy.host, request)));
        expect(through).toEqual(through.map(() => 403));
      },
    );

    test.skipIf(program === null)(
      'who was put out comes in by none of their tokens, and who was demoted by none of before, in none of 100 tries',
      async () => {
        const { seat, tokens: kicked } = await kickedOut();
        const tokens = [...kicked, ...(await demoted())];
        let insides = 0;
        for (let tries = 0; tries < 100; tries += 1) {
          const room = new Room();
          const isIn = await room
            .connect(url, tokens[tries % tokens.length] ?? '', { autoSubscribe: true, dynacast: false })
            .then(
              () => true,
              () => false,
            );
          if (isIn) insides += 1;
          await room.disconnect();
        }
        expect(insides).toBe(0);
        expect(await calls.listParticipants(String(seat.claims.video.room)).catch(() => [])).toEqual([]);
      },
      120_000,
    );

    test.skipIf(program === null)('is seen from outside, and a way that does not pass it is seen too', async () => {
      const holds = async () => (await database.sql`select gate_holds from media_servers where id = ${serverId}`)[0];
      await expect.poll(holds, { timeout: 20_000 }).toEqual({ gate_holds: true });
      const { host } = new URL(livekit.apiUrl);
      serverId = await connectLiveKit(database, { ...liveKitKey, url: `ws://${host}`, gate: true });
      await expect.poll(holds, { timeout: 20_000 }).toEqual({ gate_holds: false });
      serverId = await connectLiveKit(database, { ...liveKitKey, url, gate: true });
    });

    test.skipIf(program === null)('who lost the signal resumes, and is asked for again', async () => {
      const seat = await sit();
      const room = new Room();
      await room.connect(url, giveToken(seat.claims, liveKitKey), { autoSubscribe: true, dynacast: false });
      const before = await countOpened();
      const back = once(room, RoomEvent.Reconnected);
      await room.simulateScenario(SimulateScenarioKind.SIMULATE_SIGNAL_RECONNECT);
      await back;
      expect(await countOpened()).toBeGreaterThan(before);
      await room.disconnect();
    });

    test.skipIf(program === null)(
      'a page can look whether the line is back, and LiveKit is not asked for more',
      async () => {
        const look = await fetch(`http://${proxy.host}/`, { method: 'HEAD' });
        expect([look.status, look.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
        const others = ['GET', 'POST', 'PUT', 'OPTIONS'].map((method) => fetch(`http://${proxy.host}/`, { method }));
        expect((await Promise.all(others)).map(({ status }) => status)).toEqual([404, 404, 404, 404]);
      },
    );

    test.skipIf(program === null)('a page can read that it was refused, and what LiveKit answers, once', async () => {
      const { tokens } = await kickedOut();
      const ask = (token: string) => fetch(`http://${proxy.host}/rtc/validate?access_token=${token}`);
      const [refused, passed] = [await ask(tokens[0] ?? ''), await ask(giveToken((await sit()).claims, liveKitKey))];
      expect([refused.status, passed.status]).toEqual([403, 200]);
      for (const { headers } of [refused, passed]) expect(headers.get('access-control-allow-origin')).toBe('*');
    });
  });
});

/** How often the gate was open so far. */
async function countOpened(): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^vestibule_media_gate_answers_total\{outcome="OPEN"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
}
