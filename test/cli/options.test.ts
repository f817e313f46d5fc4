import { decodeJwt } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readCount, readInstant } from '../../src/cli/arguments.ts';
import { commands } from '../../src/cli/commands.ts';
import { createTestDatabase } from '../support/database.ts';
import { type Seed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { settingsFor, type Vestibule, vestibuleWith } from './command-line.ts';

let vestibule: Vestibule;
let backend: Seed;

beforeAll(async () => {
  const databaseUrl = (await createTestDatabase()).url;
  const server = await startServer({ databaseUrl });
  backend = seed(server);
  vestibule = vestibuleWith({ ...settingsFor(databaseUrl), PUBLIC_URL: server.url });
});

/** What the commands that take --domain need beside it. */
const needed: Readonly<Record<string, readonly string[]>> = {
  'key revoke': ['vk_0123456789abcdef'],
  'token sign': ['--any-room'],
  'room show': ['standup'],
  'page set': ['--brand-name', 'Acme'],
};

describe('--domain', () => {
  // Who knocks is a guest, and guests are not told which domains there are.
  const inside = commands.filter(({ name }) => name !== 'dev knock');
  const named = inside.filter(({ options }) => options.some(({ name }) => name === 'domain'));

  test.each(named.map(({ name }) => name))('says whose: %s', async (name) => {
    const words = [...name.split(' '), ...(needed[name] ?? []), '--domain', 'nowhere', '--json'];
    const { exitCode, stderr } = await vestibule(...words);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'NOT_FOUND', message: expect.stringContaining('"nowhere"') },
    });
  });

  test('is known by the commands that act within one', () => {
    expect(named.length).toBeGreaterThanOrEqual(5);
  });
});

test('each option of token sign reaches the token', async () => {
  const room = await backend.waitingRoom();
  const words = ['--room', room.name, '--knocking', '--user-name', 'Nora', '--user-id', 'n-1', '--max-uses', '3'];
  const times = ['--nbf', '2030-01-01T00:00:00Z', '--exp', '2030-01-02T00:00:00+01:00'];
  const { stdout, stderr } = await vestibule('token', 'sign', ...words, ...times, '--json');
  expect(stderr).toBe('');
  const { id } = z.object({ id: z.string() }).parse(JSON.parse(stdout));
  const { body } = await backend.ask(
    `query ($id: ID!) { node(id: $id) { ... on MeetingToken {
      roomName isOwner knocking userName userId maxUses nbf exp
    } } }`,
    { id },
  );
  expect(body).toEqual({
    data: {
      node: {
        roomName: room.name,
        isOwner: false,
        knocking: true,
        userName: 'Nora',
        userId: 'n-1',
        maxUses: 3,
        nbf: '2030-01-01T00:00:00.000Z',
        exp: '2030-01-01T23:00:00.000Z',
      },
    },
  });
});

test('a token that is signed without PUBLIC_URL names the service by its recorded address', async () => {
  const own = await createTestDatabase();
  await (await startServer({ databaseUrl: own.url })).stop();
  const onOwn = vestibuleWith(settingsFor(own.url));
  await onOwn('public-url', 'https://meet.example.com');
  const { stdout } = await onOwn('token', 'sign', '--any-room');
  expect(decodeJwt(stdout.trim()).iss).toBe('https://meet.example.com');
});

test('each option of key create reaches the key; a result in JSON comes with nothing else', async () => {
  const words = ['--name', 'booking', '--scope', 'ROOMS', '--scope', 'TOKENS', '--exp', '2030-01-01T00:00:00Z'];
  const made = await vestibule('key', 'create', ...words, '--json');
  expect(made.stderr).toBe('');
  const { id } = z.object({ id: z.string() }).parse(JSON.parse(made.stdout));
  const listed = z
    .array(z.looseObject({ id: z.string() }))
    .parse(JSON.parse((await vestibule('key', 'list', '--json')).stdout));
  expect(listed.find((key) => key.id === id)).toMatchObject({
    name: 'booking',
    scopes: ['ROOMS', 'TOKENS'],
    exp: '2030-01-01T00:00:00.000Z',
    revokedAt: null,
  });
});

describe('a time from now', () => {
  const now = new Date('2026-01-01T00:00:00.200Z');

  test.each([
    ['90s', 90],
    ['90m', 90 * 60],
    ['12h', 12 * 3600],
    ['7d', 7 * 86_400],
  ])('%s is so many seconds, from the next whole one on', (text, seconds) => {
    expect(readInstant('exp', text, now)).toEqual(new Date(Date.parse('2026-01-01T00:00:01Z') + seconds * 1000));
  });

  test.each(['7w', '-1h', '1.5h', '2026-01-01', ''])('"%s" is none', (text) => {
    expect(() => readInstant('exp', text, now)).toThrow('--exp');
  });
});

test.each(['0', '-1', '1.5', 'many'])('"%s" is no count', (text) => {
  expect(() => readCount('max-uses', text)).toThrow('--max-uses');
});
