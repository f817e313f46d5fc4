import { array, assert, constantFrom, oneof, property, record, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readGateToken } from '../../src/media/gate-request.ts';
import { type HostileRequest, makeHostileRequests } from './hostile-requests.ts';

const tokens = { inside: 'inside.in-si_de.signature', old: 'old.ol_d.signature' };
const { inside } = tokens;

/** What the gate is asked when somebody connects: by a proxy that passes on all that came, and does no more than it must. */
const asked = ({ method, target, headers }: HostileRequest) => [
  ...headers.flat(),
  ...['X-Original-URI', target, 'X-Original-Method', method],
];
const nginx = (target: string, ...more: string[]) => [
  ...['X-Original-URI', target, 'X-Original-Method', 'GET'],
  ...more,
];
const caddy = (target: string, ...more: string[]) => [
  ...['X-Forwarded-Uri', target, 'X-Forwarded-Method', 'GET'],
  ...more,
];

/** Go's net/url.ParseQuery, which LiveKit reads with: a pair that it does not like is left out. */
function readAsGo(target: string): { readonly token: string; readonly publish: string } {
  const at = target.indexOf('?');
  const fields = new Map<string, string>();
  for (const pair of at < 0 ? [] : target.slice(at + 1).split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const [name = '', ...value] = pair.split('=');
    const [key, text] = [unescapeAsGo(name), unescapeAsGo(value.join('='))];
    if (key !== null && text !== null && !fields.has(key)) fields.set(key, text);
  }
  return { token: fields.get('access_token') ?? '', publish: fields.get('publish') ?? '' };
}

function unescapeAsGo(text: string): string | null {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return null;
  const bytes = text.replaceAll('+', ' ').replaceAll(/%([0-9A-Fa-f]{2})/g, (_all, hex: string) => {
    return String.fromCharCode(Number.parseInt(hex, 16));
  });
  return Buffer.from(bytes, 'latin1').toString();
}

/** What browsers and Node's URL make of the same. */
function readAsBrowsers(target: string): { readonly token: string; readonly publish: string } {
  const { searchParams } = new URL(target, 'http://localhost');
  return { token: searchParams.get('access_token') ?? '', publish: searchParams.get('publish') ?? '' };
}

describe('a connection that clients make is read', () => {
  // As livekit-client, @livekit/rtc-node and the SDKs of phones send them.
  test.each([
    ['by a browser', caddy(`/rtc/v1?access_token=${inside}&join_request=CAEaBgoEdGVzdA%3D%3D`)],
    ['by a browser, to see why it was refused', nginx(`/rtc/v1/validate?access_token=${inside}&join_request=CAE`)],
    ['by rtc-node', nginx('/rtc/v1?join_request=CAE_-A', 'authorization', `Bearer ${inside}`)],
    ['by an older SDK', nginx(`/rtc?access_token=${inside}&auto_subscribe=1&sdk=js&version=2.1.0&protocol=15`)],
    ['by an older SDK, resuming', nginx(`/rtc?access_token=${inside}&reconnect=1&sid=PA_x&reconnect_reason=2`)],
    ['by a phone', caddy(`/rtc?sdk=android&device_model=Pixel+7%20(Pro)&os_version=14&access_token=${inside}`)],
    ['with a length of nothing', nginx(`/rtc?access_token=${inside}`, 'Content-Length', '0')],
    ['with a length that the proxy emptied', nginx(`/rtc?access_token=${inside}`, 'Content-Length', '')],
  ])('%s', (_who, headers) => {
    expect(readGateToken(headers)).toBe(inside);
  });
});

describe('a header that decides is not taken twice, or from two proxies', () => {
  const good = `/rtc?access_token=${inside}`;

  test.each([
    ['no proxy said what was asked', ['X-Real-IP', '127.0.0.1']],
    ['the target alone', ['X-Original-URI', good]],
    ['the method alone', ['X-Original-Method', 'GET']],
    ['the method of the other proxy', ['X-Original-URI', good, 'X-Forwarded-Method', 'GET']],
    ['both proxies', [...nginx(good), ...caddy(good)]],
    ['the method by both proxies', nginx(good, 'X-Forwarded-Method', 'GET')],
    ['the target twice', nginx(good, 'x-original-uri', good)],
    ['the method twice', nginx(good, 'X-ORIGINAL-METHOD', 'GET')],
    ['the target twice, the other way', caddy(good, 'x-forwarded-uri', good)],
    ['targets that were joined', nginx(`${good}, ${good}`)],
    ['a length', nginx(good, 'Content-Length', '5')],
    ['a type', nginx(good, 'Content-Type', 'multipart/form-data; boundary=x')],
    ['chunks', nginx(good, 'Transfer-Encoding', 'chunked')],
  ])('%s', (_what, headers) => {
    expect(readGateToken(headers)).toBeNull();
  });
});

describe('a form in which parsers read different things', () => {
  const requests = makeHostileRequests(tokens);

  test('there are many of them', () => {
    expect(requests.length).toBeGreaterThan(150);
  });

  test.each(requests.map((request) => [request.name, request] as const))('%s', (_name, request) => {
    const token = readGateToken(asked(request));
    // Refused; or read by everybody as by the gate: then it is what LiveKit gets, and decides nothing by its form.
    if (token === null) return expect(token).toBeNull();
    const shown = request.headers.find(([name]) => name === 'Authorization')?.[1] ?? null;
    const read = [readAsGo(request.target), readAsBrowsers(request.target)];
    expect(read).toEqual(read.map(() => ({ token: shown === null ? token : '', publish: '' })));
    if (shown !== null) expect(shown).toBe(`Bearer ${token}`);
  });
});

test('whatever stands in a target: the token that the gate reads is the one that Go and browsers read, and nobody publishes', () => {
  const pieces = [
    'access_token',
    'publish',
    'a',
    '=',
    '&',
    '%',
    '%26',
    '%61',
    '%5f',
    '+',
    '#',
    ';',
    '?',
    '/rtc',
    inside,
    tokens.old,
  ];
  const query = array(oneof(constantFrom(...pieces), string({ maxLength: 2 })), { maxLength: 12 });
  const asking = record({
    path: constantFrom('/rtc', '/rtc/v1', '/rtc/validate', '/rtc/v1/validate', '//rtc', '/rtc/v2'),
    before: query,
    after: query,
  });
  let passed = 0;
  assert(
    property(asking, ({ path, before, after }) => {
      const target = `${path}?${before.join('')}&access_token=${inside}&${after.join('')}`;
      const token = readGateToken(nginx(target));
      if (token === null) return;
      passed += 1;
      for (const read of [readAsGo(target), readAsBrowsers(target)]) expect(read).toEqual({ token, publish: '' });
    }),
    { numRuns: 3000 },
  );
  // It is no gate that is always closed.
  expect(passed).toBeGreaterThan(50);
});
