import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startFakeLiveKit } from '../media/fake-livekit.ts';
import { connectLiveKit } from '../media/gate-kit.ts';
import { liveKitKey } from '../media/livekit-server.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { findFreePort, startServer } from '../support/server.ts';
import { settingsFor, vestibuleWith } from './command-line.ts';

const findings = z.array(z.object({ what: z.string(), state: z.string(), found: z.string(), hint: z.string() }));

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await (await startServer({ databaseUrl: database.url })).stop();
});

/** What it says of each thing that is not well, and its exit code. */
async function examine(env: Readonly<Record<string, string | undefined>>) {
  // Whatever has the usual port on this machine is none of the tests' business.
  const { exitCode, stdout } = await vestibuleWith({ PORT: String(await findFreePort()), ...env })('doctor', '--json');
  const found = findings.parse(JSON.parse(stdout));
  return { exitCode, found, ill: found.filter(({ state }) => state !== 'OK' && state !== 'SKIPPED') };
}

test('finds nothing where all is well', async () => {
  const { exitCode, found, ill } = await examine(settingsFor(database.url));
  expect([exitCode, ill]).toEqual([0, []]);
  expect(found.map(({ what }) => what)).toEqual([
    'settings',
    'mode',
    'page texts',
    'port',
    'origins',
    'disk',
    'NATS',
    'database',
    'migrations',
    'cluster',
    'clock',
    'master key',
    'address',
    'domain names',
    'keys of default',
    'webhooks of default',
    'media server of default',
  ]);
  const { stdout } = await vestibuleWith(settingsFor(database.url))('doctor');
  expect(stdout).toMatch(/^OK {7}settings: /m);
});

type Ill = () => Promise<Readonly<Record<string, string | undefined>>>;

async function takePort(answer: string, host = '127.0.0.1'): Promise<string> {
  const other = createServer((_request, response) => void response.end(answer));
  other.listen(0, host);
  await once(other, 'listening');
  closeAfterwards(() => {
    other.closeAllConnections();
    other.close();
  });
  const address = other.address();
  return String(typeof address === 'object' ? address?.port : 0);
}

const ills: Readonly<Record<string, readonly [what: string, make: Ill]>> = {
  'a setting': ['settings', async () => ({ ...settingsFor(database.url), POOL_SIZE: 'many' })],
  'a port that another program has': [
    'port',
    async () => ({ ...settingsFor(database.url), PORT: await takePort('hello') }),
  ],
  'a port of metrics that another program has': [
    'port',
    async () => ({ ...settingsFor(database.url), METRICS_PORT: await takePort('hello') }),
  ],
  'a language of one’s own that lacks a sentence': [
    'page texts',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'vestibule-texts-'));
      closeAfterwards(() => rm(folder, { recursive: true, force: true }));
      await writeFile(join(folder, 'sv.json'), '{}');
      return { ...settingsFor(database.url), PAGE_TEXTS: folder };
    },
  ],
  'a domain that has the name of a path of the service': [
    'domain names',
    async () => {
      const own = await createTestDatabase();
      await (await startServer({ databaseUrl: own.url })).stop();
      await own.sql`insert into domains (id, name, created_at) values (gen_random_uuid(), 'media', now())`;
      return settingsFor(own.url);
    },
  ],
  'a database that is away': [
    'database',
    async () => settingsFor(`postgres://u:hunter2@127.0.0.1:${await findFreePort()}/db`),
  ],
  'a master key': [
    'master key',
    async () => ({ ...settingsFor(database.url), MASTER_KEY: randomBytes(32).toString('base64') }),
  ],
  'an address that is not the one of the other processes': [
    'address',
    async () => {
      const own = settingsFor((await createTestDatabase()).url);
      await vestibuleWith(own)('public-url', 'https://meet.example.com');
      return { ...own, PUBLIC_URL: 'https://other.example.com' };
    },
  ],
  'a NATS that is away': [
    'NATS',
    async () => ({ ...settingsFor(database.url), EVENTS_URL: `nats://u:hunter2@127.0.0.1:${await findFreePort()}` }),
  ],
  'migrations that are missing, where the start applies none': [
    'migrations',
    async () => ({ ...settingsFor((await createTestDatabase('template0')).url), MIGRATE_ON_START: 'false' }),
  ],
  'a media server that is away': [
    'media server of default',
    async () => {
      const own = await createTestDatabase();
      const server = await startServer({ databaseUrl: own.url });
      const livekit = {
        kind: 'LIVEKIT',
        url: `ws://127.0.0.1:${await findFreePort()}`,
        apiKey: 'key',
        apiSecret: 'x'.repeat(32),
      };
      await seed(server).ask(
        'mutation ($input: SetMediaServerInput!) { setMediaServer(input: $input) { __typename } }',
        {
          input: livekit,
        },
      );
      await server.stop();
      return settingsFor(own.url);
    },
  ],
  'a media server that refuses the key': [
    'media server of default',
    async () => {
      const own = await createTestDatabase();
      await (await startServer({ databaseUrl: own.url })).stop();
      const { url } = await startFakeLiveKit();
      await connectLiveKit(own, { apiKey: liveKitKey.apiKey, apiSecret: 'x'.repeat(32), url });
      return { ...settingsFor(own.url), MEDIA_ALLOW_PRIVATE: '127.0.0.1' };
    },
  ],
};

test.each(Object.entries(ills))(
  'names %s that is not well, with what to do, and goes on',
  async (_what, [what, make]) => {
    const { exitCode, found, ill } = await examine(await make());
    expect(exitCode).toBe(1);
    const [first] = ill.filter((one) => one.what === what);
    expect(first).toMatchObject({ state: 'PROBLEM', hint: expect.stringMatching(/\w/) });
    expect(JSON.stringify(found)).not.toContain('hunter2');
  },
);

test('before an upgrade it looks at all else, where only migrations are missing', async () => {
  const own = await createTestDatabase();
  await (await startServer({ databaseUrl: own.url })).stop();
  await own.sql`insert into domains (id, name, created_at) values (gen_random_uuid(), 'media', now())`;
  await own.sql`delete from drizzle.__drizzle_migrations where created_at = (select max(created_at) from drizzle.__drizzle_migrations)`;
  // What the migration brings is not there yet.
  await own.sql`alter table domains drop column door_page cascade`;
  const { exitCode, ill, found } = await examine(settingsFor(own.url));
  expect([exitCode, ill.map(({ what, state }) => `${what} ${state}`)]).toEqual([
    1,
    ['migrations WARNING', 'domain names PROBLEM'],
  ]);
  expect(found.find(({ what }) => what === 'domains')).toMatchObject({ state: 'SKIPPED' });
  await own.sql`update domains set name = 'my-media' where name = 'media'`;
  expect((await examine(settingsFor(own.url))).exitCode).toBe(0);
  const locked = await examine({ ...settingsFor(own.url), MASTER_KEY: randomBytes(32).toString('base64') });
  expect(locked.ill).toMatchObject([{ what: 'migrations' }, { what: 'master key', state: 'PROBLEM' }]);
});

test('changes nothing where there is no database yet, and none of an installation that was never started', async () => {
  const empty = await createTestDatabase('template0');
  expect(await examine(settingsFor(empty.url))).toMatchObject({ exitCode: 0, ill: [] });
  expect(await empty.sql`select to_regclass('domains') as domains`).toEqual([{ domains: null }]);
  await vestibuleWith(settingsFor(empty.url))('migrate');
  expect(await examine(settingsFor(empty.url))).toMatchObject({ exitCode: 0, ill: [] });
  expect(await empty.sql`select name from installation_keys`).toEqual([]);
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-doctor-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  const { exitCode, found } = await examine({ PATH: process.env.PATH, DATA_DIR: join(folder, 'data') });
  expect([exitCode, found.at(-1)]).toMatchObject([0, { what: 'database', state: 'SKIPPED' }]);
  expect(await readdir(folder)).toEqual([]);
});

test('in production, an address that nobody has set is a warning, and one that is recorded counts', async () => {
  const own = { ...settingsFor((await createTestDatabase()).url), NODE_ENV: 'production' };
  const addresses = async () => (await examine(own)).found.filter(({ what }) => what === 'address');
  expect(await addresses()).toMatchObject([{ state: 'WARNING', hint: expect.stringContaining('PUBLIC_URL') }]);
  await vestibuleWith(own)('public-url', 'https://meet.example.com');
  expect(await addresses()).toMatchObject([
    { state: 'OK', found: expect.stringContaining('https://meet.example.com') },
  ]);
});

test('a webhook that was switched off is a warning', async () => {
  const own = await createTestDatabase();
  const server = await startServer({ databaseUrl: own.url });
  const input = { url: 'http://127.0.0.1:9/', events: ['KNOCK_REQUESTED'] };
  await seed(server).ask('mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { __typename } }', {
    input,
  });
  await server.stop();
  await own.sql`update webhooks set is_active = false`;
  const { exitCode, ill } = await examine(settingsFor(own.url));
  expect([exitCode, ill.map(({ what, state }) => [what, state])]).toEqual([0, [['webhooks of default', 'WARNING']]]);
});

test('says whether the service runs at the port, which pages may call it, and whether there is a key', async () => {
  const own = await createTestDatabase();
  const running = await startServer({ databaseUrl: own.url });
  const port = new URL(running.url).port;
  const shown = await examine({ ...settingsFor(own.url), PORT: port, ALLOWED_ORIGINS: 'https://app.example.com' });
  expect(shown.ill).toEqual([]);
  const found = Object.fromEntries(shown.found.map((one) => [one.what, one.found]));
  expect(found.port).toBe(`the service answers at ${port}`);
  expect(found.origins).toMatch(/http:\/\/localhost.*https:\/\/app\.example\.com/);
  expect(found['keys of default']).toBe('1 can be used');
  for (const ended of ['revoked_at = app_now()', "revoked_at = null, exp = app_now() - interval '1 second'"]) {
    await own.sql.unsafe(`update api_keys set ${ended}`);
    const without = await examine({ ...settingsFor(own.url), PORT: port });
    expect(without.ill, ended).toMatchObject([
      { what: 'keys of default', state: 'WARNING', hint: expect.stringContaining('vestibule key create') },
    ]);
  }
});

test('says how much room there is where the database is kept', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-doctor-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  const { found } = await examine({ PATH: process.env.PATH, DATA_DIR: folder });
  const { bavail, bsize } = await statfs(folder);
  const says = found.find(({ what }) => what === 'disk')?.found ?? '';
  expect(says).toMatch(/^\d+ MiB are free/);
  // Others write on this machine as well.
  const isNear = Number.parseInt(says, 10) / ((bavail * bsize) / 2 ** 20);
  expect(isNear).toBeGreaterThan(0.5);
  expect(isNear).toBeLessThan(2);
});

const hasIPv6 = Object.values(networkInterfaces()).some((own) => own?.some(({ address }) => address === '::1'));

test.each(['127.0.0.1', '0.0.0.0', ...(hasIPv6 ? ['::1', '::'] : [])])(
  'asks the service where it is, at HOST %s',
  async (host) => {
    const port = await takePort('{"status":"ok"}', host);
    const { found } = await examine({ ...settingsFor(database.url), HOST: host, PORT: port });
    expect(found.find(({ what }) => what === 'port')).toMatchObject({
      state: 'OK',
      found: `the service answers at ${port}`,
    });
  },
);

test.each([-5, 0, 5])('of a database whose clock is %i s ahead it says whether that is too much', async (seconds) => {
  const own = await createTestDatabase();
  await moveClock(own, { seconds });
  const { found } = await examine(settingsFor(own.url));
  const hint = seconds === 0 ? '' : expect.stringContaining('NTP');
  expect(found.find(({ what }) => what === 'clock')).toMatchObject({ state: seconds === 0 ? 'OK' : 'WARNING', hint });
});

test('warns where pages of every machine of its own may call a service that is for others', async () => {
  const modes = ['development', 'production'].map(async (NODE_ENV) => {
    const { exitCode, ill } = await examine({
      ...settingsFor(database.url),
      PUBLIC_URL: 'https://meet.example.com',
      NODE_ENV,
    });
    return [exitCode, ill.map(({ what, state }) => `${what} ${state}`)];
  });
  expect(await Promise.all(modes)).toEqual([
    [0, ['mode WARNING']],
    [0, []],
  ]);
});
