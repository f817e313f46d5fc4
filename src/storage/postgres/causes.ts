/** Why the database could not be used, for an operator: a sentence without its full stop, and what to do. */
export interface Cause {
  readonly found: string;
  readonly hint: string;
}

const check = 'Check DATABASE_URL, and that PostgreSQL is running and accepts connections from this machine.';

/** Node.js says in many ways that it does not know who signed. */
const untrusted = ['SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_', 'CERT_', 'INVALID_CA'];
const untrustedCause: Cause = {
  found: 'Nobody whom this machine trusts has signed the certificate of the database',
  hint: 'Name the file with the authority that signed it: sslrootcert in DATABASE_URL.',
};

/** By the beginning of a code: the system's, the driver's or PostgreSQL's. The first that fits counts. */
const causes: readonly (readonly [code: string, cause: Cause])[] = [
  [
    'ECONNREFUSED',
    {
      found: 'The database did not answer: nothing listens at the host and port in DATABASE_URL',
      hint: `Start PostgreSQL there, or correct the host and port. ${check}`,
    },
  ],
  [
    'ENOTFOUND',
    {
      found: 'The database did not answer: the host name in DATABASE_URL is unknown here',
      hint: `Correct it. ${check}`,
    },
  ],
  [
    'EAI_AGAIN',
    {
      found: 'The database did not answer: the host name in DATABASE_URL could not be looked up',
      hint: `Look at DNS. ${check}`,
    },
  ],
  [
    'CONNECT_TIMEOUT',
    {
      found: 'The database did not answer in time: something between here and it drops what is sent, or it hangs',
      hint: `Look at firewalls, and at the database. ${check}`,
    },
  ],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    {
      found: 'The certificate of the database is for another host than the one in DATABASE_URL',
      hint: 'Name the host that the certificate is for, or give the database a certificate for this host.',
    },
  ],
  [
    'CERT_HAS_EXPIRED',
    {
      found: 'The certificate of the database has expired',
      hint: 'Renew it there, and check the clock of this machine.',
    },
  ],
  [
    'CERT_NOT_YET_VALID',
    {
      found: 'The certificate of the database is not valid yet',
      hint: 'Check the clocks of this machine and of the one that made it.',
    },
  ],
  ...untrusted.map((code): readonly [string, Cause] => [code, untrustedCause]),
  [
    'ECONNRESET',
    {
      found:
        'The database, or something before it, ended the connection at once, as one without TLS does where DATABASE_URL demands it',
      hint: 'Switch TLS on there (ssl = on), or choose another sslmode; else look at what is before the database.',
    },
  ],
  [
    '28P01',
    { found: 'The database refused the password in DATABASE_URL', hint: 'Correct it; it must be percent-encoded.' },
  ],
  [
    '28',
    {
      found: 'The database refuses this role from this machine, or without TLS',
      hint: 'Look at pg_hba.conf, at the role (LOGIN), and at sslmode in DATABASE_URL.',
    },
  ],
  ['3D000', { found: 'The database that DATABASE_URL names does not exist', hint: 'Create it, or correct the name.' }],
  [
    '42501',
    {
      found: 'Permission denied: the role in DATABASE_URL lacks a right that this needs',
      hint: 'Run vestibule migrate with a role that may create tables and MIGRATE_ON_START=false here, and grant this role what docs/operating.md lists.',
    },
  ],
  [
    '25006',
    {
      found: 'The database only reads: it is a standby, or was switched to read-only',
      hint: 'Point DATABASE_URL at the primary, or name all servers with target_session_attrs=read-write.',
    },
  ],
  [
    '42',
    {
      found: 'The database lacks something that this version needs',
      hint: 'Run vestibule migrate, and look at the search_path of the role in DATABASE_URL.',
    },
  ],
  [
    '3F000',
    {
      found: 'The database has no schema for the tables',
      hint: 'Look at the search_path of the role in DATABASE_URL.',
    },
  ],
  [
    '53300',
    {
      found: 'The database has no connection left',
      hint: 'Raise max_connections, or lower POOL_SIZE: each process needs POOL_SIZE + 4.',
    },
  ],
  ['57P03', { found: 'The database is starting or stopping', hint: 'Wait for it, and start the service again.' }],
  [
    '08P01',
    {
      found: 'Something between here and the database does not speak all of its protocol, as a pooler',
      hint: 'Set DATABASE_DIRECT_URL to the database itself; docs/operating.md says what each pooler needs.',
    },
  ],
  [
    '55P03',
    {
      found: 'Another session holds a lock on a table',
      hint: 'Find it in pg_stat_activity, and try again when it is over.',
    },
  ],
  ['57014', { found: 'The database ended a statement that took too long', hint: 'Look at its load and its locks.' }],
];

/** What a code means that stopped a start or a command. */
export function explainDatabaseCode(code: string): Cause {
  const known = causes.find(([begin]) => code.startsWith(begin));
  return known?.[1] ?? { found: 'The database did not answer as it should', hint: check };
}
