import { describe, expect, test } from 'vitest';
import {
  type DatabaseTarget,
  readDatabaseUrl,
  supportedParameters,
  unsupportedParameters,
} from '../../src/rules/database-url.ts';

function targetOf(url: string): DatabaseTarget {
  const read = readDatabaseUrl(url);
  if ('problem' in read) throw new Error(read.problem);
  return read.target;
}

const problemOf = (url: string): string => {
  const read = readDatabaseUrl(url);
  return 'problem' in read ? read.problem : '';
};

/** What libpq 18 knows (32.1.2 of its manual), `password` apart. */
const libpq = [
  ...['host', 'hostaddr', 'port', 'dbname', 'user', 'passfile', 'require_auth', 'channel_binding', 'connect_timeout'],
  ...['client_encoding', 'options', 'application_name', 'fallback_application_name', 'keepalives', 'keepalives_idle'],
  ...[
    'keepalives_interval',
    'keepalives_count',
    'tcp_user_timeout',
    'replication',
    'gssencmode',
    'sslmode',
    'requiressl',
  ],
  ...[
    'sslnegotiation',
    'sslcompression',
    'sslcert',
    'sslkey',
    'sslkeylogfile',
    'sslpassword',
    'sslcertmode',
    'sslrootcert',
  ],
  ...['sslcrl', 'sslcrldir', 'sslsni', 'requirepeer', 'ssl_min_protocol_version', 'ssl_max_protocol_version'],
  ...['min_protocol_version', 'max_protocol_version', 'krbsrvname', 'gsslib', 'gssdelegation', 'scram_client_key'],
  ...['scram_server_key', 'service', 'servicefile', 'target_session_attrs', 'load_balance_hosts', 'oauth_issuer'],
  ...['oauth_client_id', 'oauth_client_secret', 'oauth_scope'],
];

describe('the parameters', () => {
  test('of libpq are each used, or refused by name', () => {
    expect([...supportedParameters, ...unsupportedParameters].toSorted()).toEqual(libpq.toSorted());
  });

  test.each(unsupportedParameters)('%s is refused by name', (name) => {
    expect(problemOf(`postgres://u@h/d?${name}=hunter2`)).toContain(name);
    expect(problemOf(`postgres://u@h/d?${name}=hunter2`)).not.toContain('hunter2');
  });

  test.each([
    ['channel_binding=require', 'channel_binding'],
    ['gssencmode=require', 'gssencmode'],
    ['keepalives=0', 'keepalives'],
    ['load_balance_hosts=random', 'load_balance_hosts'],
    ['require_auth=password', 'require_auth'],
    ['require_auth=scram-sha-256&sslmode=require', 'require_auth'],
    ['sslmode=yes', 'sslmode'],
    ['target_session_attrs=master', 'target_session_attrs'],
    ['ssl_min_protocol_version=TLSv1', 'ssl_min_protocol_version'],
    ['sslnegotiation=now', 'sslnegotiation'],
    ['connect_timeout=soon', 'connect_timeout'],
    ['client_encoding=LATIN1', 'client_encoding'],
    ['sslcertmode=require', 'sslcertmode'],
    ['sslsni=0', 'sslsni'],
    ['password=hunter2', 'password'],
    ['pgbouncer=true', 'does not know'],
    ['__proto__=x', 'does not know'],
  ])('%s cannot be had, and is refused by name', (query, name) => {
    expect(problemOf(`postgres://u@h/d?${query}`)).toContain(name);
  });
});

describe('the forms', () => {
  test.each<readonly [string, Partial<DatabaseTarget>]>([
    ['postgres://', { hosts: [{ name: 'localhost', port: 5432 }], user: null, database: null, tls: 'disable' }],
    [
      'postgresql://u:p%40%2F@db:6000/d%20b',
      { hosts: [{ name: 'db', port: 6000 }], user: 'u', password: 'p@/', database: 'd b' },
    ],
    [
      'postgres://u@one,two:6001,[2001:db8::1]:6002/d?target_session_attrs=read-write',
      {
        hosts: [
          { name: 'one', port: 5432 },
          { name: 'two', port: 6001 },
          { name: '2001:db8::1', port: 6002 },
        ],
        targetSessionAttrs: 'read-write',
      },
    ],
    [
      'postgres:///d?host=one,two&port=6001,6002&user=u',
      {
        hosts: [
          { name: 'one', port: 6001 },
          { name: 'two', port: 6002 },
        ],
        user: 'u',
        database: 'd',
      },
    ],
    ['postgres://h/d?port=6001', { hosts: [{ name: 'h', port: 6001 }] }],
    [
      'postgres:///d?host=/var/run/postgresql',
      { hosts: [], socketFolder: '/var/run/postgresql', socketPort: 5432, tls: 'disable' },
    ],
    ['postgres://%2Ftmp%2Fpg:6000/d', { socketFolder: '/tmp/pg', socketPort: 6000 }],
    ['postgres://h/d', { tls: 'prefer' }],
    ['postgres://127.0.0.1/d', { tls: 'disable' }],
    ['postgres://127.0.0.1/d?sslmode=allow', { tls: 'prefer' }],
    ['postgres://h/d?sslmode=require', { tls: 'require' }],
    ['postgres://h/d?sslmode=require&sslrootcert=/ca.pem', { tls: 'verify-ca', rootCertificate: '/ca.pem' }],
    [
      'postgres://h/d?sslmode=verify-full&sslcert=/c.pem&sslkey=/k.pem',
      { tls: 'verify-full', certificate: '/c.pem', key: '/k.pem' },
    ],
    ['postgres://h/d?sslrootcert=system', { tls: 'verify-full', rootCertificate: 'system' }],
    ['postgres://h/d?channel_binding=prefer&gssencmode=disable&sslsni=1&keepalives=1', { tls: 'prefer' }],
    [
      'postgres://h/d?options=-c%20search_path%3Dx+y&application_name=door',
      { sessionOptions: '-c search_path=x+y', applicationName: 'door' },
    ],
    ['postgres://h/d?fallback_application_name=door', { applicationName: 'door' }],
    ['postgres://h/d?fallback_application_name=other&application_name=door', { applicationName: 'door' }],
    [
      'postgres://h/d?ssl_min_protocol_version=TLSv1.2&ssl_max_protocol_version=TLSv1.3',
      { minTls: 'TLSv1.2', maxTls: 'TLSv1.3' },
    ],
    ['postgres://h/d?sslmode=require&sslnegotiation=direct', { startsWithTls: true }],
    ['postgres://h/d?sslmode=require&sslnegotiation=postgres', { startsWithTls: false, minTls: null, maxTls: null }],
    ['postgres://h/d?connect_timeout=3&keepalives_idle=20', { connectSeconds: 3, keepAliveSeconds: 20 }],
    ['postgres://127.0.0.1:5/d?require_auth=scram-sha-256', { isScramOnly: true, tls: 'disable' }],
  ])('%s', (url, target) => {
    expect(targetOf(url)).toMatchObject(target);
  });

  test.each([
    'mysql://h/d',
    'postgres:h/d',
    'postgres://u:p#w@h/d',
    'postgres://u:p/w@h/d',
    'postgres://u:p?w@h/d',
    'postgres://u:%zz@h/d',
    'postgres://h:999999/d',
    'postgres://h:x/d',
    'postgres://a b/d',
    'postgres:///d?host=one,two&port=1,2,3',
    'postgres:///d?host=/tmp,other',
    'postgres://[::1/d',
    '',
  ])('%s is none', (url) => {
    expect(problemOf(url)).toMatch(/^(?:must|cannot|has)/);
  });
});
