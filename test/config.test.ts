import { randomBytes } from 'node:crypto';
import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, parseConfig, publicUrlOf, settingNames } from '../src/config.ts';
import { secretSettings } from '../src/setting-secrets.ts';

const goodKey = randomBytes(32).toString('base64');

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    parseConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** The settings that are complained of, in order. */
function namesOf(environment: Record<string, string>): readonly string[] {
  return problemsOf(environment).map((problem) => problem.split(' ')[0] ?? '');
}

describe('settings', () => {
  test('an empty environment runs the service on this machine alone', () => {
    expect(parseConfig({})).toMatchObject({
      port: 4000,
      host: '127.0.0.1',
      databaseUrl: null,
      masterKey: null,
      migrateOnStart: true,
      rateLimits: true,
      introspection: true,
      graphiql: true,
      poolSize: 10,
      eventRetentionDays: 30,
    });
  });

  test('an empty value counts as left out', () => {
    expect(parseConfig(Object.fromEntries(settingNames.map((name) => [name, ' '])))).toEqual(parseConfig({}));
  });

  test('every problem is told together', () => {
    const environment = {
      PORT: '65536',
      PUBLIC_URL: 'ftp://example.com',
      ROOM_URL_TEMPLATE: 'https://example.com/{tenant}/{room}',
      DATABASE_URL: 'mysql://localhost/vestibule',
      BOOTSTRAP_API_KEY: 'vk_short_secret',
      ALLOWED_ORIGINS: 'https://example.com, *',
      TRUSTED_PROXIES: '10.0.0.0/33',
      RATE_LIMITS: 'no',
      LOG_LEVEL: 'loud',
      METRICS_PORT: '-1',
      EVENTS_URL: 'redis://localhost',
      POOL_SIZE: '0',
      EVENT_RETENTION_DAYS: '1.5',
    };
    expect(namesOf(environment)).toEqual([...Object.keys(environment), 'MASTER_KEY']);
  });

  test('no problem repeats a value that may be a secret', () => {
    const secret = 'hunter2hunter2';
    const text = problemsOf(Object.fromEntries(secretSettings.map((name) => [name, `%${secret}`]))).join('\n');
    expect(text).not.toBe('');
    expect(text).not.toContain(secret);
  });

  test('a database of its own needs the master key that every process on it shares', () => {
    expect(namesOf({ DATABASE_URL: 'postgres://localhost/vestibule' })).toEqual(['MASTER_KEY']);
    expect(namesOf({ DATABASE_URL: 'postgres://localhost/vestibule', MASTER_KEY: goodKey })).toEqual([]);
  });

  test('introspection and GraphiQL are off in production, unless they are set', () => {
    expect(parseConfig({ NODE_ENV: 'production' })).toMatchObject({ introspection: false, graphiql: false });
    expect(parseConfig({ NODE_ENV: 'production', INTROSPECTION: 'true' })).toMatchObject({ introspection: true });
    expect(parseConfig({ GRAPHIQL: 'false' })).toMatchObject({ graphiql: false });
  });

  test('without PUBLIC_URL the service is found where it listens', () => {
    expect(publicUrlOf(parseConfig({ PORT: '0' }), 41_234)).toBe('http://localhost:41234');
    expect(publicUrlOf(parseConfig({ PUBLIC_URL: 'https://meet.example.com/' }), 4000)).toBe(
      'https://meet.example.com',
    );
  });

  test('proxies are read as subnets, a plain address as itself alone', () => {
    expect(parseConfig({ TRUSTED_PROXIES: '10.0.0.0/8, 192.0.2.1,fd00::/8' }).trustedProxies).toEqual([
      { address: '10.0.0.0', prefixLength: 8, family: 'ipv4' },
      { address: '192.0.2.1', prefixLength: 32, family: 'ipv4' },
      { address: 'fd00::', prefixLength: 8, family: 'ipv6' },
    ]);
  });

  test.each([
    ['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', '10.0.0.0/8.5', '10.0.0', '10.0.0.256', 'fd00::/129'],
    ['fd00::/x', 'fd00:::', 'proxy.example.com', '0x0a.0.0.1', '010.0.0.1', 'fe80::1%eth0', '::ffff:10.0.0.1/129'],
  ])('%s, and others that are no subnet, are refused', (...texts) => {
    for (const text of texts)
      expect(namesOf({ TRUSTED_PROXIES: `192.0.2.1,${text}` }), text).toEqual(['TRUSTED_PROXIES']);
  });

  test.each(['::1', '::/0', '0.0.0.0/0', '2001:db8::1/128', '::ffff:10.0.0.1', '192.0.2.1/32'])(
    '%s is a subnet',
    (text) => {
      const [read] = parseConfig({ TRUSTED_PROXIES: text }).trustedProxies;
      expect(() =>
        new BlockList().addSubnet(read?.address ?? '', read?.prefixLength ?? -1, read?.family),
      ).not.toThrow();
    },
  );

  test.each(['TRUE', 'yes', '1', 'on', 'True', 'false ,'])('a switch is true or false, and not %s', (text) => {
    expect(namesOf({ MIGRATE_ON_START: text })).toEqual(['MIGRATE_ON_START']);
  });

  test.each(['1e3', '0x10', '+5', '-1', '5.0', '1_000', '65536', '99999999999999999999', 'Infinity'])(
    'a number is whole, in figures and within its bounds, and not %s',
    (text) => {
      expect(namesOf({ PORT: text })).toEqual(['PORT']);
    },
  );

  test.each(['https://example.com/', 'https://example.com/app', 'example.com', 'null', 'https://*.example.com'])(
    '%s is not an origin that could be compared',
    (origin) => {
      expect(namesOf({ ALLOWED_ORIGINS: origin })).toEqual(['ALLOWED_ORIGINS']);
    },
  );
});

describe('the master key', () => {
  test.each(['base64', 'base64url', 'hex'] as const)('is read from %s, whatever the bytes', (encoding) => {
    fc.assert(
      fc.property(fc.integer({ min: 32, max: 64 }), (length) => {
        const bytes = randomBytes(length);
        expect(parseConfig({ MASTER_KEY: bytes.toString(encoding) }).masterKey).toEqual(new Uint8Array(bytes));
      }),
    );
  });

  test.each([
    ['too short', randomBytes(31).toString('base64')],
    ['a word over and over', 'password'.repeat(8)],
    ['one byte over and over', Buffer.alloc(32, 7).toString('base64')],
    ['a sequence', Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('hex')],
    ['not base64', `${goodKey.slice(0, 20)}!${goodKey.slice(21)}`],
    ['a length that base64 does not have', randomBytes(33).toString('base64').slice(0, 41)],
  ])('is refused when it is %s', (_what, key) => {
    expect(namesOf({ MASTER_KEY: key })).toEqual(['MASTER_KEY']);
  });
});
