import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Caller } from '../../src/rules/caller.ts';
import type { ApiKeyScope } from '../../src/rules/domain.ts';
import type { ApiKeyId, DomainId, Id, WebhookDeliveryId } from '../../src/rules/ids.ts';
import { isRefusal } from '../../src/rules/refusal.ts';
import { type WebhookEventType, webhookEventTypes } from '../../src/rules/webhook.ts';
import { createSecrets, deriveInstallationKeys } from '../../src/services/secrets.ts';
import { createWebhookService } from '../../src/services/webhook.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { createWebhookStore } from '../../src/storage/webhook.ts';
import { createWebhookOutbox, type QueueSize } from '../../src/storage/webhook-outbox.ts';
import { createSecretBox } from '../../src/tokens/secret-box.ts';
import { createEgress, type EgressOptions } from '../../src/webhooks/egress.ts';
import type { AttemptReport, SwitchOffReport } from '../../src/webhooks/reports.ts';
import { startWebhookWorker, type WebhookWorkerOptions } from '../../src/webhooks/worker.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { Inbox } from '../support/inbox.ts';

export type Received = { readonly headers: IncomingHttpHeaders; readonly body: string };
export type Answer = (response: ServerResponse, attempt: number) => void;

/** A real HTTP server that keeps what it got. Without an answer of its own it says 204. */
export async function startReceiver(answer: Answer = (response) => response.writeHead(204).end()) {
  const inbox = new Inbox<Received>();
  let attempts = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      attempts += 1;
      inbox.put({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      answer(response, attempts);
    });
  });
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeAfterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    inbox,
    attempts: () => attempts,
    connections: () => connections,
  };
}

/** An id that names nothing yet. */
export const newId = <Noun extends string>() => randomUUID() as string as Id<Noun>;

export const masterKey = Buffer.from('0f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff0', 'hex');
export const secrets = createSecrets(deriveInstallationKeys(masterKey));

/** A database and a pool of connections to it: tests that stay within their own domain share one. */
export async function openGround() {
  const database = await createTestDatabase();
  const open = openDatabase({ url: database.url, poolSize: 6 });
  closeAfterwards(open.close);
  return { database, open };
}

type Ground = Awaited<ReturnType<typeof openGround>>;

/**
 * A domain and the service of webhooks over it, in a database of its own where none is given. `worker` starts the background as one
 * process would, until the end of the test.
 */
export async function startHouse(ground?: Ground) {
  const { database, open } = ground ?? (await openGround());
  const storage = createWebhookStore(open);
  const outbox = createWebhookOutbox(open);
  const secretBox = createSecretBox(masterKey);
  const pokes: (() => void)[] = [];
  const service = createWebhookService({
    storage: { ...storage, ...outbox },
    secretBox,
    egressPolicy: createEgress({ allowPrivate: true }),
    secrets,
    poke: () => {
      for (const poke of pokes) poke();
    },
  });
  const domainId = await addDomain(database.sql);
  const backend = backendOf(domainId);

  const worker = (
    options: Partial<Omit<WebhookWorkerOptions, 'egress'>> & { readonly egress?: EgressOptions } = {},
  ) => {
    const attempts = new Inbox<AttemptReport>();
    const switchedOff = new Inbox<SwitchOffReport>();
    const queued = new Inbox<QueueSize>();
    const troubles: unknown[] = [];
    const { egress = { allowPrivate: true }, ...rest } = options;
    const started = startWebhookWorker({
      outbox,
      secretBox,
      pollMs: 50,
      retentionDays: 30,
      chance: () => 0,
      ...rest,
      egress: createEgress(egress),
      reports: {
        attempted: (report) => attempts.put(report),
        switchedOff: (report) => switchedOff.put(report),
        queued: (size) => size && queued.put(size),
        troubled: (error) => troubles.push(error),
      },
    });
    pokes.push(() => started.poke(domainId));
    // Otherwise the workers of all tests before would go on polling.
    onTestFinished(started.stop);
    return { ...started, poke: () => started.poke(domainId), attempts, switchedOff, queued, troubles };
  };

  const hook = async (url: string, events: readonly WebhookEventType[] = webhookEventTypes, roomName?: string) => {
    const made = await service.create(backend, { url, events, roomName });
    if (isRefusal(made)) throw new Error(made.message);
    return made;
  };

  /** Writes what a room's writer would, so many times. */
  const tell = async (webhookId: string, { count = 1, payload = samplePayload }: Partial<Told> = {}) => {
    const rows = await database.sql<{ id: WebhookDeliveryId }[]>`
      insert into webhook_deliveries (domain_id, id, webhook_id, event, payload, status, next_attempt_at, created_at)
      select ${domainId}, gen_random_uuid(), ${webhookId}, 'KNOCK_REQUESTED', ${database.sql.json(payload)}, 'PENDING', app_now(),
        app_now() + n * interval '1 millisecond'
      from generate_series(1, ${count}) n order by n returning id`;
    const [first, ...others] = rows.map(({ id }) => id);
    if (first === undefined) throw new Error('nothing was told');
    return [first, ...others] as const;
  };

  const row = async (deliveryId: string) => {
    const [found] = await database.sql`select * from webhook_deliveries where id = ${deliveryId}`;
    if (found === undefined) throw new Error('this delivery is not on record');
    return found;
  };
  return { database, open, storage, outbox, secretBox, service, domainId, backend, worker, hook, tell, row };
}

type Told = { readonly count: number; readonly payload: { readonly [key: string]: string } };

export const samplePayload = { type: 'KNOCK_REQUESTED', timestamp: '2030-01-01T00:00:00.000Z', text: 'Zoë knocks ✊' };

async function addDomain(sql: Awaited<ReturnType<typeof createTestDatabase>>['sql']): Promise<DomainId> {
  const name = `domain-${randomBytes(4).toString('hex')}`;
  const [row] = await sql<{ id: DomainId }[]>`
    insert into domains (id, name, created_at) values (gen_random_uuid(), ${name}, app_now()) returning id`;
  if (row === undefined) throw new Error('an insert returns its row');
  return row.id;
}

export function backendOf(domainId: DomainId, scopes: readonly ApiKeyScope[] = ['WEBHOOKS']): Caller {
  const apiKey = {
    // Made by the test, so that it names nothing.
    id: randomUUID() as ApiKeyId,
    domainId,
    name: 'backend',
    prefix: 'vk_test',
    scopes,
    createdAt: new Date(),
    lastUsedAt: null,
    exp: null,
    revokedAt: null,
  };
  return { kind: 'BACKEND', apiKey, domainId, seenAt: null };
}
