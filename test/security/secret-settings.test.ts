import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { parseConfig, settingNames } from '../../src/config.ts';
import { secretSettings, withoutSecrets } from '../../src/setting-secrets.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { findFreePort, type ServerProcess, spawnServer } from '../support/server.ts';
import { findServiceBundle } from '../support/service-bundle.ts';
import { onThisMachine } from '../support/timing.ts';
import { Secrets } from './secret-search.ts';

// Each setting that holds a secret is given one that is looked for in all that the service says: at a start that fails, one way after
// the other, and at work while what the settings name goes wrong.

/** Settings that hold none: what they say may be shown. */
const plainSettings: ReadonlySet<string> = new Set([
  'PORT',
  'HOST',
  'PUBLIC_URL',
  'ROOM_URL_TEMPLATE',
  'DATA_DIR',
  'ALLOWED_ORIGINS',
  'TRUSTED_PROXIES',
  'MIGRATE_ON_START',
  'TRIAL',
  'RATE_LIMITS',
  'MAX_OPERATIONS',
  'MAX_OPERATIONS_PER_ADDRESS',
  'MAX_STREAMS_PER_ADDRESS',
  'MAX_CONNECTIONS_PER_ADDRESS',
  'MAX_QUERY_COST',
  'LOG_LEVEL',
  'METRICS_PORT',
  'METRICS_HOST',
  'DRAIN_SECONDS',
  'WEBHOOK_ALLOW_PRIVATE',
  'MEDIA_ALLOW_PRIVATE',
  'INTROSPECTION',
  'GRAPHIQL',
  'PAGE_TEXTS',
  'POOL_SIZE',
  'EVENT_RETENTION_DAYS',
  'NODE_ENV',
]);

type SecretSetting = (typeof secretSettings)[number];

const marker = `${randomBytes(12).toString('hex')}`;
const masterKey = randomBytes(32).toString('base64');
const otherMasterKey = randomBytes(32).toString('base64');
/** A password that has to be spelled out, and its spelling. */
const spelled = encodeURIComponent(`p/${marker}@?#`);

/** Values that cannot be used, each with the marker in a place of its own. */
const badUrls = ({ closed }: { readonly closed: number }) => [
  `postgres://user:${spelled}@127.0.0.1:${closed}/db`,
  `postgres://user:12/${marker}@127.0.0.1:${closed}/db`,
  `postgres://user:12#${marker}@127.0.0.1:${closed}/db`,
  `postgres://user:12?${marker}@127.0.0.1:${closed}/db`,
  `postgres://user:%zz${marker}@127.0.0.1:${closed}/db`,
  `postgres://127.0.0.1:${closed}/db?user=user&password=${marker}`,
  `postgres://user:${marker}@127.0.0.1:999999/db`,
  `postgres://user:${marker}@127.0.0.1:${closed},127.0.0.1:1/db?sslrootcert=/nowhere&sslmode=require`,
  `postgres://user:${marker}@127.0.0.1:${closed}/db?${marker}=1`,
  `postgres://user:${marker}@127.0.0.1:${closed}/db?sslmode=${marker}`,
  `mysql://user:${marker}@127.0.0.1/db`,
  marker,
];

const bad: Readonly<Record<SecretSetting, (ports: { closed: number }) => readonly string[]>> = {
  DATABASE_URL: badUrls,
  DATABASE_DIRECT_URL: badUrls,
  MASTER_KEY: () => [marker, `!${marker}`],
  MASTER_KEY_PREVIOUS: () => [marker, `${masterKey},${marker}`, `!${marker}`],
  BOOTSTRAP_API_KEY: () => [marker, `vk_id!_${marker}`],
  EVENTS_URL: ({ closed }) => [
    `nats://user:%zz${marker}@127.0.0.1:${closed}`,
    `nats://user:12/${marker}@127.0.0.1:${closed}`,
    `nats://user:12?${marker}@127.0.0.1:${closed}`,
    `nats://user:12#${marker}@127.0.0.1:${closed}`,
    `nats://127.0.0.1:${closed}/${marker}`,
    `redis://${marker}@127.0.0.1`,
    marker,
  ],
};

/** All that a process says which cannot start, and how it ended. */
async function failToStart(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [await findServiceBundle()], {
    cwd: join(import.meta.dirname, '../..'),
    env: { PATH: process.env.PATH, PORT: '0', LOG_LEVEL: 'trace', ...env },
  });
  closeAfterwards(() => child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  await once(child, 'close');
  return { code: child.exitCode, said };
}

/** All that a command says which cannot be done, and its exit code. */
async function failCommand(words: readonly string[], environment: Readonly<Record<string, string>>) {
  let said = '';
  const hear = (text: string) => {
    said += text;
  };
  return { code: await run(words, { environment, streams: { stdout: hear, stderr: hear } }), said };
}

test('each setting holds a secret or does not', () => {
  expect([...secretSettings, ...plainSettings].toSorted()).toEqual(settingNames.toSorted());
});

// It waits for its deadline while the others start.
test.concurrent('a database that takes connections and says nothing ends the start in a quarter of a minute, and is told nothing', async () => {
  let heard = '';
  const sockets = new Set<Socket>();
  // Counted from when it asks: how long a process takes to be there is the machine's affair.
  let begun = Number.NaN;
  const silent = createServer((socket) => {
    if (sockets.size === 0) begun = performance.now();
    sockets.add(socket.on('error', () => undefined).on('data', (chunk) => (heard += chunk.toString('latin1'))));
  }).listen(0, '127.0.0.1');
  closeAfterwards(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  await once(silent, 'listening');
  const address = silent.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  const DATABASE_URL = `postgres://user:${spelled}@127.0.0.1:${address.port}/db`;
  const { code, said } = await failToStart({ DATABASE_URL, MASTER_KEY: masterKey });
  expect([code, performance.now() - begun < onThisMachine(17_000)]).toEqual([1, true]);
  expect(said).toContain('CONNECT_TIMEOUT');
  expect(said + heard).not.toContain(marker);
});

test.concurrent.each(secretSettings)(
  'a %s that cannot be used ends the start, and nothing of it is shown',
  async (name) => {
    const usable = { DATABASE_URL: `postgres://user@127.0.0.1:${await findFreePort()}/db`, MASTER_KEY: masterKey };
    const values = bad[name]({ closed: await findFreePort() });
    const folder = await mkdtemp(join(tmpdir(), 'vestibule-secret-'));
    closeAfterwards(() => rm(folder, { recursive: true, force: true }));
    await Promise.all(
      values.map(async (value, index) => {
        const file = join(folder, String(index));
        await writeFile(file, `${name}='${value}'\n`, { mode: 0o600 });
        const { [name as 'MASTER_KEY']: _replaced, ...rest } = usable;
        const runs = await Promise.all([
          failToStart({ ...usable, [name]: value }),
          failCommand(['key', 'list', '--settings', file], rest),
        ]);
        for (const { code, said } of runs) {
          expect([code, said.length > 20], value).toEqual([1, true]);
          expect(said, value).not.toContain(marker);
        }
      }),
    );
  },
);

describe('while it works, and what the settings name goes wrong', () => {
  const secrets = new Secrets();
  let server: ServerProcess;
  const shown: string[] = [];

  beforeAll(async () => {
    const database = await createTestDatabase();
    const role = `role_${randomBytes(8).toString('hex')}`;
    await database.sql.unsafe(`create role ${role} superuser login password '${marker}db'`);
    closeAfterwards(async () => {
      await database.sql.unsafe(`drop role ${role}`);
    });
    const url = Object.assign(new URL(database.url), { username: role, password: `${marker}db` });
    const given: Readonly<Record<SecretSetting, string>> = {
      DATABASE_URL: url.href,
      DATABASE_DIRECT_URL: url.href,
      MASTER_KEY: masterKey,
      MASTER_KEY_PREVIOUS: otherMasterKey,
      BOOTSTRAP_API_KEY: `vk_testbackend_${marker}${marker}`,
      EVENTS_URL: `nats://user:${marker}nats@127.0.0.1:${await findFreePort()}`,
    };
    secrets.add('a password', marker);
    secrets.add('MASTER_KEY', masterKey);
    secrets.add('MASTER_KEY_PREVIOUS', otherMasterKey);
    server = await spawnServer({
      databaseUrl: url.href,
      env: { ...given, LOG_LEVEL: 'trace', MIGRATE_ON_START: 'true' },
    });
    const backend = seed(server);
    const look = async () => {
      const paths = ['/health', '/ready', '/metrics', '/graphql', '/schema.graphql', '/.well-known/jwks.json', '/'];
      const answers = await Promise.all(paths.map((path) => fetch(`${server.url}${path}`)));
      for (const answer of answers) shown.push(JSON.stringify([...answer.headers]), await answer.text());
      shown.push(JSON.stringify(await backend.ask('{ domain { name } rooms { totalCount } viewer { __typename } }')));
    };
    await look();
    await vi.waitFor(() => expect(server.output()).toContain('"reason":"NOT_REACHED"'), 10_000);
    // Nobody knows the password any more, nor has a connection.
    await database.sql.unsafe(`alter role ${role} password 'another' nologin`);
    await database.sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = ${role}`;
    await look();
    await server.kill('SIGTERM');
  });

  test('neither the log nor what it answers holds one', () => {
    expect(shown.join()).toContain('UNAVAILABLE');
    expect(server.output()).toContain('"correlationId"');
    expect(secrets.findIn(server.output())).toEqual([]);
    expect(shown.filter((text) => secrets.findIn(text).length > 0)).toEqual([]);
  });
});

test('whatever is shown at the end of a process has its secrets taken out, in each spelling', () => {
  const environment = {
    DATABASE_URL: `postgres://user:${spelled}@one,two:5433/db`,
    DATABASE_DIRECT_URL: `postgres://user:${marker}direct@host/db`,
    MASTER_KEY: masterKey,
    MASTER_KEY_PREVIOUS: otherMasterKey,
    BOOTSTRAP_API_KEY: `vk_id_${marker}`,
    EVENTS_URL: `nats://${marker}token@host`,
  } satisfies Record<SecretSetting, string>;
  const texts = [...Object.values(environment), spelled, decodeURIComponent(spelled), `${marker}token`];
  for (const text of texts) expect(withoutSecrets(`<${text}>`, environment)).toBe('<…>');
  expect(withoutSecrets('nothing of it', {})).toBe('nothing of it');
  const several = { MASTER_KEY_PREVIOUS: `${otherMasterKey}, ${masterKey}` };
  for (const key of [otherMasterKey, masterKey]) expect(withoutSecrets(`<${key}>`, several)).toBe('<…>');
});

test('URLs that can be used are taken as they are', () => {
  for (const DATABASE_URL of [
    'postgres://user@host/db',
    `postgresql://user:${spelled}@host:5433/db?sslmode=verify-full`,
    'postgres://host/db?options=-c%20search_path%3Dx',
  ]) {
    expect(parseConfig({ DATABASE_URL, MASTER_KEY: masterKey }).databaseUrl).toBe(DATABASE_URL);
  }
  for (const EVENTS_URL of ['nats://host', 'tls://host:4222/', `nats://user:${spelled}@[::1]:4222`]) {
    expect(parseConfig({ EVENTS_URL }).eventsUrl).toBe(EVENTS_URL);
  }
});
