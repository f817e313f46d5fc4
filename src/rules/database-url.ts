// postgres:// URLs in the forms that libpq knows. What the driver cannot do as libpq would is refused by its name: an option that is
// ignored would be a promise that nobody keeps.

export interface DatabaseHost {
  readonly name: string;
  readonly port: number;
}

export type TlsMode = 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';

export interface DatabaseTarget {
  /** In the order in which they are tried. Empty with `socketFolder`. */
  readonly hosts: readonly DatabaseHost[];
  /** The folder of a unix socket, whose port is part of its name; null: over TCP. */
  readonly socketFolder: string | null;
  readonly socketPort: number;
  /** Null: as PGUSER, PGDATABASE and PGPASSWORD have them. */
  readonly user: string | null;
  readonly database: string | null;
  readonly password: string | null;
  readonly tls: TlsMode;
  /** Files in PEM; `system`: what this machine trusts. */
  readonly rootCertificate: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
  readonly minTls: string | null;
  readonly maxTls: string | null;
  readonly startsWithTls: boolean;
  readonly targetSessionAttrs: string | null;
  /** Seconds; null: as the service has it. */
  readonly connectSeconds: number | null;
  readonly keepAliveSeconds: number | null;
  readonly applicationName: string | null;
  /** Settings of the session, as libpq's `options` has them. */
  readonly sessionOptions: string | null;
  readonly isScramOnly: boolean;
}

export type ReadDatabaseUrl = { readonly target: DatabaseTarget } | { readonly problem: string };

const form =
  'must be a postgres:// URL with the user and password before the host; in them, write %2F for /, %40 for @, %3F for ?, %23 for #, and %25 for %';

/** What each parameter may be. `null`: it has a use here; otherwise the values that mean what the driver does anyway. */
const parameters: Readonly<Record<string, readonly string[] | null>> = {
  ...{ host: null, port: null, dbname: null, user: null, connect_timeout: null, keepalives_idle: null },
  ...{ application_name: null, fallback_application_name: null, options: null, target_session_attrs: null },
  ...{ sslmode: null, sslrootcert: null, sslcert: null, sslkey: null, sslnegotiation: null },
  ...{ ssl_min_protocol_version: null, ssl_max_protocol_version: null },
  client_encoding: ['UTF8', 'utf8', 'auto'],
  channel_binding: ['disable', 'prefer'],
  gssencmode: ['disable', 'prefer'],
  keepalives: ['1'],
  load_balance_hosts: ['disable'],
  require_auth: ['scram-sha-256'],
  sslcertmode: ['allow'],
  sslcompression: ['0'],
  sslsni: ['1'],
};

/** What libpq knows besides. */
export const unsupportedParameters: readonly string[] = [
  ...[
    'hostaddr',
    'passfile',
    'service',
    'servicefile',
    'replication',
    'requirepeer',
    'requiressl',
    'krbsrvname',
    'gsslib',
  ],
  ...[
    'gssdelegation',
    'keepalives_interval',
    'keepalives_count',
    'tcp_user_timeout',
    'sslpassword',
    'sslcrl',
    'sslcrldir',
  ],
  ...['min_protocol_version', 'max_protocol_version', 'scram_client_key', 'scram_server_key', 'sslkeylogfile'],
  ...['oauth_issuer', 'oauth_client_id', 'oauth_client_secret', 'oauth_scope'],
];
export const supportedParameters: readonly string[] = Object.keys(parameters);

/** Reads such a URL. A problem never repeats what the URL says, which may be a secret. */
export function readDatabaseUrl(text: string): ReadDatabaseUrl {
  const [, scheme, authority = '', path = '', query = ''] =
    /^(postgres|postgresql):\/\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/.exec(text) ?? [];
  // An @ behind the host: a / or ? in the password has ended it, and the rest would be shown as the database's name.
  if (scheme === undefined || `${path}${query}`.includes('@')) return { problem: form };
  try {
    const [userInfo, hostList] = splitLast(authority, '@');
    const [user, password] = splitFirst(userInfo, ':');
    const given = readQuery(query);
    if (given === null) return { problem: 'has a parameter twice: leave one out' };
    const problem = findParameterProblem(given);
    if (problem !== null) return { problem };
    const hosts = readHosts(given.get('host') ?? hostList, given.get('port') ?? null);
    if (hosts === null) return { problem: form };
    return readTarget(given, hosts, {
      user: (given.get('user') ?? decodeURIComponent(user)) || null,
      password: decodeURIComponent(password) || null,
      database: (given.get('dbname') ?? decodeURIComponent(path.slice(1))) || null,
    });
  } catch {
    return { problem: form };
  }
}

/** Percent-encoded; unlike in forms, a plus stands for itself. Null: one is there twice, and nobody knows which is meant. */
function readQuery(query: string): ReadonlyMap<string, string> | null {
  const pairs = query.split('&').filter((pair) => pair !== '');
  const given = new Map(
    pairs.map((pair) => {
      const [name, value] = splitFirst(pair, '=');
      return [decodeURIComponent(name), decodeURIComponent(value)];
    }),
  );
  return given.size === pairs.length ? given : null;
}

function splitLast(text: string, mark: string): readonly [string, string] {
  const at = text.lastIndexOf(mark);
  return at === -1 ? ['', text] : [text.slice(0, at), text.slice(at + 1)];
}

function splitFirst(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function findParameterProblem(given: ReadonlyMap<string, string>): string | null {
  for (const [name, value] of given) {
    // There, the driver would send it as it stands, before the server has shown who it is.
    if (name === 'password') return 'cannot have the parameter password: write it before the host';
    const allowed = parameters[name];
    if (allowed === undefined || !Object.hasOwn(parameters, name)) {
      const known = unsupportedParameters.includes(name);
      return known
        ? `cannot have the parameter ${name}, which this service does not support: leave it out`
        : 'has a parameter that PostgreSQL does not know: leave it out, or correct its name';
    }
    if (allowed !== null && !allowed.includes(value)) {
      return `has a value of ${name} that this service does not support: leave it out, or set it to ${allowed.join(' or ')}`;
    }
  }
  return null;
}

/** Null: one of them has no form that could be a host. A host that begins with a slash is the folder of a unix socket. */
function readHosts(list: string, portList: string | null): readonly DatabaseHost[] | null {
  const ports = portList?.split(',') ?? [];
  const hosts = list.split(',').map((one, index): DatabaseHost | null => {
    const found = /^(\[[0-9a-f:.]+\]|[^:[\]]*)(?::(\d*))?$/i.exec(one);
    if (found === null) return null;
    const name = decodeURIComponent(found[1] ?? '').replace(/^\[(.*)\]$/, '$1');
    const port = Number(found[2] || (ports.length === 1 ? ports[0] : ports[index]) || 5432);
    const isName = /^\/|^[\w.:-]*$/.test(name) && Number.isInteger(port) && port > 0 && port < 65_536;
    return isName ? { name: name || 'localhost', port } : null;
  });
  if (ports.length > 1 && ports.length !== hosts.length) return null;
  return hosts.some((host) => host === null) ? null : hosts.filter((host) => host !== null);
}

type Who = Pick<DatabaseTarget, 'user' | 'password' | 'database'>;

const sessionAttrs = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'];
const tlsVersions = ['TLSv1.2', 'TLSv1.3'];
const modes: Readonly<Record<string, TlsMode>> = {
  disable: 'disable',
  allow: 'prefer',
  prefer: 'prefer',
  require: 'require',
  'verify-ca': 'verify-ca',
  'verify-full': 'verify-full',
};

function readTarget(given: ReadonlyMap<string, string>, hosts: readonly DatabaseHost[], who: Who): ReadDatabaseUrl {
  const get = (name: string) => given.get(name) ?? null;
  const oneOf = (name: string, values: readonly string[]) => {
    const value = get(name);
    return value === null || values.includes(value) ? null : `has a wrong value of ${name}: use ${values.join(', ')}`;
  };
  const sockets = hosts.filter(({ name }) => name.startsWith('/'));
  const problem =
    oneOf('sslmode', Object.keys(modes)) ??
    oneOf('target_session_attrs', sessionAttrs) ??
    oneOf('ssl_min_protocol_version', tlsVersions) ??
    oneOf('ssl_max_protocol_version', tlsVersions) ??
    oneOf('sslnegotiation', ['postgres', 'direct']) ??
    wholeNumberProblem(get('connect_timeout'), 'connect_timeout') ??
    wholeNumberProblem(get('keepalives_idle'), 'keepalives_idle') ??
    (sockets.length > 0 && hosts.length > 1 ? 'cannot name a unix socket and another host' : null);
  if (problem !== null) return { problem };
  const target = { ...who, ...placeOf(hosts, sockets), ...tlsOf(given, hosts), ...sessionOf(given) };
  if (target.isScramOnly && (target.hosts.length !== 1 || !['disable', 'prefer'].includes(target.tls))) {
    return { problem: 'can have the parameter require_auth only with one host and without TLS' };
  }
  return { target };
}

function wholeNumberProblem(value: string | null, name: string): string | null {
  return value === null || /^\d{1,6}$/.test(value)
    ? null
    : `has a wrong value of ${name}: use a whole number of seconds`;
}

function placeOf(hosts: readonly DatabaseHost[], [socket]: readonly DatabaseHost[]) {
  return {
    hosts: socket === undefined ? hosts : [],
    socketFolder: socket?.name ?? null,
    socketPort: socket?.port ?? 5432,
  };
}

const onThisMachine = /^(?:localhost|127\.\d+\.\d+\.\d+|::1|\/.*)$/;

/** libpq prefers TLS where nothing is said. A connection that stays on this machine needs none. */
function tlsOf(given: ReadonlyMap<string, string>, hosts: readonly DatabaseHost[]) {
  const stays = hosts.every(({ name }) => onThisMachine.test(name));
  const rootCertificate = given.get('sslrootcert') ?? null;
  const asked = given.get('sslmode') ?? (rootCertificate === 'system' ? 'verify-full' : stays ? 'disable' : 'prefer');
  const mode = modes[asked] ?? 'prefer';
  return {
    // As libpq: whoever names a root certificate wants it to count.
    tls: mode === 'require' && rootCertificate !== null ? ('verify-ca' as const) : mode,
    rootCertificate,
    certificate: given.get('sslcert') ?? null,
    key: given.get('sslkey') ?? null,
    minTls: given.get('ssl_min_protocol_version') ?? null,
    maxTls: given.get('ssl_max_protocol_version') ?? null,
    startsWithTls: given.get('sslnegotiation') === 'direct',
  };
}

function sessionOf(given: ReadonlyMap<string, string>) {
  const seconds = (name: string) => (given.has(name) ? Number(given.get(name)) : null);
  const attrs = given.get('target_session_attrs') ?? 'any';
  return {
    targetSessionAttrs: attrs === 'any' ? null : attrs,
    connectSeconds: seconds('connect_timeout'),
    keepAliveSeconds: seconds('keepalives_idle'),
    applicationName: given.get('application_name') ?? given.get('fallback_application_name') ?? null,
    sessionOptions: given.get('options') ?? null,
    isScramOnly: given.has('require_auth'),
  };
}
