/** A request to LiveKit's address as its sender wrote it. */
export type HostileRequest = {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
};

/** `inside` opens the gate. `old` must open nothing; it is what the sender wants LiveKit to read. */
export type ShownTokens = { readonly inside: string; readonly old: string };

type Form = Partial<Omit<HostileRequest, 'name' | 'target'>> & { readonly name: string; readonly target: string };

const path = '/rtc/validate';

// Where browsers (WHATWG), Node, nginx and Go read the same bytes in different ways. Each list is one such place, and each of its members
// stands in each request that is made from it.

/** WHATWG stops at `#`; Go drops a pair with `;` or a malformed escape, and reads the next; Node ends a target at controls. */
const pairBreakers = [
  '#',
  ';',
  ';#',
  '%',
  '%2',
  '%zz',
  '%u0041',
  '%00',
  '%0d%0a',
  '%ff',
  '\\',
  '|',
  '"',
  '`',
  '^',
  '{',
];
/** Unescaped, or above ASCII: taken as they are by Go, escaped by WHATWG, refused by Node. */
const oddBytes = ['é', '＆', '\t', '\u0001', '\u007f', ' '];
/** A name that one parser takes for `access_token` and another for something else. */
const otherNames = [
  'access%5ftoken',
  '%61ccess_token',
  'access_toke%6e',
  'Access_Token',
  'access_token[]',
  'access_token ',
  ' access_token',
  'access+token',
  'access.token',
  'access-token',
];
/** `publish` makes `<identity>#<value>` of whoever comes, and nobody is asked about that one. */
const publishing = [
  'publish=x',
  'PUBLISH=x',
  'p%75blish=x',
  '%70ublish=x',
  'a=1&publish=x',
  'a=#&publish=x',
  'a=;&publish=x',
  'a=%zz&publish=x',
  'publish=&publish=x',
  'publish=%20',
  'publish',
  '&&publish=x',
];
/** nginx compares what it has decoded and cleaned; LiveKit folds `//`; Go's mux cleans too, and redirects. */
const otherPaths = [
  '//rtc/validate',
  '/rtc//validate',
  '/./rtc/validate',
  '/x/../rtc/validate',
  '/rtc/v1/../validate',
  '/%72tc/validate',
  '/rtc%2fvalidate',
  '/RTC/validate',
  '/rtc/validate/',
  '/rtc;x=1/validate',
  '/rtc/validate;x=1',
  '/rtc\\validate',
  '/rtc/v2/validate',
  '/rtc/validate%00',
  '/rtc/validate%3f',
  '/rtc/%76alidate',
  '/rtc/validate%2f..',
  'http://127.0.0.1/rtc/validate',
  'rtc/validate',
];
/** Who else answers there, with the same token. */
const neighbours = [
  '/',
  '/twirp/livekit.RoomService/ListRooms',
  '/whip/v1',
  '/whip/v1/x/y',
  '/agent',
  '/metrics',
  '/debug/pprof/',
  '/settings/regions',
];
/** LiveKit reads a form in the body of these before the URL. */
const writing = ['POST', 'PUT', 'PATCH'];
const otherMethods = ['HEAD', 'OPTIONS', 'DELETE', 'TRACE', 'CONNECT', 'get', 'QUERY'];
/** What proxies set themselves, or what servers take in place of the request line. */
const spoofed = [
  'X-Original-URI',
  'X-Forwarded-Uri',
  'X_Original_URI',
  'X-Original-URL',
  'X-Rewrite-URL',
  'X-Original-Uri',
];

const form = (fields: readonly (readonly [string, string])[]) => fields.map((field) => field.join('=')).join('&');
const boundary = 'parts';
const multipart = (name: string, value: string) =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--${boundary}--\r\n`;
const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

/** Every form, filled in. */
export function makeHostileRequests(tokens: ShownTokens): readonly HostileRequest[] {
  const forms = [
    ...brokenQueries(tokens),
    ...doubledTokens(tokens),
    ...publishers(tokens),
    ...strayPaths(tokens),
    ...bodies(tokens),
    ...spoofedHeaders(tokens),
  ];
  return forms.map((one) => ({ method: 'GET', headers: [], body: '', ...one }));
}

function brokenQueries({ inside, old }: ShownTokens): readonly Form[] {
  return [...pairBreakers, ...oddBytes].flatMap((bad) => [
    { name: `${show(bad)} behind the token`, target: `${path}?access_token=${inside}${bad}&access_token=${old}` },
    { name: `${show(bad)} in the name`, target: `${path}?access_token${bad}=${inside}&access_token=${old}` },
    { name: `${show(bad)} in a pair before`, target: `${path}?a=${bad}&access_token=${old}&access_token=${inside}` },
  ]);
}

function doubledTokens({ inside, old }: ShownTokens): readonly Form[] {
  const bearer = (token: string, scheme = 'Bearer ') => ['Authorization', `${scheme}${token}`] as const;
  const named = otherNames.flatMap((name) => [
    { name: `the old one, and the other as ${name}`, target: `${path}?${name}=${inside}&access_token=${old}` },
    { name: `the old one as ${name}`, target: `${path}?access_token=${inside}&${name}=${old}` },
  ]);
  const headers: readonly (readonly [string, readonly (readonly [string, string])[], string])[] = [
    ['one in the URL, the old one as bearer', [bearer(old)], inside],
    ['one as bearer, the old one in the URL', [bearer(inside)], old],
    ['the old one as a bearer in lower case', [bearer(old, 'bearer ')], inside],
    ['the old one behind two spaces', [bearer(old, 'Bearer  ')], inside],
    ['the old one with another scheme', [bearer(old, 'Basic ')], inside],
    ['two bearers, the old one first', [bearer(old), bearer(inside)], ''],
    ['two bearers, the old one last', [bearer(inside), bearer(old)], ''],
    ['two bearers in one header', [bearer(`${inside}, Bearer ${old}`)], ''],
    ['an empty bearer, the old one in the URL', [['Authorization', ''], bearer(inside)], old],
    ['a bearer that is not passed on', [bearer(inside), ['Connection', 'Authorization']], old],
  ];
  return [
    ...named,
    { name: 'both', target: `${path}?access_token=${inside}&access_token=${old}` },
    { name: 'both, the old one first', target: `${path}?access_token=${old}&access_token=${inside}` },
    { name: 'one, and an empty one before', target: `${path}?access_token=&access_token=${old}` },
    { name: 'one, and one without a value', target: `${path}?access_token&access_token=${old}` },
    { name: 'an ampersand in the value', target: `${path}?access_token=${inside}%26access_token=${old}` },
    { name: 'an ampersand as HTML has it', target: `${path}?access_token=${inside}&amp;access_token=${old}` },
    { name: 'a second question mark', target: `${path}?a=?access_token=${inside}&access_token=${old}` },
    { name: 'a space behind it', target: `${path}?access_token=${old}+` },
    ...headers.map(([name, list, url]) => ({
      name,
      target: url === '' ? path : `${path}?access_token=${url}`,
      headers: list,
    })),
  ];
}

function publishers({ inside }: ShownTokens): readonly Form[] {
  return publishing.map((field) => ({ name: `with ${field}`, target: `${path}?access_token=${inside}&${field}` }));
}

function strayPaths({ old }: ShownTokens): readonly Form[] {
  return [...otherPaths, ...neighbours].flatMap((stray) => [
    { name: `at ${stray}`, target: `${stray}?access_token=${old}` },
    { name: `at ${stray}, as bearer`, target: stray, headers: [['Authorization', `Bearer ${old}`]] },
  ]);
}

function bodies({ inside, old }: ShownTokens): readonly Form[] {
  const target = `${path}?access_token=${inside}`;
  const typed = (type: string, body: string) => [
    ['Content-Type', type] as const,
    ['Content-Length', String(body.length)] as const,
  ];
  const formType = 'application/x-www-form-urlencoded';
  const partsType = `multipart/form-data; boundary=${boundary}`;
  const oldForm = form([['access_token', old]]);
  const parts = [...writing, 'GET'].flatMap((method) =>
    [
      ['access_token', old, path],
      ['publish', 'x', target],
    ].map(([field = '', value = '', at = '']) => {
      const body = multipart(field, value);
      return { name: `${method} with ${field} in a part`, method, target: at, headers: typed(partsType, body), body };
    }),
  );
  const forms = [...writing, 'GET'].flatMap((method) => [
    { name: `${method} with a form`, method, target, headers: typed(formType, oldForm), body: oldForm },
    {
      name: `${method} with a form in chunks`,
      method,
      target,
      headers: [['Content-Type', formType] as const, ['Transfer-Encoding', 'chunked'] as const],
      body: chunked(oldForm),
    },
  ]);
  const bare = otherMethods.map((method) => ({ name: method, method, target: `${path}?access_token=${old}` }));
  return [...parts, ...forms, ...bare];
}

function spoofedHeaders({ inside, old }: ShownTokens): readonly Form[] {
  const good = `${path}?access_token=${inside}`;
  const target = `${path}?access_token=${old}`;
  const body = form([['access_token', old]]);
  const single = spoofed.flatMap((name) => [
    { name: `${name} of the other`, target, headers: [[name, good] as const] },
    { name: `${name}, twice`, target, headers: [[name, good] as const, [name, good] as const] },
    { name: `${name}, not to be passed on`, target, headers: [[name, good] as const, ['Connection', name] as const] },
  ]);
  const methods = ['X-Original-Method', 'X-Forwarded-Method', 'X-HTTP-Method-Override'].map((name) => ({
    name: `POST with a form, and ${name} GET`,
    method: 'POST',
    target: good,
    headers: [
      [name, 'GET'] as const,
      ['Content-Type', 'application/x-www-form-urlencoded'] as const,
      ['Content-Length', String(body.length)] as const,
    ],
    body,
  }));
  const both = [['X-Original-URI', good] as const, ['X-Forwarded-Uri', good] as const];
  return [
    ...single,
    ...methods,
    { name: 'both headers of proxies', target, headers: both },
    {
      name: 'an upgrade to HTTP/2',
      target,
      headers: [
        ['Connection', 'Upgrade, HTTP2-Settings'],
        ['Upgrade', 'h2c'],
        ['HTTP2-Settings', ''],
      ],
    },
  ];
}

function show(text: string): string {
  return encodeURIComponent(text) === text ? text : `${encodeURIComponent(text)}`;
}

/** As it goes over the wire, with whatever is needed to have it answered and the connection closed. */
export function toBytes({ method, target, headers, body }: HostileRequest, host: string): Buffer {
  const closing = headers.some(([name]) => name === 'Connection') ? [] : [['Connection', 'close'] as const];
  const lines = [['Host', host] as const, ...headers, ...closing].map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}
