import { type Attributes, context, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { callerOf, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { spawnServer, startServer, type TestServer } from '../support/server.ts';

let database: TestDatabase;
let server: TestServer;
let backend: Seed;
let room: RoomSeed;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer({ databaseUrl: database.url });
  backend = seed(server);
  room = await backend.waitingRoom({ maxParticipants: 1 });
});

async function scrape(from: TestServer = server): Promise<string> {
  const response = await fetch(`${from.url}/metrics`);
  expect(response.headers.get('content-type')).toContain('version=0.0.4');
  return response.text();
}

/** The value of the first line that begins so. */
const sampleOf = (text: string, start: string) => {
  const line = text.split('\n').find((one) => one.startsWith(start));
  return line === undefined ? null : Number(line.slice(line.lastIndexOf(' ')));
};

describe('/metrics', () => {
  test('counts decisions with their reasons, and operations with their codes', async () => {
    await room.guest();
    await callerOf(server).ask('mutation ($input: JoinRoomInput!) { joinRoom(input: $input) { __typename } }', {
      input: { roomName: room.name, token: (await room.token()).jwt },
    });
    await callerOf(server).ask('{ rooms { totalCount } }');
    const text = await scrape();
    expect(sampleOf(text, 'vestibule_decisions_total{operation="joinRoom",outcome="Joined",code="NONE"}')).toBe(1);
    expect(
      sampleOf(text, 'vestibule_decisions_total{operation="joinRoom",outcome="EntryRefused",code="ROOM_FULL"}'),
    ).toBe(1);
    expect(sampleOf(text, 'vestibule_operations_total{type="mutation",field="joinRoom",code="OK"}')).toBe(2);
    expect(sampleOf(text, 'vestibule_operations_total{type="query",field="rooms",code="UNAUTHENTICATED"}')).toBe(1);
    expect(sampleOf(text, 'vestibule_operation_duration_seconds_count{type="mutation",field="joinRoom"}')).toBe(2);
  });

  test('tells how many people wait and are inside, and what is open', async () => {
    const before = await scrape();
    const waiting = await backend.waitingRoom();
    await waiting.knocker();
    const owner = await waiting.owner();
    const stream = await owner.ws().subscribe('subscription { knockRequested { id } }');
    await stream.next();
    const text = await scrape();
    const grown = (name: string) => (sampleOf(text, `${name} `) ?? Number.NaN) - (sampleOf(before, `${name} `) ?? 0);
    expect(grown('vestibule_knocks_waiting')).toBe(1);
    expect(grown('vestibule_participants_present')).toBe(1);
    expect(grown('vestibule_subscriptions_open')).toBe(1);
    expect(sampleOf(text, 'vestibule_event_lag_seconds ')).toBeLessThan(5);
    expect(sampleOf(text, 'vestibule_database_pool_size ')).toBe(5);
    expect(sampleOf(text, 'vestibule_database_statement_duration_seconds_count{outcome="OK"}')).toBeGreaterThan(5);
    expect(sampleOf(text, 'vestibule_webhook_deliveries_pending ')).toBe(0);
    await stream.stop();
    await expect.poll(async () => sampleOf(await scrape(), 'vestibule_subscriptions_open ')).toBe(0);
  });

  test('every metric is described, and none names a person, a room or a credential', async () => {
    const { knockToken } = await room.knocker({ userName: 'Xaver Unmistakable', message: 'let me in, Olga' });
    const text = await scrape();
    const names = text
      .split('\n')
      .flatMap((line) => /^(vestibule_\w+?)(?:_bucket|_sum|_count)?[{ ]/.exec(line)?.[1] ?? []);
    expect(names.length).toBeGreaterThan(10);
    for (const name of new Set(names)) expect(text).toContain(`# HELP ${name} `);
    for (const secret of ['Xaver', 'Olga', room.name, room.id, knockToken, server.apiKey])
      expect(text).not.toContain(secret);
  });

  test('answers without the database, and leaves out what only the database knows', async () => {
    const lone = await createTestDatabase();
    const other = await startServer({ databaseUrl: lone.url });
    expect(sampleOf(await scrape(other), 'vestibule_knocks_waiting ')).toBe(0);
    await lone.drop();
    const text = await scrape(other);
    expect(sampleOf(text, 'vestibule_knocks_waiting ')).toBeNull();
    expect(sampleOf(text, 'vestibule_database_pool_size ')).toBe(5);
    expect((await fetch(`${other.url}/ready`)).status).toBe(503);
    expect((await fetch(`${other.url}/health`)).status).toBe(200);
  });
});

test('a process that misses a migration says so, takes no traffic, and lives', async () => {
  const older = await createTestDatabase();
  await older.sql`delete from drizzle.__drizzle_migrations where created_at = (select max(created_at) from drizzle.__drizzle_migrations)`;
  const process = await startServer({ databaseUrl: older.url });
  const ready = await fetch(`${process.url}/ready`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { ready: false, problems: [expect.stringContaining('migration')] },
  ]);
  expect((await fetch(`${process.url}/health`)).status).toBe(200);
});

test('a refusal is one line of the log, with its code and ids, and no name, room or credential', async () => {
  const fresh = await createTestDatabase();
  const process = await spawnServer({ databaseUrl: fresh.url, env: { LOG_LEVEL: 'info' } });
  const waiting = await seed(process).waitingRoom();
  const knocker = await waiting.knocker({ userName: 'Xaver Unmistakable' });
  const input = { roomName: waiting.name, knockToken: knocker.knockToken };
  await callerOf(process).ask('mutation ($input: JoinRoomInput!) { joinRoom(input: $input) { __typename } }', {
    input,
  });
  await knocker.ask('mutation ($id: ID!) { admitKnock(input: { knockId: $id }) { __typename } }', {
    id: knocker.knockId,
  });
  await process.stop();
  const lines = process
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  expect(lines).toContainEqual(
    expect.objectContaining({ operation: 'joinRoom', outcome: 'EntryRefused', code: 'KNOCK_PENDING', msg: 'refused' }),
  );
  expect(lines).toContainEqual(
    expect.objectContaining({
      operation: 'admitKnock',
      caller: 'KNOCKER',
      knockId: knocker.knockId,
      roomId: waiting.id,
    }),
  );
  for (const secret of ['Xaver', waiting.name, knocker.knockToken, process.apiKey]) {
    expect(process.output()).not.toContain(secret);
  }
});

type Recorded = { readonly name: string; readonly attributes: Attributes; readonly hasParent: boolean };

/** What an OpenTelemetry SDK would do, as far as this service asks for it. */
function recordSpans(): Recorded[] {
  const spans: Recorded[] = [];
  const startSpan: Tracer['startSpan'] = (name, options, parent = context.active()) => {
    const attributes: Attributes = { ...options?.attributes };
    spans.push({ name, attributes, hasParent: trace.getSpan(parent) !== undefined });
    const span = trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: 1 });
    const setAttribute: Span['setAttribute'] = (key, value) => {
      attributes[key] = value;
      return span;
    };
    const setStatus: Span['setStatus'] = ({ code }) => setAttribute('status', code);
    return Object.assign(Object.create(span), {
      isRecording: () => true,
      end: () => {},
      setAttribute,
      setStatus,
    }) as Span;
  };
  const tracer = { startSpan, startActiveSpan: () => undefined } as unknown as Tracer;
  trace.setGlobalTracerProvider({ getTracer: () => tracer });
  return spans;
}

describe('OpenTelemetry', () => {
  afterEach(() => trace.disable());

  test('an SDK that another, older copy of the API registered is told of in the log, since it gets nothing', async () => {
    const older = `globalThis[Symbol.for('opentelemetry.js.api.1')] = { version: '1.2.0', trace: {} }`;
    const quiet = await spawnServer({ databaseUrl: database.url, env: { LOG_LEVEL: 'warn' } });
    const env = { LOG_LEVEL: 'warn', NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(older)}` };
    const told = await spawnServer({ databaseUrl: database.url, env: { ...env, PUBLIC_URL: quiet.url } });
    expect(told.output()).toContain('"api":"1.2.0"');
    expect(quiet.output()).not.toContain('OpenTelemetry');
  });

  test('an SDK that is there gets spans of operations and statements, without anybody’s data', async () => {
    const spans = recordSpans();
    closeAfterwards(() => trace.disable());
    await room.knocker({ userName: 'Xaver Unmistakable' });
    expect(spans.map(({ name }) => name)).toContain('mutation knock');
    expect(spans.some(({ attributes }) => attributes?.['db.system.name'] === 'postgresql')).toBe(true);
    expect(JSON.stringify(spans)).not.toContain('Xaver');
    expect(JSON.stringify(spans)).not.toContain(room.name);
  });

  test('a span of what failed says why, and only that', async () => {
    const spans = recordSpans();
    closeAfterwards(() => trace.disable());
    await backend.ask('{ rooms { totalCount } }');
    await callerOf(server).ask('{ rooms { totalCount } }');
    const failed = spans.filter(({ name }) => name === 'query rooms').map(({ attributes }) => attributes);
    expect(failed.map((attributes) => [attributes['error.type'], attributes.status])).toEqual([
      [undefined, undefined],
      ['UNAUTHENTICATED', SpanStatusCode.ERROR],
    ]);
  });
});
