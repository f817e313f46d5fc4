import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { isRefusal } from '../../src/rules/refusal.ts';
import { closeAfterwards } from '../support/closers.ts';
import { moveClock } from '../support/database.ts';
import { onThisMachine } from '../support/timing.ts';
import { masterKey, openGround, type Received, samplePayload, startHouse, startReceiver } from './webhook-kit.ts';

const verify = (secret: string, { body, headers }: Received) =>
  new Webhook(secret).verify(body, {
    'webhook-id': String(headers['webhook-id']),
    'webhook-timestamp': String(headers['webhook-timestamp']),
    'webhook-signature': String(headers['webhook-signature']),
  });

describe('signatures', () => {
  test('the standardwebhooks package verifies every delivery', async () => {
    const house = await startHouse();
    const receiver = await startReceiver();
    const { webhook, secret } = await house.hook(receiver.url);
    const [id] = await house.tell(webhook.id);
    house.worker();
    const received = await receiver.inbox.next();
    expect(verify(secret, received)).toEqual(samplePayload);
    expect(received.headers).toMatchObject({
      ...{ 'webhook-id': id, 'content-type': 'application/json' },
      // Receivers know the service by it: a firewall may let nothing else pass.
      'user-agent': 'Vestibule-Webhooks',
    });
    const forged = { ...received, body: received.body.replace('Zoë', 'Mallory') };
    expect(() => verify(secret, forged)).toThrow(WebhookVerificationError);
  });

  test('while a secret is rotated both sign, after a day the new one alone', async () => {
    const house = await startHouse();
    const receiver = await startReceiver();
    const { webhook, secret: old } = await house.hook(receiver.url);
    const rotated = await house.service.rotateSecret(house.backend, webhook.id);
    if (isRefusal(rotated)) throw new Error(rotated.message);
    expect(rotated.secret).not.toBe(old);
    await house.tell(webhook.id);
    const worker = house.worker();
    const during = await receiver.inbox.next();
    expect(during.headers['webhook-signature']).toMatch(/^v1,\S{44} v1,\S{44}$/);
    expect(verify(old, during)).toEqual(verify(rotated.secret, during));

    const tellAfter = async (seconds: number) => {
      await moveClock(house.database, { seconds });
      await house.tell(webhook.id);
      worker.poke();
      return receiver.inbox.next();
    };
    const atLast = await tellAfter(24 * 3600 - 60);
    expect(verify(old, atLast)).toEqual(samplePayload);
    const after = await tellAfter(24 * 3600 + 1);
    expect(verify(rotated.secret, after)).toEqual(samplePayload);
    expect(() => verify(old, after)).toThrow(WebhookVerificationError);
  });

  test('secrets stand in the database only sealed, and open for their own webhook alone', async () => {
    const house = await startHouse();
    const receiver = await startReceiver();
    const [first, second] = [await house.hook(receiver.url), await house.hook(receiver.url)];
    const rows = await house.database.sql<{ sealed: Buffer }[]>`select secret_sealed as sealed from webhooks`;
    const plain = Buffer.from(first.secret.slice('whsec_'.length), 'base64');
    expect(plain).toHaveLength(32);
    expect(rows.some(({ sealed }) => sealed.includes(plain))).toBe(false);
    await house.database.sql`
      update webhooks set secret_sealed = (select secret_sealed from webhooks where id = ${second.webhook.id})
      where id = ${first.webhook.id}`;
    await house.tell(first.webhook.id);
    const worker = house.worker();
    expect(await worker.attempts.next()).toMatchObject({ result: 'retried', cause: 'NOT_SIGNED' });
    expect(receiver.connections()).toBe(0);
  });
});

describe('what follows from an answer', () => {
  test('a failed attempt is made again on the schedule, with the same id and body, until one succeeds', async () => {
    const house = await startHouse();
    const receiver = await startReceiver((response, attempt) => response.writeHead(attempt < 3 ? 500 : 200).end());
    const { webhook } = await house.hook(receiver.url);
    const [id] = await house.tell(webhook.id);
    const worker = house.worker();
    const first = await receiver.inbox.next();
    expect(await worker.attempts.next()).toMatchObject({ result: 'retried', cause: '500', isKept: true });
    expect(await house.row(id)).toMatchObject({ status: 'PENDING', attempts: 1, response_status: 500 });

    await moveClock(house.database, { seconds: 6 });
    const second = await receiver.inbox.next();
    await worker.attempts.next();
    await moveClock(house.database, { seconds: 290 });
    expect(await house.storage.findDelivery(house.domainId, id)).toMatchObject({ attempts: 2 });
    await moveClock(house.database, { seconds: 320 });
    const third = await receiver.inbox.next();
    expect(await worker.attempts.next()).toMatchObject({ result: 'delivered', attempt: 3 });
    expect(new Set([first, second, third].map(({ headers }) => headers['webhook-id']))).toEqual(new Set([id]));
    expect(new Set([first, second, third].map(({ body }) => body)).size).toBe(1);
    expect(await house.row(id)).toMatchObject({ status: 'DELIVERED', attempts: 3, next_attempt_at: null });
  });

  test('how long an attempt took is told in seconds', async () => {
    const house = await startHouse();
    const receiver = await startReceiver((response) => {
      setTimeout(() => response.writeHead(204).end(), 25);
    });
    await house.tell((await house.hook(receiver.url)).webhook.id);
    const startedAt = performance.now();
    const { seconds } = await house.worker().attempts.next();
    expect(seconds).toBeGreaterThan(0.02);
    expect(seconds).toBeLessThanOrEqual((performance.now() - startedAt) / 1000 + 0.01);
  });

  test('Retry-After is kept for the endpoint as a whole', async () => {
    const house = await startHouse();
    const receiver = await startReceiver((response, attempt) => {
      response.writeHead(attempt === 1 ? 429 : 204, { 'retry-after': '100' }).end();
    });
    const { webhook } = await house.hook(receiver.url);
    await house.tell(webhook.id);
    const asked = house.worker();
    expect(await asked.attempts.next()).toMatchObject({ result: 'retried', cause: '429' });
    await asked.stop();
    await house.tell(webhook.id);
    await moveClock(house.database, { seconds: 95 });
    const claim = { limit: 10, perWebhook: 10, leaseSeconds: 30 };
    expect(await house.outbox.claim({ ...claim, isFailing: true })).toEqual([]);
    expect(await house.outbox.claim({ ...claim, isFailing: false })).toEqual([]);
    await moveClock(house.database, { seconds: 101 });
    const worker = house.worker();
    expect(await worker.attempts.next()).toMatchObject({ result: 'delivered' });
    expect(await worker.attempts.next()).toMatchObject({ result: 'delivered' });
  });

  test('a shorter Retry-After that comes afterwards takes nothing from a longer one', async () => {
    const house = await startHouse();
    const [both, first] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const receiver = await startReceiver(async (response, attempt) => {
      if (attempt === 2) both.resolve();
      await (attempt === 1 ? both : first).promise;
      response.writeHead(429, { 'retry-after': attempt === 1 ? '100' : '1' }).end();
    });
    const { webhook } = await house.hook(receiver.url);
    const waits = () => house.database.sql`
      select extract(epoch from call_again_at - app_now()) > 50 as long from webhooks where id = ${webhook.id}`;
    await house.tell(webhook.id, { count: 2 });
    const worker = house.worker();
    expect(await worker.attempts.next()).toMatchObject({ result: 'retried' });
    await expect.poll(waits).toEqual([{ long: true }]);
    first.resolve();
    expect(await worker.attempts.next()).toMatchObject({ result: 'retried' });
    await worker.stop();
    expect(await waits()).toEqual([{ long: true }]);
  });

  test('410 switches the webhook off, and what waits for it ends', async () => {
    const house = await startHouse();
    const receiver = await startReceiver((response) => response.writeHead(410).end());
    const { webhook } = await house.hook(receiver.url);
    const [first, ...others] = await house.tell(webhook.id, { count: 30 });
    const worker = house.worker();
    expect(await worker.switchedOff.next()).toMatchObject({ webhookId: webhook.id, cause: 'GONE' });
    expect(await house.storage.find(house.domainId, webhook.id)).toMatchObject({ isActive: false });
    await expect.poll(() => statuses(house.database.sql)).toEqual({ FAILED: 30 });
    expect(await house.row(first)).toMatchObject({ response_status: 410, leased_until: null });
    expect(await house.row(others.at(-1) ?? '')).toMatchObject({ attempts: 0, next_attempt_at: null });
  });

  test('an endpoint that fails for five days is switched off, one success starts the count again', async () => {
    const house = await startHouse();
    let isUp = false;
    const receiver = await startReceiver((response) => response.writeHead(isUp ? 204 : 503).end());
    const { webhook } = await house.hook(receiver.url);
    const worker = house.worker();
    const day = 24 * 3600;
    const tellAfterDays = async (days: number) => {
      await moveClock(house.database, { seconds: days * day });
      await house.database.sql`delete from webhook_deliveries`;
      await house.tell(webhook.id);
      worker.poke();
      return worker.attempts.next();
    };
    expect(await tellAfterDays(0)).toMatchObject({ cause: '503' });
    isUp = true;
    expect(await tellAfterDays(4)).toMatchObject({ cause: '204' });
    isUp = false;
    expect(await tellAfterDays(6)).toMatchObject({ cause: '503' });
    expect(await tellAfterDays(10.9)).toMatchObject({ cause: '503' });
    expect(await house.storage.find(house.domainId, webhook.id)).toMatchObject({ isActive: true });
    expect(await tellAfterDays(11.1)).toMatchObject({ cause: '503' });
    expect(await worker.switchedOff.next()).toMatchObject({ cause: 'FAILING_FOR_DAYS' });
    expect(await house.storage.find(house.domainId, webhook.id)).toMatchObject({ isActive: false });
  });

  test('after the tenth failure a delivery is FAILED', async () => {
    const house = await startHouse();
    const receiver = await startReceiver((response) => response.writeHead(500).end());
    const { webhook } = await house.hook(receiver.url);
    const [id] = await house.tell(webhook.id);
    await house.database.sql`update webhook_deliveries set attempts = 9`;
    const worker = house.worker();
    expect(await worker.attempts.next()).toMatchObject({ result: 'failed', attempt: 10 });
    expect(await house.row(id)).toMatchObject({ status: 'FAILED', next_attempt_at: null, leased_until: null });
  });

  test('an endpoint inside is not called: the attempt fails without a connection', async () => {
    const house = await startHouse();
    const receiver = await startReceiver();
    const { webhook } = await house.hook(receiver.url);
    await house.tell(webhook.id);
    const worker = house.worker({ egress: { allowPrivate: false } });
    expect(await worker.attempts.next()).toMatchObject({ result: 'retried', cause: 'ADDRESS_REFUSED' });
    expect(receiver.connections()).toBe(0);
  });
});

describe('many domains that have more due than there is room for', () => {
  async function startHouses(count: number) {
    const ground = await openGround();
    const houses = await Promise.all(Array.from({ length: count }, () => startHouse(ground)));
    for (const house of houses) await house.tell((await house.hook('http://127.0.0.1:1/')).webhook.id, { count: 10 });
    const [{ outbox }] = houses as [(typeof houses)[number]];
    const claim = (limit: number) => outbox.claim({ isFailing: false, limit, perWebhook: 10, leaseSeconds: 60 });
    return { claim, domainIds: houses.map(({ domainId }) => domainId).toSorted() };
  }

  test('share what one process can send at once, of which none is claimed beyond that', async () => {
    const { claim, domainIds } = await startHouses(2);
    const claimed = await claim(4);
    expect(claimed.map(({ domainId }) => domainId).toSorted()).toEqual(domainIds.flatMap((id) => [id, id]));
  });

  test('have their turn one after the other where there is room for one alone', async () => {
    const { claim, domainIds } = await startHouses(3);
    const turns = [await claim(1), await claim(1), await claim(1)].flat();
    expect(turns.map(({ domainId }) => domainId).toSorted()).toEqual(domainIds);
  });
});

describe('many endpoints, many processes', () => {
  test('an endpoint that hangs with 10,000 waiting delays no other', async () => {
    const house = await startHouse();
    const dead = await startReceiver(() => undefined);
    const well = await startReceiver();
    const [deadHook, wellHook] = [await house.hook(dead.url), await house.hook(well.url)];
    await house.tell(deadHook.webhook.id, { count: 10_000 });
    // Attempts that hang are given up at the end.
    const worker = house.worker({ graceMs: 100 });
    await dead.inbox.next();
    const waits: number[] = [];
    for (let round = 0; round < 50; round += 1) {
      const [id] = await house.tell(wellHook.webhook.id);
      const committedAt = performance.now();
      worker.poke();
      expect((await well.inbox.next()).headers['webhook-id']).toBe(id);
      waits.push(performance.now() - committedAt);
    }
    expect(Math.max(...waits)).toBeLessThan(onThisMachine(1000));
    expect(dead.connections()).toBeLessThanOrEqual(10);
  });

  test('endpoints that refuse and have 10,000 waiting delay no other', async () => {
    const house = await startHouse();
    const well = await startReceiver();
    const wellHook = await house.hook(well.url);
    for (let number = 0; number < 5; number += 1) {
      const { webhook } = await house.hook('http://127.0.0.1:1/');
      await house.tell(webhook.id, { count: 2000 });
    }
    const worker = house.worker();
    await worker.attempts.find(({ cause }) => cause === 'ECONNREFUSED');
    for (let round = 0; round < 20; round += 1) {
      await house.tell(wellHook.webhook.id);
      worker.poke();
      await well.inbox.next(1000);
    }
  });

  test('where few places are free each endpoint has its turn, however long the others have waited', async () => {
    const house = await startHouse();
    const hooks = [await house.hook('http://127.0.0.1:1/'), await house.hook('http://127.0.0.1:2/')];
    for (const { webhook } of hooks) await house.tell(webhook.id, { count: 20 });
    const claimed = await house.outbox.claim({ isFailing: false, limit: 4, perWebhook: 10, leaseSeconds: 30 });
    const counts = hooks.map(({ webhook }) => claimed.filter(({ webhookId }) => webhookId === webhook.id).length);
    expect(counts).toEqual([2, 2]);
  });

  test('several processes tell each thing once, and one endpoint no more than ten at a time', async () => {
    const house = await startHouse();
    let open = 0;
    let most = 0;
    const receiver = await startReceiver((response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.writeHead(204).end();
      }, 5);
    });
    const { webhook } = await house.hook(receiver.url);
    const ids = await house.tell(webhook.id, { count: 300 });
    const [first] = [house.worker(), house.worker(), house.worker()];
    const received: (string | string[] | undefined)[] = [];
    while (received.length < ids.length) received.push((await receiver.inbox.next()).headers['webhook-id']);
    await expect.poll(() => statuses(house.database.sql)).toEqual({ DELIVERED: 300 });
    expect(new Set(received)).toEqual(new Set(ids));
    expect(receiver.attempts()).toBe(300);
    // Two claims at the same instant do not see each other's leases; each is bounded by itself.
    expect(most).toBeLessThanOrEqual(30);
    expect(first?.troubles).toEqual([]);
  });
});

test('an endpoint that failed last time gets two at a time, however many wait for it', async () => {
  const house = await startHouse();
  const receiver = await startReceiver((response, attempt) => {
    if (attempt === 1) response.writeHead(500).end();
  });
  const { webhook } = await house.hook(receiver.url);
  await house.tell(webhook.id);
  const worker = house.worker({ graceMs: 100 });
  expect(await worker.attempts.next()).toMatchObject({ result: 'retried', cause: '500' });
  await house.tell(webhook.id, { count: 30 });
  await moveClock(house.database, { seconds: 10 });
  for (let attempt = 0; attempt < 3; attempt += 1) await receiver.inbox.next();
  const [{ count }] = await house.database.sql<[{ count: number }]>`
    select count(*)::int as count from webhook_deliveries where leased_until > app_now()`;
  expect(count).toBe(2);
});

describe('processes come and go', () => {
  test('killed in an attempt (kill -9): another process makes it again, with the same id', async () => {
    const house = await startHouse();
    const receiver = await startReceiver((response, attempt) => {
      if (attempt > 1) response.writeHead(204).end();
    });
    const { webhook, secret } = await house.hook(receiver.url);
    const [id] = await house.tell(webhook.id);
    const program = fileURLToPath(new URL('./worker-process.ts', import.meta.url));
    const child = spawn(process.execPath, [program, house.database.url, masterKey.toString('hex'), '2'], {
      stdio: 'inherit',
    });
    closeAfterwards(() => child.kill('SIGKILL'));
    const first = await receiver.inbox.next(15_000);
    child.kill('SIGKILL');
    await once(child, 'exit');

    const worker = house.worker();
    const second = await receiver.inbox.next(10_000);
    expect([first, second].map(({ headers }) => headers['webhook-id'])).toEqual([id, id]);
    expect(verify(secret, second)).toEqual(verify(secret, first));
    expect(await worker.attempts.next()).toMatchObject({ result: 'delivered', attempt: 2 });
  });

  test('a result that comes after its lease changes nothing', async () => {
    const house = await startHouse();
    const { webhook } = await house.hook('http://127.0.0.1:1/');
    const [id] = await house.tell(webhook.id);
    const request = { isFailing: false, limit: 10, perWebhook: 10, leaseSeconds: 30 };
    const [late] = await house.outbox.claim(request);
    expect(await house.outbox.claim(request)).toEqual([]);
    await moveClock(house.database, { seconds: 31 });
    const [current] = await house.outbox.claim(request);
    if (late === undefined || current === undefined) throw new Error('nothing was due');
    expect(await house.outbox.finish(late, { kind: 'DELIVERED' }, 200)).toMatchObject({ isKept: false });
    expect(await house.row(id)).toMatchObject({ status: 'PENDING', attempts: 2 });
    expect(await house.outbox.finish(current, { kind: 'DELIVERED' }, 200)).toMatchObject({ isKept: true });
    expect(await house.outbox.finish(current, { kind: 'GONE' }, 410)).toMatchObject({ isKept: false });
    expect(await house.row(id)).toMatchObject({ status: 'DELIVERED' });
  });

  test('a stop waits for deliveries under way, and hands back the others: another process sends them at once', async () => {
    const house = await startHouse();
    const receiver = await startReceiver((response, attempt) => {
      if (attempt > 1) response.writeHead(204).end();
    });
    const { webhook } = await house.hook(receiver.url);
    const [id] = await house.tell(webhook.id);
    const worker = house.worker({ graceMs: 100 });
    await receiver.inbox.next();
    await worker.stop();
    expect(await house.row(id)).toMatchObject({ status: 'PENDING', leased_until: null });
    house.worker();
    expect((await receiver.inbox.next()).headers['webhook-id']).toBe(id);
  });

  test('a database that goes away and comes back does not end it', async () => {
    const house = await startHouse();
    const receiver = await startReceiver();
    const { webhook } = await house.hook(receiver.url);
    const worker = house.worker();
    await house.database.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'vestibule'`;
    await house.tell(webhook.id);
    await receiver.inbox.next(10_000);
    await worker.stop();
  });
});

async function statuses(sql: Awaited<ReturnType<typeof startHouse>>['database']['sql']) {
  const rows = await sql<{ status: string; count: number }[]>`
    select status, count(*)::int as count from webhook_deliveries group by status`;
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}
