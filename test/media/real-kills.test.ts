import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { attempt, chanceFrom, many, scale, seedOfRun } from '../faults/fault-kit.ts';
import { type OwnPostgres, startOwnPostgres } from '../faults/own-postgres.ts';
import { findProgram } from '../support/programs.ts';
import { type ParticipantSeed, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { findFreePort, type ServerProcess, spawnServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { type Ears, listen } from './listening.ts';
import { findLiveKit, type LiveKitServer, liveKitKey, startLiveKit } from './livekit-server.ts';
import { startProxy } from './proxies.ts';
import { type RecordedCalls, recordCalls } from './recorded-calls.ts';
import { connectClient, leave, speak } from './worlds.ts';

// Three programs carry a decision out: the service, its database and LiveKit. Each is killed in the middle of one. Real clients listen to
// each other: once everything answers again, nobody hears what they may not, and nobody who may be in is put out.

const program = await findLiveKit();
const nginx = await findProgram('nginx');
const runs = many(2);
/** What is promised, on a machine that has nothing else to do. Among other tests it is measured in a long run alone. */
const boundMs = scale >= 10 ? 1_000 : 15_000;
/** For so long nothing must be heard. Milliseconds. */
const silenceMs = 1_500;
const patience = { timeout: 60_000 + 40_000 * runs };

let port: string;
let database: OwnPostgres;
let service: ServerProcess;
let livekit: LiveKitServer;
let recorded: RecordedCalls;

const startService = () =>
  spawnServer({
    databaseUrl: database.url,
    env: { PORT: port, RATE_LIMITS: 'false', PUBLIC_URL: 'http://media.test' },
  });

/** Ends one of the three at once, and starts it again. Answers from when on an answer is one of afterwards. */
const kills: Readonly<Record<string, () => Promise<number>>> = {
  async LiveKit() {
    await livekit.kill('SIGKILL');
    const at = performance.now();
    await livekit.restart();
    return at;
  },
  async 'the service'() {
    await service.kill('SIGKILL');
    const at = performance.now();
    service = await startService();
    return at;
  },
  async 'the database'() {
    await database.kill();
    const at = performance.now();
    await database.start();
    return at;
  },
};

describe.skipIf(program === null || nginx === null)('what was decided holds, whoever is killed meanwhile', () => {
  beforeAll(async () => {
    port = String(await findFreePort());
    database = await startOwnPostgres();
    livekit = await startLiveKit(program ?? '', { webhookUrls: [`http://127.0.0.1:${port}/media/default/livekit`] });
    recorded = await recordCalls(livekit.apiUrl);
    service = await startService();
    const behind = { vestibule: new URL(service.url).host, livekit: new URL(livekit.apiUrl).host };
    const proxy = await startProxy(nginx ?? '', 'nginx', behind);
    const input = {
      ...{ kind: 'LIVEKIT', url: `ws://${proxy.host}`, apiUrl: recorded.url, gate: true },
      ...liveKitKey,
    };
    const set = `mutation ($input: SetMediaServerInput!) { setMediaServer(input: $input) {
      ... on MediaServer { state gateHolds } ... on Refusal { code message } } }`;
    const { body } = await seed(service).ask<{ setMediaServer: object }>(set, { input });
    expect(body.data?.setMediaServer).toEqual({ state: 'OK', gateHolds: true });
  }, 120_000);

  test.each(Object.keys(kills))(`%s (seed ${seedOfRun})`, patience, async (what) => {
    const chance = chanceFrom(seedOfRun);
    const lateMs: number[] = [];
    for (let run = 0; run < runs; run += 1) lateMs.push(await play(kills[what] ?? raise, chance));
    expect(Math.max(...lateMs), `last heard, milliseconds after the first answer: ${lateMs.join()}`).toBeLessThan(
      boundMs,
    );
  });
});

/** One room, one ejection and one demotion, one kill in the middle. Answers for how long too much was heard, after the first answer. */
async function play(kill: () => Promise<number>, chance: () => number): Promise<number> {
  const room = await seed(service).room();
  const [stays, outcast, demoted] = [await enter(room), await enter(room), await enter(room)];
  const hears = async (ears: Ears, ...who: readonly Person[]) =>
    until(async () => who.every(({ id }) => ears.heardAt(id) !== undefined), Boolean, 20_000);
  await Promise.all([hears(stays.ears, outcast, demoted), hears(outcast.ears, stays)]);
  const deciding = decide(room, outcast, demoted);
  await pause(chance() * 40);
  const killedAt = await kill();
  await deciding;
  const decidedAt = performance.now();
  const answered = async () => recorded.calls.find(({ at }) => at > killedAt)?.at;
  const firstAt = (await until(answered, (at) => at !== undefined, 40_000)) ?? 0;
  const from = Math.max(firstAt, decidedAt);
  const lastHeard = () =>
    Math.max(
      stays.ears.heardAt(outcast.id) ?? 0,
      stays.ears.heardAt(demoted.id) ?? 0,
      outcast.ears.heardAt(stays.id) ?? 0,
    );
  await until(
    async () => performance.now() - Math.max(lastHeard(), from),
    (ms) => ms > silenceMs,
    30_000,
  );
  expectNobodyElseOut(room, [stays, demoted]);
  for (const { client } of [stays, outcast, demoted]) await leave(client);
  return lastHeard() - from;
}

type Person = ParticipantSeed & Awaited<ReturnType<typeof connectClient>> & { readonly ears: Ears };

/** Joins, connects through the gate with what the service gives, and hums. */
async function enter(room: RoomSeed): Promise<Person> {
  const guest = await room.guest();
  const query = '{ viewer { ... on Participant { media { url token } } } }';
  const { body } = await guest.ask<{ viewer: { media: { url: string; token: string } } }>(query);
  const { url = '', token = '' } = body.data?.viewer.media ?? {};
  const connected = await connectClient(url, token).catch((error: unknown) => {
    const calls = recorded.calls.filter(({ body }) => body.includes(guest.id));
    throw new Error(`whoever may be in did not come in: ${JSON.stringify(calls)}`, { cause: error });
  });
  const ears = listen(connected.client);
  await speak(connected.client);
  return { ...guest, ...connected, ears };
}

/** Puts one out and lets another send nothing more; where no answer comes, once more, until there is one. */
async function decide(room: RoomSeed, outcast: Person, demoted: Person): Promise<void> {
  const insist = async (mutation: string, variables: object) => {
    // The service may be another process by now.
    const backend: Seed = seed(service);
    await until(
      () => attempt(backend.ask, mutation, { ...variables }),
      (answer) => answer !== 'LOST',
      40_000,
      20,
    );
  };
  await Promise.all([
    insist('mutation ($input: EjectParticipantsInput!) { ejectParticipants(input: $input) { __typename } }', {
      input: { roomName: room.name, participantIds: [outcast.id] },
    }),
    insist('mutation ($input: UpdateParticipantInput!) { updateParticipant(input: $input) { __typename } }', {
      input: { participantId: demoted.id, permissions: { canSend: [] } },
    }),
  ]);
}

function expectNobodyElseOut({ id: room }: RoomSeed, stay: readonly Person[]): void {
  const removals = recorded.calls.filter(
    ({ method, body }) => method === 'RoomService/RemoveParticipant' && body.includes(room),
  );
  for (const { id } of stay) expect(removals.filter(({ body }) => body.includes(id))).toEqual([]);
  expect(
    recorded.calls.filter(({ method, body }) => method === 'RoomService/DeleteRoom' && body.includes(room)),
  ).toEqual([]);
}

function raise(): never {
  throw new Error('no such kill');
}
