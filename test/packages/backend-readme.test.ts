import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Ran, runProgram } from '../cli/command-line.ts';
import { blocksOf, readDocument } from '../docs/markdown.ts';
import { createTestDatabase } from '../support/database.ts';
import { callerOf, type Seed, seed } from '../support/seed.ts';
import { findFreePort, startServer, type TestServer } from '../support/server.ts';
import { installPacked } from './packed.ts';

// What the README of the backend package shows, word for word, in a folder of somebody else's.

const root = join(import.meta.dirname, '../..');
const compiler = join(root, 'node_modules/typescript-for-consumers/lib/tsc.js');
const blocks = blocksOf(await readDocument('packages/backend/README.md'));
const shown = (language: string) => blocks.filter((block) => block.language === language).map(({ text }) => text);
const [backendInTs = '', webhookInTs = '', signingInTs = ''] = shown('ts');
const [backendInJs = ''] = shown('js');

let home: string;
let server: TestServer;
let backend: Seed;

beforeAll(async () => {
  ({ home } = await installPacked());
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
  await Promise.all([
    place(
      'ts',
      { type: 'module' },
      { 'backend.ts': backendInTs, 'webhook.ts': webhookInTs, 'signing.ts': signingInTs },
    ),
    place('js', { type: 'commonjs' }, { 'backend.js': backendInJs }),
  ]);
}, 180_000);

async function place(folder: string, manifest: object, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(home, folder));
  const compilerOptions = { module: 'nodenext', target: 'es2023', lib: ['es2023'], strict: true, types: ['node'] };
  const all = {
    ...files,
    'package.json': JSON.stringify(manifest),
    'tsconfig.json': JSON.stringify({ compilerOptions }),
  };
  for (const [name, text] of Object.entries(all)) await writeFile(join(home, folder, name), text);
}

const environment = (more: Readonly<Record<string, string>> = {}) => ({
  PATH: process.env.PATH,
  VESTIBULE_URL: server.url,
  VESTIBULE_API_KEY: server.apiKey,
  ...more,
});

const run = (cwd: string, more?: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<Ran> =>
  runProgram(process.execPath, words, { cwd: join(home, cwd), env: environment(more) });

test('the backend has 20 lines at most', () => {
  expect(backendInTs.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(20);
});

test('what is shown in TypeScript has the types that it needs', async () => {
  expect(await run('ts', {}, compiler, '--noEmit', '-p', '.')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
}, 120_000);

describe.each([
  ['TypeScript', 'ts', 'backend.ts'],
  ['JavaScript that is CommonJS', 'js', 'backend.js'],
])('the backend in %s', (_name, folder, file) => {
  test('invites the owner, lets in Nora alone, and hears no forged webhook', async () => {
    const port = String(await findFreePort());
    const url = `http://127.0.0.1:${port}/`;
    const { stdout } = await run('ts', { WEBHOOK_URL: url }, 'webhook.ts');
    const secret = /whsec_[^']+/.exec(stdout)?.[0] ?? expect.unreachable(stdout);
    const env = environment({ PORT: port, WEBHOOK_SECRET: secret });
    const running = follow(spawn(process.execPath, [file], { cwd: join(home, folder), env }));
    await running.until(/Olga joins at \S+weekly\?t=/);
    // What it says comes before it listens.
    const forge = () => fetch(url, { method: 'POST', body: '{"type":"KNOCK_REQUESTED"}' });
    const forged = await vi.waitFor(forge, { timeout: 20_000 });
    expect(forged.status).toBe(401);
    // Whoever hangs up in the middle ends nothing.
    const broken = connect(Number(port), '127.0.0.1');
    broken.end('POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 100\r\n\r\n{');
    await once(broken.resume(), 'close');
    expect((await forge()).status).toBe(401);

    await knock({ userName: 'Nora' });
    await knock({ userName: 'Nora', token: await signForNora() });
    await running.until(/Nora is ADMITTED/);
    const { body } = await backend.ask('{ knockRequests(roomName: "weekly") { nodes { verified status } } }');
    const nodes = [
      { verified: false, status: 'PENDING' },
      { verified: true, status: 'ADMITTED' },
    ];
    expect(body.data).toEqual({ knockRequests: { nodes } });
    const again = environment({ PORT: String(await findFreePort()), WEBHOOK_SECRET: secret });
    const second = follow(spawn(process.execPath, [file], { cwd: join(home, folder), env: again }));
    await second.until(/Olga joins at \S+weekly\?t=/);
    await backend.ask('mutation { deleteRoom(input: { roomName: "weekly" }) { __typename } }');
  });
});

async function knock(input: Readonly<Record<string, string>>): Promise<void> {
  const knocking = 'mutation ($input: KnockInput!) { knock(input: $input) { __typename } }';
  const { body } = await callerOf(server).ask(knocking, { input: { roomName: 'weekly', ...input } });
  expect(body.data).toEqual({ knock: { __typename: 'Knocked' } });
}

/** By what the README shows, with a key that is registered for it. */
async function signForNora(): Promise<string> {
  const add = 'mutation { addSelfSigningKey(input: { algorithm: HS256 }) { ... on AddedSelfSigningKey { secret } } }';
  const { body } = await backend.ask<{ addSelfSigningKey: { secret: string } }>(add);
  const { stdout } = await run('ts', { SIGNING_SECRET: body.data?.addSelfSigningKey.secret ?? '' }, 'signing.ts');
  return stdout.trim();
}

/** Reads what a process says, until it has said this. */
function follow(child: ChildProcess) {
  // Before the next one begins: the webhook of this one would go on telling it.
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  let look = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      look();
    });
  }
  const until = (wanted: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const fail = () => reject(new Error(`it did not say ${wanted}: ${said}`));
      const timer = setTimeout(fail, 20_000);
      child.once('exit', fail);
      look = () => {
        if (!wanted.test(said)) return;
        clearTimeout(timer);
        resolve();
      };
      look();
    });
  return { until };
}
