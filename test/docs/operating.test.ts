import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { commands } from '../../src/cli/commands.ts';
import { readSettings, settingsTable } from '../../src/cli/settings-table.ts';
import { parseConfig } from '../../src/config.ts';
import { createMeters } from '../../src/metrics/meters.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { callerOf, type KnockerSeed, type RoomSeed, seed } from '../support/seed.ts';
import { findFreePort, spawnServer, startServer, type TestServer } from '../support/server.ts';
import { blocksOf, firstColumn, readDocument, readGuide } from './markdown.ts';

let operating: string;

beforeAll(async () => {
  operating = await readDocument('docs/operating.md');
});

describe('settings', () => {
  test('the table in docs/operating.md is made from the settings (vestibule settings print --markdown)', async () => {
    const settings = readSettings(await readDocument('.env.example'));
    expect(operating).toContain(`\n${settingsTable(settings)}\n<!-- end of settings -->`);
  });

  test('the defaults that are written are the defaults that count', async () => {
    const settings = readSettings(await readDocument('.env.example'));
    expect(parseConfig(Object.fromEntries(settings.map((one) => [one.name, one.default])))).toEqual(parseConfig({}));
  });
});

test('every command that the documents name exists', async () => {
  const documents = await Promise.all(
    ['errors', 'operating', 'moving-from-daily', 'deprecation'].map((name) => readDocument(`docs/${name}.md`)),
  );
  const guide = (await readGuide()).map((page) => page.text);
  const text = [...documents, ...guide].flatMap((document) => [
    ...[...document.matchAll(/`(?:npx )?vestibule ([a-z][^`]*)`/g)].map(([, words = '']) => words),
    ...blocksOf(document).flatMap((block) =>
      [...block.text.matchAll(/vestibule ([a-z][^\n|;)]*)/g)].map(([, words = '']) => words),
    ),
  ]);
  expect(text.length).toBeGreaterThan(10);
  for (const words of text) {
    const command = commands.find(({ name }) => words === name || words.startsWith(`${name} `));
    expect(command, words).toBeDefined();
    const options = [...words.matchAll(/ --([a-z-]+)/g)].map(([, option]) => option);
    const known = [...(command?.options.map(({ name }) => name) ?? []), 'help', 'json', 'settings'];
    for (const option of options) expect(known, words).toContain(option);
  }
});

describe('metrics', () => {
  test('docs/operating.md has every metric of the service, and no other', () => {
    const told = createMeters()
      .register.getMetricsAsArray()
      .map(({ name }) => name);
    const own = told.filter((name) => name.startsWith('vestibule_'));
    expect(firstColumn(operating, '## Metrics').toSorted()).toEqual(own.toSorted());
  });

  test('the dashboard and the alerts ask only for metrics that there are', async () => {
    const told = createMeters()
      .register.getMetricsAsArray()
      .map(({ name }) => name);
    const queries = [await readDocument('docs/grafana/vestibule.json'), ...blocksOf(operating).map(({ text }) => text)];
    const asked = queries.flatMap((query) => query.match(/\b(?:vestibule|process|nodejs)_[a-z0-9_]+/g) ?? []);
    const names = asked
      .filter((name) => name !== 'vestibule_restored')
      .map((name) => name.replace(/_(?:bucket|sum|count)$/, ''));
    expect(names.length).toBeGreaterThan(20);
    for (const name of new Set(names)) expect(told).toContain(name);
  });
});

type Living = { readonly room: RoomSeed; readonly knocker: KnockerSeed; readonly jwt: string };

async function live(server: TestServer): Promise<Living> {
  const room = await seed(server).waitingRoom();
  return { room, knocker: await room.knocker(), jwt: (await room.token({ userName: 'Gustav' })).jwt };
}

const joinRoom = 'mutation ($input: JoinRoomInput!) { joinRoom(input: $input) { __typename ... on Refusal { code } } }';

/** Is everything there that the other service had: who waits, the credentials, the tokens? */
async function expectAllThere(server: TestServer, { room, knocker, jwt }: Living): Promise<void> {
  const waiting = await seed(server).ask(
    'query ($name: String) { knockRequests(roomName: $name) { nodes { id status } } }',
    {
      name: room.name,
    },
  );
  expect(waiting.body.data).toEqual({ knockRequests: { nodes: [{ id: knocker.knockId, status: 'PENDING' }] } });
  const viewer = await callerOf(server, knocker.knockToken).ask('{ viewer { ... on KnockRequest { id } } }');
  expect(viewer.body.data).toEqual({ viewer: { id: knocker.knockId } });
  const joined = await callerOf(server).ask(joinRoom, { input: { roomName: room.name, token: jwt } });
  expect(joined.body.data).toEqual({ joinRoom: { __typename: 'Joined' } });
}

describe('backup and restore', () => {
  test('a copy of the data folder, made while the service is stopped, is the whole service', {
    timeout: 90_000,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vestibule-backup-'));
    closeAfterwards(() => rm(folder, { recursive: true, force: true }));
    // Its address is the issuer of its tokens, and stays the same.
    const port = await findFreePort();
    const start = (dataDir: string) =>
      startServer({ databaseUrl: '', dataDir: join(folder, dataDir), port, masterKey: null, migrateOnStart: true });
    const first = await start('data');
    const living = await live(first);
    await first.stop();
    await promisify(execFile)('cp', ['-a', join(folder, 'data'), join(folder, 'backup')]);
    await rm(join(folder, 'data'), { recursive: true });
    const restored = await start('backup');
    await expectAllThere(restored, living);
    await restored.stop();
  });

  test('a restored database goes on with the same master key, and only with that one', {
    timeout: 90_000,
  }, async () => {
    const database = await createTestDatabase();
    const port = await findFreePort();
    const first = await startServer({ databaseUrl: database.url, port });
    const living = await live(first);
    await first.stop();
    const copy = await createTestDatabase(database.name);
    const restored = await startServer({ databaseUrl: copy.url, port });
    await expectAllThere(restored, living);
    await restored.stop();
    const stranger = startServer({ databaseUrl: copy.url, masterKey: new Uint8Array(randomBytes(32)) });
    await expect(stranger).rejects.toMatchObject({ code: 'SECRETS_LOCKED' });
  });
});

describe('why somebody could not come in', () => {
  const documented = async () => {
    const block = blocksOf(operating).find(({ text }) => text.includes('explainEntry'));
    return z.object({ query: z.string() }).parse(JSON.parse(/-d '(\{[\s\S]*\})'/.exec(block?.text ?? '')?.[1] ?? ''));
  };

  test('is in the log, and is found by the query, for each kind of reason', async () => {
    const database = await createTestDatabase();
    const server = await spawnServer({ databaseUrl: database.url, env: { LOG_LEVEL: 'info' } });
    const backend = seed(server);
    const [revoked, full, later] = await Promise.all([
      backend.waitingRoom(),
      backend.waitingRoom({ maxParticipants: 1 }),
      backend.waitingRoom({ nbf: new Date(Date.now() + 3_600_000).toISOString() }),
    ]);
    await full.guest();
    const token = await revoked.token();
    await backend.ask(
      `mutation { revokeMeetingTokens(input: { jtis: ["${token.meetingToken.jti}"] }) { __typename } }`,
    );
    const reasons = [
      { room: revoked.name, token: token.jwt, code: 'TOKEN_REVOKED' },
      { room: full.name, token: (await full.token()).jwt, code: 'ROOM_FULL' },
      { room: later.name, token: (await later.token()).jwt, code: 'ROOM_NOT_OPEN' },
    ];
    const { query } = await documented();
    for (const { code, ...variables } of reasons) {
      const input = { roomName: variables.room, token: variables.token };
      await callerOf(server).ask(joinRoom, { input });
      const { body } = await backend.ask(query, variables);
      expect(body.data, code).toMatchObject({ explainEntry: { access: { refusal: { code } } } });
    }
    await server.stop();
    const refused = server
      .output()
      .split('\n')
      .filter((line) => line.includes('"msg":"refused"'))
      .map((line) => z.object({ operation: z.string(), code: z.string() }).parse(JSON.parse(line)));
    expect(refused.map(({ operation, code }) => `${operation} ${code}`)).toEqual(
      reasons.map(({ code }) => `joinRoom ${code}`),
    );
  });
});
