import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startFakeLiveKit } from '../media/fake-livekit.ts';
import { liveKitKey } from '../media/livekit-server.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Ran, settingsFor, type Vestibule, vestibuleWith } from './command-line.ts';

// Connecting a media server on the command line: the secret comes from standard input or from a file, and is never shown.

const { apiKey, apiSecret } = liveKitKey;
const main = `${import.meta.dirname}/../../src/cli/main.ts`;

let database: TestDatabase;
let settings: Readonly<Record<string, string | undefined>>;
let vestibule: Vestibule;
let url: string;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  settings = { ...settingsFor(database.url), PUBLIC_URL: 'https://meet.example.com', MEDIA_ALLOW_PRIVATE: '127.0.0.1' };
  vestibule = vestibuleWith(settings);
  await vestibule('domain', 'create', 'default');
  url = (await startFakeLiveKit()).url;
  folder = await mkdtemp(join(tmpdir(), 'vestibule-media-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
});

/** A program of its own, which reads this from standard input. */
async function runWith(input: string, ...words: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [main, ...words], { env: settings });
  child.stdin.end(input);
  const ended = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  return { exitCode: child.exitCode ?? -1, stdout, stderr };
}

async function fileWith(secret: string): Promise<string> {
  const file = join(folder, 'secret');
  await writeFile(file, secret);
  return file;
}

const setFrom = async (secret: string, ...more: readonly string[]) =>
  vestibule('media', 'set', '--secret-file', await fileWith(secret), ...more);
const count = async () => (await database.sql`select id from media_servers`).length;
const failure = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

describe('media set', () => {
  test.each([
    ['a file', () => setFrom(`${apiSecret}\n`, '--url', url, '--api-key', apiKey, '--json')],
    ['standard input', () => runWith(apiSecret, 'media', 'set', '--url', url, '--api-key', apiKey, '--json')],
    ['echo', () => runWith(`${apiSecret}\n`, 'media', 'set', '--url', url, '--api-key', apiKey, '--json')],
  ])('reads the secret from %s, stores it sealed, and asks the server once', async (_from, set) => {
    const ran = await set();
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ kind: 'LIVEKIT', url, apiKey, state: 'OK', lastError: null });
    expect(`${ran.stdout}${ran.stderr}`).not.toContain(apiSecret);
    const [row] = await database.sql<[{ sealed: Buffer }]>`
      select secret_sealed as sealed from media_servers order by created_at desc limit 1`;
    expect(row.sealed.toString('latin1')).not.toContain(apiSecret);
  });

  test('stores one that refuses the key, and says so', async () => {
    const ran = await setFrom('another-secret-of-at-least-32-characters', '--url', url, '--api-key', apiKey, '--json');
    expect([ran.exitCode, JSON.parse(ran.stdout).state]).toEqual([0, 'REFUSED']);
  });

  const key = ['--api-key', apiKey];
  test.each<[string, string, readonly string[], RegExp]>([
    ['no URL', apiSecret, key, /--url/],
    ['no key', apiSecret, ['--url', 'wss://a.example'], /--api-key/],
    ['another kind', apiSecret, ['--kind', 'zoom', '--url', 'wss://a.example', ...key], /--kind/],
    ['a URL of files', apiSecret, ['--url', 'ftp://a.example', ...key], /url/],
    ['a private address', apiSecret, ['--url', 'ws://10.0.0.1', ...key], /url/],
    ['another URL for calls', apiSecret, ['--url', 'wss://a.example', '--api-url', 'a.example', ...key], /apiUrl/],
    ['a key with a space', apiSecret, ['--url', 'wss://a.example', '--api-key', 'two words'], /apiKey/],
    ['a short secret', 'short', ['--url', 'wss://a.example', ...key], /apiSecret/],
    ['an empty secret', '\n', ['--url', 'wss://a.example', ...key], /apiSecret/],
    ['LiveKit with a key id', apiSecret, ['--url', 'wss://a.example', ...key, '--key-id', 'k'], /keyId/],
    ['LiveKit with a tenant', apiSecret, ['--url', 'wss://a.example', ...key, '--tenant', 't'], /tenant/],
    ['Jitsi with a gate', apiSecret, ['--kind', 'jitsi', '--url', 'https://a.example', ...key, '--gate'], /gate/],
    ['Jitsi over a socket', apiSecret, ['--kind', 'jitsi', '--url', 'wss://a.example', ...key], /url/],
    [
      'a PEM that is no key',
      '-----BEGIN PRIVATE KEY-----',
      ['--kind', 'jitsi', '--url', 'https://a.example', ...key, '--key-id', 'k'],
      /apiSecret/,
    ],
    ['a domain that is not there', apiSecret, ['--url', 'wss://a.example', ...key, '--domain', 'nowhere'], /nowhere/],
    ['a word too many', apiSecret, ['--url', 'wss://a.example', ...key, 'more'], /more/],
  ])('refuses %s, names it, and stores nothing', async (_what, secret, words, named) => {
    const before = await count();
    const ran = await setFrom(secret, ...words);
    expect(ran.exitCode).toBeGreaterThan(0);
    expect(ran.stderr).toMatch(named);
    expect([ran.stdout, await count()]).toEqual(['', before]);
    expect(ran.stderr).not.toContain(apiSecret);
  });

  test('names every field that is wrong', async () => {
    const ran = await setFrom('short', '--url', 'ftp://a', '--api-key', 'two words', '--key-id', 'k', '--json');
    for (const field of ['url', 'apiKey', 'apiSecret', 'keyId']) expect(ran.stderr).toContain(field);
  });

  test('a file that is not there is named, and so is a secret that is nowhere', async () => {
    const words = ['media', 'set', '--url', 'wss://a.example', ...key];
    const missing = await vestibule(...words, '--secret-file', join(folder, 'missing'));
    expect(missing.exitCode).toBeGreaterThan(0);
    expect(missing.stderr).toContain('missing');
    const empty = await runWith('', ...words);
    expect(empty.exitCode).toBeGreaterThan(0);
    expect(empty.stderr).toContain('apiSecret');
  });

  test('takes no secret among its words', async () => {
    const ran = await vestibule('media', 'set', '--url', 'wss://a.example', ...key, '--api-secret', apiSecret);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).not.toContain(apiSecret);
  });
});

test('it is shown, checked and removed, and each says when there is none', async () => {
  await setFrom(apiSecret, '--url', url, '--api-key', apiKey);
  const [shown, checked] = [await vestibule('media', 'show', '--json'), await vestibule('media', 'check', '--json')];
  for (const ran of [shown, checked]) {
    expect(ran.exitCode).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ url, state: 'OK', gate: false });
    expect(ran.stdout).not.toContain(apiSecret);
  }
  await setFrom('another-secret-of-at-least-32-characters', '--url', url, '--api-key', apiKey);
  const refused = await vestibule('media', 'check', '--json');
  expect([refused.exitCode, failure.parse(JSON.parse(refused.stderr)).error.code]).toEqual([1, 'REFUSED']);
  await setFrom(apiSecret, '--url', 'ws://127.0.0.1:9', '--api-key', apiKey, '--gate');
  expect(JSON.parse((await vestibule('media', 'show', '--json')).stdout)).toMatchObject({ gate: true });
  const away = await vestibule('media', 'check', '--json');
  expect([away.exitCode, failure.parse(JSON.parse(away.stderr)).error.code]).toEqual([1, 'UNREACHABLE']);
  expect((await vestibule('media', 'remove')).exitCode).toBe(0);
  for (const word of ['show', 'check', 'remove']) {
    const none = await vestibule('media', word, '--json');
    expect([none.exitCode, failure.parse(JSON.parse(none.stderr)).error.code], word).toEqual([1, 'NOT_FOUND']);
  }
});
