import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createApp, explainStartFailure } from '../src/app.ts';
import { ConfigError, parseConfig, settingNames } from '../src/config.ts';
import { withEnvFile } from '../src/env-file.ts';
import { secretSettings } from '../src/setting-secrets.ts';
import { vestibuleWith } from './cli/command-line.ts';
import { closeAfterwards } from './support/closers.ts';

// Every setting, given wrongly: the message names it, says what arrived unless that may be a secret, and what is needed.

type Wrong = {
  /** None of these can be used. */
  readonly values: readonly string[];
  /** What the message says of what is needed. */
  readonly needs: RegExp;
  /** Any text could be right: what is wrong shows when the service starts. */
  readonly atStart?: true;
};

const numbers = (needs: string, tooLarge: string): Wrong => ({
  values: [tooLarge, '-1', '1e3', '0x10', '5.5', 'ten', '1 000'],
  needs: new RegExp(`must be a whole number from ${needs}`),
});
const flags: Wrong = { values: ['yes', '1', 'TRUE', 'on', 'truefalse'], needs: /must be true or false/ };
const somewhere: Wrong = {
  values: ['no.such.host.invalid', '192.0.2.1'],
  needs: /an address of this machine/,
  atStart: true,
};
const databaseUrls: Wrong = {
  values: [
    'mysql://user:hunter2@db/vestibule',
    'db.internal:5432',
    'postgres://user:hunter2@db:99999/vestibule',
    'postgres://user:hunter2@db/vestibule?sslmode=on',
    'postgres://user:hunter2@db/vestibule?sslmode=verify-full&sslmode=disable',
    'postgres://user:hunter2@db/vestibule?channel_binding=require',
    'postgres://user:hunter2@db/vestibule?no_such_parameter=1',
  ],
  needs: /must be|leave (?:it|one) out|use /,
};
const masterKeys: Wrong = {
  values: ['hunter2', 'hunter2'.repeat(9), 'a'.repeat(44), '0'.repeat(64)],
  needs: /at least 32 random bytes/,
};

/** A new setting has a row here: which values cannot be right? */
const wrong: Readonly<Record<string, Wrong>> = {
  PORT: numbers('0 to 65535', '65536'),
  HOST: somewhere,
  PUBLIC_URL: {
    values: [
      'meet.example.com',
      'ftp://meet.example.com',
      'https://meet.example.com/door',
      'https://a@meet.example.com',
      'https://',
    ],
    needs: /must be an http\(s\) URL without a path/,
  },
  ROOM_URL_TEMPLATE: {
    values: [
      '/{room}',
      'https://meet.example.com/',
      'https://meet.example.com/{tenant}/{room}',
      'https://meet.example.com/{room}?t=1',
      'https://meet.example.com/?lang=de&t={room}',
      'https://meet.example.com/#t={room}',
    ],
    needs: /contains \{room\}/,
  },
  DATA_DIR: { values: ['FILE/data'], needs: /folder/, atStart: true },
  DATABASE_URL: databaseUrls,
  DATABASE_DIRECT_URL: databaseUrls,
  MASTER_KEY: masterKeys,
  MASTER_KEY_PREVIOUS: masterKeys,
  BOOTSTRAP_API_KEY: {
    values: ['hunter2', 'vk_id_short', 'vk__hunter2hunter2hunter2hunter2', 'sk_id_hunter2hunter2hunter2hunter2'],
    needs: /must have the form vk_<id>_<secret>/,
  },
  ALLOWED_ORIGINS: {
    values: ['https://app.example.com/', 'app.example.com', '*', 'null', 'https://*.example.com'],
    needs: /must be a list of origins/,
  },
  TRUSTED_PROXIES: {
    values: ['10.0.0.0/33', 'proxy.internal', '10.0.0', '10.0.0.1;10.0.0.2'],
    needs: /must be a list of addresses or subnets/,
  },
  MIGRATE_ON_START: flags,
  TRIAL: flags,
  RATE_LIMITS: flags,
  MAX_OPERATIONS: numbers('1 to 1000000', '0'),
  MAX_OPERATIONS_PER_ADDRESS: numbers('1 to 1000000', '1000001'),
  MAX_STREAMS_PER_ADDRESS: numbers('1 to 1000000', '0'),
  MAX_CONNECTIONS_PER_ADDRESS: numbers('1 to 1000000', '0'),
  MAX_QUERY_COST: numbers('100 to 1000000', '99'),
  LOG_LEVEL: { values: ['loud', 'INFO', 'warning', '30'], needs: /must be one of fatal, error, warn, info/ },
  METRICS_PORT: numbers('0 to 65535', '65536'),
  METRICS_HOST: somewhere,
  DRAIN_SECONDS: numbers('0 to 3600', '3601'),
  EVENTS_URL: {
    values: ['redis://user:hunter2@host', 'nats.internal', 'nats://user:hunter2@host/path', 'nats://'],
    needs: /must be nats:\/\/host:port or tls:\/\/host:port/,
  },
  WEBHOOK_ALLOW_PRIVATE: flags,
  MEDIA_ALLOW_PRIVATE: {
    values: ['https://livekit.internal', '10.0.0.0/33', 'a b'],
    needs: /must be a list of host names, addresses and networks/,
  },
  INTROSPECTION: flags,
  GRAPHIQL: flags,
  PAGE_TEXTS: { values: ['FILE', '/no/such/folder'], needs: /a folder that the service may read/, atStart: true },
  POOL_SIZE: numbers('1 to 1000', '0'),
  EVENT_RETENTION_DAYS: numbers('1 to 3650', '0'),
  NODE_ENV: { values: ['prod', 'Production', 'staging'], needs: /must be one of production, development, test/ },
};

const needed = {
  DATABASE_URL: 'postgres://localhost/vestibule',
  MASTER_KEY: `${'q83vASNFZ4mrze8'}x0p7Rk2Lw9TnB4cYhGsUeVfDi1oJa`,
};
const isSecret = (name: string) => secretSettings.some((one) => one === name);

function refusalOf(environment: Readonly<Record<string, string>>): string {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

/** Of a start with nothing else wrong. */
async function startRefusal(environment: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-wrong-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'file'), '');
  const own = { PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: join(folder, 'data') };
  const given = Object.entries(environment).map(([name, value]) => [name, value.replace('FILE', join(folder, 'file'))]);
  const started = async () => {
    const app = await createApp(parseConfig({ ...own, ...Object.fromEntries(given) }));
    await app.start().finally(app.stop);
  };
  return started().then(
    () => '',
    (error: unknown) => explainStartFailure(error).replaceAll(join(folder, 'file'), 'FILE'),
  );
}

test('every setting has its row', () => {
  expect(Object.keys(wrong).toSorted()).toEqual(settingNames.toSorted());
});

describe.each(Object.entries(wrong))('%s', (name, { values, needs, atStart }) => {
  test.each(values)('cannot be %s', async (value) => {
    const others = name in needed ? needed : name.startsWith('MASTER') || name.startsWith('DATABASE') ? needed : {};
    const told = atStart ? await startRefusal({ [name]: value }) : refusalOf({ ...others, [name]: value });
    expect(told).toContain(name);
    expect(told).toMatch(needs);
    if (isSecret(name)) expect(told).not.toContain('hunter2');
    else expect(told).toContain(value.replace('//a@', '//…@'));
  });
});

describe('what is missing', () => {
  test.each([
    ['MASTER_KEY', { DATABASE_URL: needed.DATABASE_URL }],
    ['DATABASE_URL', { DATABASE_DIRECT_URL: needed.DATABASE_URL }],
  ])('%s is named, with who needs it', (name, environment) => {
    expect(refusalOf(environment)).toContain(name);
    expect(refusalOf({ ...needed, ...environment })).toBe('');
  });
});

describe('what is there twice', () => {
  test.each(settingNames)('%s, in a file, is refused, and neither value is shown', async (name) => {
    const folder = await mkdtemp(join(tmpdir(), 'vestibule-twice-'));
    closeAfterwards(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, '.env');
    await writeFile(file, `${name}=hunter2\nLOG_LEVEL_OF_OTHERS=x\nexport ${name} = "hunter3"\n`);
    expect(() => withEnvFile({}, file)).toThrow(`${name} is set twice in ${file}`);
    const ran = await vestibuleWith({ PATH: process.env.PATH })('key', 'list', '--settings', file);
    expect([ran.exitCode, ran.stderr.includes(`${name} is set twice`), /hunter[23]/.test(ran.stderr)]).toEqual([
      1,
      true,
      false,
    ]);
  });
});

test('a name that a setting had is told with the one that it has', () => {
  expect(refusalOf({ OTHER_MASTER_KEYS: 'hunter2' })).toMatch(/OTHER_MASTER_KEYS is named MASTER_KEY_PREVIOUS now/);
  expect(refusalOf({ OTHER_MASTER_KEYS: 'hunter2' })).not.toContain('hunter2');
  expect(refusalOf({ OTHER_MASTER_KEYS: '' })).toBe('');
});

test('what arrived is shown without the password of a URL, and not at any length', () => {
  const told = refusalOf({
    PUBLIC_URL: 'https://user:hunter2@meet.example.com/door',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'x'.repeat(9_999),
  });
  expect(told).toContain('https://…@meet.example.com/door');
  expect([told.includes('hunter2'), told.length < 2_000]).toEqual([false, true]);
});
