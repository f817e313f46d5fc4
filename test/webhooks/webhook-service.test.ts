import { describe, expect, test } from 'vitest';
import { createSafely } from '../../src/room/trouble.ts';
import type { Caller } from '../../src/rules/caller.ts';
import { createWebhookService } from '../../src/services/webhook.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { createWebhookStore } from '../../src/storage/webhook.ts';
import { createWebhookOutbox } from '../../src/storage/webhook-outbox.ts';
import { createSecretBox } from '../../src/tokens/secret-box.ts';
import { createEgress } from '../../src/webhooks/egress.ts';
import { closeAfterwards } from '../support/closers.ts';
import { moveClock } from '../support/database.ts';
import { backendOf, masterKey, newId, openGround, secrets, startHouse, startReceiver } from './webhook-kit.ts';

type House = Awaited<ReturnType<typeof startHouse>>;
const url = 'https://hooks.example.com/vestibule';
const input = { url, events: ['KNOCK_REQUESTED'] as const };
// For tests that look at nothing beyond their own domain.
const ground = await openGround();

type Ends = { readonly closedAt?: Date; readonly exp?: Date };

async function addRoom({ database, domainId }: House, name: string, { closedAt, exp }: Ends = {}) {
  await database.sql`
    insert into rooms (domain_id, id, name, version, privacy, enable_knocking, knock_timeout_seconds, knock_cooldown_seconds,
      owner_only_broadcast, eject_at_room_exp, start_video_off, start_audio_off, enable_screenshare, created_at, updated_at, closed_at, exp)
    values (${domainId}, gen_random_uuid(), ${name}, 1, 'PRIVATE', true, 600, 60, false, false, false, false, true, app_now(),
      app_now(), ${closedAt ?? null}, ${exp ?? null})`;
}

describe('who may', () => {
  const strangers: readonly [string, Caller, string][] = [
    ['nobody', { kind: 'ANYBODY' }, 'UNAUTHENTICATED'],
    ['an unknown credential', { kind: 'UNKNOWN', form: 'OTHER' }, 'UNAUTHENTICATED'],
    ['a key that reads', backendOf(newId<'Domain'>(), ['READ']), 'FORBIDDEN'],
    ['a key for rooms', backendOf(newId<'Domain'>(), ['ROOMS', 'TOKENS', 'ADMISSION']), 'FORBIDDEN'],
  ];

  test.each(strangers)('%s may do nothing', async (_name, caller, code) => {
    const { service, hook } = await startHouse(ground);
    const { webhook } = await hook(url);
    const answers = [
      service.create(caller, input),
      service.update(caller, { webhookId: webhook.id, isActive: false }),
      service.delete(caller, webhook.id),
      service.rotateSecret(caller, webhook.id),
      service.redeliver(caller, newId()),
      service.list(caller),
      service.deliveries(caller, webhook, {}),
      service.findById(caller, webhook.id),
      service.findDelivery(caller, newId()),
    ];
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ code });
  });

  test('another domain finds nothing, and an ADMIN key of this one everything', async () => {
    const { service, hook, tell, domainId } = await startHouse(ground);
    const { webhook } = await hook(url);
    const [delivery] = await tell(webhook.id);
    const other = backendOf(newId<'Domain'>());
    expect(await service.list(other)).toEqual([]);
    expect(await service.findById(other, webhook.id)).toBeNull();
    expect(await service.findDelivery(other, delivery)).toBeNull();
    expect(await service.update(other, { webhookId: webhook.id, isActive: false })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await service.delete(other, webhook.id)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await service.rotateSecret(other, webhook.id)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await service.redeliver(other, delivery)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await service.deliveries(other, webhook, {})).toMatchObject({ code: 'NOT_FOUND' });
    const admin = backendOf(domainId, ['ADMIN']);
    expect(await service.list(admin)).toEqual([webhook]);
    expect(await service.findDelivery(admin, delivery)).toMatchObject({ id: delivery, status: 'PENDING' });
  });

  test('ids that are not there, or could not be read, are not found', async () => {
    const { service, backend } = await startHouse(ground);
    for (const webhookId of [null, newId<'Webhook'>()]) {
      expect(await service.update(backend, { webhookId })).toMatchObject({ code: 'NOT_FOUND' });
      expect(await service.delete(backend, webhookId)).toMatchObject({ code: 'NOT_FOUND' });
      expect(await service.rotateSecret(backend, webhookId)).toMatchObject({ code: 'NOT_FOUND' });
    }
    for (const deliveryId of [null, newId<'WebhookDelivery'>()]) {
      expect(await service.redeliver(backend, deliveryId)).toMatchObject({ code: 'NOT_FOUND' });
    }
  });
});

describe('making and changing', () => {
  test('all problems of an input are named together', async () => {
    const { service, backend } = await startHouse(ground);
    const answer = await service.create(backend, { url: 'ftp://u:p@example.com', events: [] });
    expect(answer).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['input', 'url'] }, { path: ['input', 'events'] }],
    });
  });

  test.each([
    [{ url: 'ftp://example.com' }, ['url']],
    [{ events: [] }, ['events']],
    [{ url, events: [] }, ['events']],
    [{ url: 'nowhere', events: ['ROOM_CREATED'] as const }, ['url']],
    [{ url: 'nowhere', events: [], isActive: false }, ['url', 'events']],
  ])('an update with %j is refused, and changes nothing', async (change, fields) => {
    const { service, backend, hook } = await startHouse(ground);
    const { webhook } = await hook(url);
    const answer = await service.update(backend, { webhookId: webhook.id, ...change });
    expect(answer).toMatchObject({
      code: 'INVALID_INPUT',
      issues: fields.map((field) => ({ path: ['input', field] })),
    });
    expect(await service.findById(backend, webhook.id)).toEqual(webhook);
  });

  test('an address inside is refused at once, by create and by update', async () => {
    const house = await startHouse(ground);
    const service = createWebhookService({
      storage: { ...house.storage, ...house.outbox },
      secretBox: house.secretBox,
      egressPolicy: createEgress({ allowPrivate: false }),
      secrets,
      poke: () => undefined,
    });
    const refused = { code: 'INVALID_INPUT', issues: [{ path: ['input', 'url'] }] };
    for (const inside of ['http://127.1/', 'http://[::1]:4000/', 'http://169.254.169.254/', 'https://localhost/']) {
      expect(await service.create(house.backend, { ...input, url: inside })).toMatchObject(refused);
    }
    const { webhook } = await house.hook(url);
    const moved = { webhookId: webhook.id, url: 'http://0x7f000001/' };
    expect(await service.update(house.backend, moved)).toMatchObject(refused);
    expect(await service.findById(house.backend, webhook.id)).toEqual(webhook);
  });

  test('a webhook for one room needs that room to live', async () => {
    const house = await startHouse(ground);
    await addRoom(house, 'standup');
    await addRoom(house, 'closed', { closedAt: new Date() });
    await addRoom(house, 'over', { exp: new Date(Date.now() - 1_000) });
    await addRoom(house, 'until-later', { exp: new Date(Date.now() + 3_600_000) });
    await addRoom(await startHouse(ground), 'theirs');
    const make = (roomName: string) => house.service.create(house.backend, { ...input, roomName });
    expect(await make('standup')).toMatchObject({ webhook: { roomName: 'standup', isActive: true } });
    expect(await make('until-later')).toMatchObject({ webhook: { roomName: 'until-later' } });
    for (const name of ['closed', 'over', 'theirs', 'other', '', 'a b'])
      expect(await make(name)).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a domain has twenty, and a deleted one makes room', async () => {
    const { service, backend, hook } = await startHouse(ground);
    const [first] = await Promise.all(Array.from({ length: 20 }, () => hook(url)));
    expect(await service.create(backend, input)).toMatchObject({ code: 'INVALID_INPUT' });
    await service.delete(backend, first?.webhook.id ?? null);
    expect(await service.create(backend, input)).toMatchObject({ webhook: { url } });
  });

  test('what is left out of an update stays, and events come once', async () => {
    const { service, backend, hook } = await startHouse(ground);
    const { webhook } = await hook(url, ['ROOM_CREATED', 'KNOCK_REQUESTED', 'ROOM_CREATED']);
    expect(webhook.events).toEqual(['KNOCK_REQUESTED', 'ROOM_CREATED']);
    const changed = await service.update(backend, { webhookId: webhook.id, events: ['ROOM_DELETED'] });
    expect(changed).toEqual({ ...webhook, events: ['ROOM_DELETED'] });
    expect(await service.update(backend, { webhookId: webhook.id })).toEqual(changed);
  });

  test('switched on again or sent elsewhere, it starts without a record of failure; otherwise the record stays', async () => {
    const { service, backend, hook, database } = await startHouse();
    const { webhook } = await hook(url);
    const changes = [{ isActive: true }, { url: `${url}/2` }, { events: ['ROOM_CREATED'] as const }];
    const records: boolean[] = [];
    for (const change of changes) {
      await database.sql`update webhooks set failing_since = app_now(), call_again_at = app_now()`;
      await service.update(backend, { webhookId: webhook.id, ...change });
      const [row] = await database.sql`select failing_since, call_again_at from webhooks`;
      records.push(row?.failing_since !== null, row?.call_again_at !== null);
    }
    expect(records).toEqual([false, false, false, false, true, true]);
  });

  test('switched off or deleted: by the time of the answer what waited has ended, and nothing is sent', async () => {
    const { service, backend, hook, tell, worker } = await startHouse();
    const receiver = await startReceiver();
    for (const stop of ['update', 'delete'] as const) {
      const { webhook } = await hook(receiver.url);
      const ids = await tell(webhook.id, { count: 1500 });
      const answer =
        stop === 'delete'
          ? await service.delete(backend, webhook.id)
          : await service.update(backend, { webhookId: webhook.id, isActive: false });
      expect(answer).toMatchObject({ id: webhook.id, isActive: false });
      for (const id of [ids[0], ids.at(-1) ?? ids[0]]) {
        expect(await service.findDelivery(backend, id)).toMatchObject({ status: 'FAILED', nextAttemptAt: null });
      }
    }
    expect(await service.list(backend)).toHaveLength(1);
    const { queued } = worker();
    expect(await queued.next()).toMatchObject({ pending: 0 });
    expect(receiver.connections()).toBe(0);
  });
});

describe('the log of deliveries', () => {
  test('newest first, page by page, without gap or double', async () => {
    const { service, backend, hook, tell } = await startHouse(ground);
    const { webhook } = await hook(url);
    const told = await tell(webhook.id, { count: 7 });
    await tell((await hook(url)).webhook.id, { count: 2 });
    const seen: string[] = [];
    let after: string | null = null;
    for (let isMore = true; isMore; ) {
      const page = await service.deliveries(backend, webhook, { first: 3, after });
      if ('refusal' in page) throw new Error(page.message);
      expect(page.hasPreviousPage).toBe(seen.length > 0);
      expect(await page.totalCount()).toBe(7);
      seen.push(...page.items.map(({ item }) => item.id));
      after = page.items.at(-1)?.cursor ?? null;
      isMore = page.hasNextPage;
    }
    const rows = await Promise.all(told.map((id) => service.findDelivery(backend, id)));
    const byAge = rows.flatMap((row) => (row !== null && 'createdAt' in row ? [row] : []));
    byAge.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
    expect(seen).toEqual(byAge.map(({ id }) => id));
  });

  test.each([
    [{ first: 0 }, 'first'],
    [{ first: 101 }, 'first'],
    [{ after: 'nonsense' }, 'after'],
    [{ after: '' }, 'after'],
    [{ after: Buffer.from('1.x').toString('base64url') }, 'after'],
  ])('%j is refused', async (args, field) => {
    const { service, backend, hook } = await startHouse(ground);
    const { webhook } = await hook(url);
    expect(await service.deliveries(backend, webhook, args)).toMatchObject({ issues: [{ path: [field] }] });
  });

  test.each(['DELIVERED', 'FAILED', 'PENDING'])(
    'one that is %s is sent again, now and with the same id',
    async (status) => {
      const { service, backend, hook, tell, worker, database } = await startHouse();
      const receiver = await startReceiver();
      const { webhook } = await hook(receiver.url);
      const [id] = await tell(webhook.id);
      await database.sql`
      update webhook_deliveries set status = ${status}, attempts = 10, response_status = 500,
        next_attempt_at = ${status === 'PENDING' ? new Date(Date.now() + 3_600_000) : null},
        ended_at = ${status === 'PENDING' ? null : new Date()}`;
      worker();
      const again = await service.redeliver(backend, id);
      expect(again).toMatchObject({ id, status: 'PENDING', attempts: 10, nextAttemptAt: expect.any(Date) });
      const dueAt = 'nextAttemptAt' in again ? again.nextAttemptAt : null;
      expect(Math.abs((dueAt?.getTime() ?? 0) - Date.now())).toBeLessThan(600_000);
      expect((await receiver.inbox.next()).headers['webhook-id']).toBe(id);
      await expect.poll(() => service.findDelivery(backend, id)).toMatchObject({ status: 'DELIVERED', attempts: 11 });
    },
  );

  test('one that is sent again is no longer among those that ended', async () => {
    const { service, backend, hook, tell, outbox, database, row } = await startHouse();
    const [id] = await tell((await hook(url)).webhook.id);
    await database.sql`update webhook_deliveries set status = 'FAILED', ended_at = app_now() - interval '31 days'`;
    expect(await service.redeliver(backend, id)).toMatchObject({ status: 'PENDING' });
    expect(await outbox.forget(30, 10)).toBe(0);
    expect(await row(id)).toMatchObject({ ended_at: null });
  });

  test('one that is on its way is left alone and not sent twice, one of a webhook that is off is refused', async () => {
    const { service, backend, hook, tell, outbox, row } = await startHouse();
    const { webhook } = await hook(url);
    const [id] = await tell(webhook.id);
    await outbox.claim({ isFailing: false, limit: 1, perWebhook: 1, leaseSeconds: 30 });
    const leased = await row(id);
    expect(await service.redeliver(backend, id)).toMatchObject({ status: 'PENDING', attempts: 1 });
    expect(await row(id)).toEqual(leased);
    const [waiting] = await tell(webhook.id);
    await service.update(backend, { webhookId: webhook.id, isActive: false });
    // What the endpoint answers to it is kept: it may have taken it.
    expect(await row(id)).toEqual(leased);
    const ended = await row(waiting);
    expect(ended).toMatchObject({ status: 'FAILED', next_attempt_at: null });
    for (const one of [id, waiting]) expect(await service.redeliver(backend, one)).toMatchObject({ code: 'FORBIDDEN' });
    expect([await row(id), await row(waiting)]).toEqual([leased, ended]);
    await service.delete(backend, webhook.id);
    expect(await service.redeliver(backend, id)).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('what ended thirty days ago is forgotten, and deleted webhooks with it', async () => {
    const { service, backend, hook, tell, outbox, database, row } = await startHouse();
    const [gone, kept] = [await hook(url), await hook(url)];
    await tell(gone.webhook.id, { count: 5 });
    await service.delete(backend, gone.webhook.id);
    const [waiting] = await tell(kept.webhook.id);
    expect(await outbox.forget(30, 3)).toBe(0);
    await moveClock(database, { seconds: 31 * 24 * 3600 });
    expect(await outbox.forget(30, 3)).toBe(3);
    expect(await outbox.forget(30, 3)).toBe(2);
    expect(await outbox.forget(30, 3)).toBe(0);
    expect(await row(waiting)).toMatchObject({ status: 'PENDING' });
    expect(await database.sql`select id from webhooks`).toEqual([{ id: kept.webhook.id }]);
  });

  test('the queue is measured: how many, and for how long the oldest waits', async () => {
    const { hook, tell, outbox, database } = await startHouse();
    expect(await outbox.measure()).toEqual({ pending: 0, lagSeconds: 0 });
    const [one, two] = [await hook(url), await hook(url)];
    await tell(one.webhook.id, { count: 3 });
    await tell(two.webhook.id);
    await moveClock(database, { seconds: 60 });
    expect(await outbox.measure()).toEqual({ pending: 4, lagSeconds: expect.closeTo(60, -1) });
  });
});

test('without a database the answer is UNAVAILABLE, and operators are told', async () => {
  const gone = openDatabase({ url: 'postgres://127.0.0.1:1/none', poolSize: 1 });
  closeAfterwards(gone.close);
  const told: unknown[] = [];
  const service = createWebhookService({
    storage: { ...createWebhookStore(gone), ...createWebhookOutbox(gone) },
    secretBox: createSecretBox(masterKey),
    egressPolicy: createEgress({ allowPrivate: false }),
    secrets,
    poke: () => undefined,
  });
  const safely = createSafely((error) => told.push(error));
  const backend = backendOf(newId<'Domain'>());
  expect(await safely(() => service.create(backend, input))).toMatchObject({ code: 'UNAVAILABLE' });
  expect(await safely(() => service.list(backend))).toMatchObject({ code: 'UNAVAILABLE' });
  expect(told).toHaveLength(2);
});
