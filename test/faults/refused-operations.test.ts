import { beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { documentFor, rootFields } from '../security/every-operation.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import type { Result } from '../support/graphql-client.ts';
import { sampleVariables } from '../support/sample-variables.ts';
import { type Caller, callerOf, type RoomSeed, seed } from '../support/seed.ts';
import { type ServerProcess, spawnServer } from '../support/server.ts';
import { until } from './fault-kit.ts';

type Data = Readonly<Record<string, unknown>>;

const subscriptions = new Set(Object.keys(schema.getSubscriptionType()?.getFields() ?? {}));
const samples = { roomName: 'standup', text: 'some text', id: 'none' };
const questionOf = (field: string) => [documentFor(field, { depth: 0 }), sampleVariables(field, samples)] as const;

/** The correlation ids of an answer that is UNAVAILABLE and nothing else. */
function idsIn({ data, errors = [] }: Result<Data>): readonly unknown[] {
  expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
  expect(errors.map(({ extensions }) => extensions?.code)).toEqual(errors.map(() => 'UNAVAILABLE'));
  expect(errors.length).toBeGreaterThan(0);
  return errors.map(({ extensions }) => extensions?.correlationId);
}

describe('the database refuses every connection', () => {
  let database: TestDatabase;
  let server: ServerProcess;
  let room: RoomSeed;
  let callers: readonly Caller[];

  const setOpen = async (isOpen: boolean) => {
    const connect = createConnector();
    await connect.sql.unsafe(`alter database ${database.name} with allow_connections ${isOpen}`);
    if (!isOpen) {
      await connect.sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${database.name} and application_name = 'vestibule'`;
    }
  };
  /** Another database of the same server: nobody may change whether the one they are in takes connections. */
  let createConnector: () => TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
    const beside = await createTestDatabase();
    createConnector = () => beside;
    server = await spawnServer({ databaseUrl: database.url, env: { LOG_LEVEL: 'warn', RATE_LIMITS: 'true' } });
    const backend = seed(server);
    room = await backend.waitingRoom();
    const knocker = await room.knocker();
    callers = [callerOf(server), backend, await room.guest(), await room.owner(), knocker];
    await setOpen(false);
    await until(
      () => fetch(`${server.url}/ready`).then(({ status }) => status),
      (status) => status === 503,
    );
  });

  const countOf = async (field: string) => {
    const metrics = await fetch(`${server.url}/metrics`).then((response) => response.text());
    const line = metrics
      .split('\n')
      .find(
        (one) =>
          one.includes(`field="${field}"`) &&
          one.includes('code="UNAVAILABLE"') &&
          one.startsWith('vestibule_operations_total'),
      );
    return Number(line?.split(' ').at(-1) ?? 0);
  };

  test.each(rootFields)('%s is UNAVAILABLE to whoever may ask, told once and counted', async (field) => {
    const [document, variables] = questionOf(field);
    const isOpen = ['access', 'doorPage', 'joinRoom', 'knock'].includes(field);
    const before = await countOf(field);
    const ids: unknown[] = [];
    // Without a credential most is refused before the database is asked.
    const asking = isOpen ? callers : callers.slice(1);
    for (const caller of asking) {
      if (subscriptions.has(field)) {
        const stream = await caller.ws().subscribe<Data>(document, variables);
        ids.push(...idsIn(await stream.next(15_000)));
      } else ids.push(...idsIn((await caller.ask<Data>(document, variables)).body));
    }
    expect(ids.length).toBe(asking.length);
    for (const id of ids) {
      expect(id).toEqual(expect.stringMatching(/^[0-9a-f-]{36}$/));
      const told = () => server.output().split(String(id)).length - 1;
      // What a process writes comes a moment after it was written.
      expect(
        await until(
          async () => told(),
          (times) => times > 0,
        ),
      ).toBe(1);
    }
    if (!subscriptions.has(field)) expect((await countOf(field)) - before).toBe(asking.length);
  });

  test('and all goes on when it takes them again', async () => {
    await setOpen(true);
    const answer = await until(
      async () => (await seed(server).ask<Data>('{ rooms(first: 1) { nodes { name } } }')).body,
      ({ errors }) => errors === undefined,
    );
    expect(answer.data).toEqual({ rooms: { nodes: [{ name: room.name }] } });
  });
});
