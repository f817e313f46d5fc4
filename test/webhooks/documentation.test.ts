import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { closeAfterwards } from '../support/closers.ts';
import { events, factsWith, knock, now, webhookOf } from './event-kit.ts';
import { samplePayload, startHouse } from './webhook-kit.ts';

const root = join(import.meta.dirname, '../..');
const guide = await readFile(join(root, 'docs/webhooks.md'), 'utf8');

const blocks = (language: string) =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, block = '']) => block);

test('the receiver of the guide takes what is signed, once, and refuses what is not', async () => {
  const house = await startHouse();
  const port = await freePort();
  const { webhook, secret } = await house.hook(`http://127.0.0.1:${port}/`);
  const { child, output } = await startReceiverOfTheGuide(port, secret);
  const [id] = await house.tell(webhook.id);
  const worker = house.worker();
  expect(await worker.attempts.next()).toMatchObject({ result: 'delivered', cause: '204' });
  await house.service.redeliver(house.backend, id);
  expect(await worker.attempts.next()).toMatchObject({ result: 'delivered', deliveryId: id });

  const forged = { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(Date.now() / 1000)) };
  for (const signature of ['v1,AAAA', '']) {
    const headers = { ...forged, 'webhook-signature': signature };
    const { status } = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body: '{}' });
    expect(status).toBe(401);
  }
  child.kill();
  await once(child, 'close');
  expect(output()).toBe(`${samplePayload.text}\n`);
});

test('it has no more than 15 lines', () => {
  const [receiver = ''] = blocks('js');
  expect(
    receiver
      .trim()
      .split('\n')
      .filter((line) => line !== '').length,
  ).toBeLessThanOrEqual(15);
});

test('every example of a payload has the fields that such a payload has', () => {
  const examples = blocks('json').map((block) => JSON.parse(block));
  expect(examples).toHaveLength(5);
  for (const example of examples) {
    const [event] = events.find(([, type]) => type === example.type) ?? [];
    const payload = event && webhookOf(event, factsWith([knock]), now)?.data;
    expect(fieldsOf(example), example.type).toEqual(fieldsOf(payload));
  }
});

test('every event has its place in the guide', () => {
  for (const [, type] of events) if (type !== null) expect(guide).toMatch(new RegExp(`^###.*\\b${type}\\b`, 'm'));
});

test('every operation of the guide is one that the API has', async () => {
  const schema = buildSchema(await readFile(join(root, 'schema/schema.graphql'), 'utf8'));
  for (const operation of blocks('graphql')) expect(validate(schema, parse(operation)), operation).toEqual([]);
});

/** Paths of all fields, sorted. */
function fieldsOf(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value)
    .flatMap(([name, inner]) => fieldsOf(inner, `${path}.${name}`))
    .sort();
}

async function startReceiverOfTheGuide(port: number, secret: string) {
  const folder = await mkdtemp(join(tmpdir(), 'receiver-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const program = join(folder, 'receiver.mjs');
  await writeFile(program, blocks('js')[0] ?? '');
  let text = '';
  const start = (): ChildProcess => {
    const begun = spawn(process.execPath, [program], {
      env: { PATH: process.env.PATH, PORT: String(port), WEBHOOK_SECRET: secret },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    closeAfterwards(() => begun.kill('SIGKILL'));
    begun.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    return begun;
  };
  let child = start();
  await expect
    .poll(
      () => {
        // Somebody else may have had the port for a moment.
        if (child.exitCode !== null) child = start();
        return fetch(`http://127.0.0.1:${port}/`).then(
          ({ status }) => status,
          () => null,
        );
      },
      { timeout: 30_000, interval: 100 },
    )
    .toBe(401);
  return { child, output: () => text };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
