import { createHash } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createPages } from '../../src/http/pages.ts';
import { plainLook } from '../../src/rules/page-data.ts';
import type { Front } from '../../src/services/front.ts';
import { openDoor } from '../http/door-kit.ts';
import { closeAfterwards } from '../support/closers.ts';
import { buildPage, builtPage } from './page-build.ts';

beforeAll(() => buildPage());

const fronts: Readonly<Record<string, Front>> = {
  plain: { look: plainLook, media: null },
  framed: { look: { ...plainLook, frameOrigins: ['https://app.example.com', 'https://*.acme.example'] }, media: null },
  branded: { look: { ...plainLook, logoUrl: 'https://static.acme.example:8443/a/b.svg?x' }, media: null },
  livekit: { look: plainLook, media: { kind: 'LIVEKIT', url: 'wss://lk.example.com:7443/path' } },
  local: { look: plainLook, media: { kind: 'LIVEKIT', url: 'ws://[::1]:7880' } },
  jitsi: { look: plainLook, media: { kind: 'JITSI', url: 'https://meet.example.org' } },
};
const look = async (domain: string) => fronts[domain] ?? { look: plainLook, media: null };
const pages = createPages({ publicUrl: 'https://meet.example.com', port: 4000, look, access: async () => null });
const { url } = await openDoor({ pages, config: { publicUrl: 'https://meet.example.com' } });

/** What each answer of the service says, whatever it is. */
const always = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000',
  'set-cookie': null,
};
const nobodyCaptures = 'camera=(), microphone=(), display-capture=(), geolocation=()';

type Kind = readonly [
  what: string,
  path: string,
  headers: Readonly<Record<string, string | null>>,
  policy: readonly string[],
];

const noFrame = "frame-ancestors 'none'";
const kinds: readonly Kind[] = [
  [
    'a room page',
    '/plain/room',
    { 'permissions-policy': nobodyCaptures, 'x-frame-options': 'DENY', 'cache-control': 'no-store' },
    [
      noFrame,
      "img-src 'self'",
      "connect-src 'self' wss://meet.example.com",
      "form-action 'none'",
      "base-uri 'none'",
      "default-src 'none'",
      "require-trusted-types-for 'script'",
    ],
  ],
  [
    'a page that may be framed',
    '/framed/room',
    { 'permissions-policy': nobodyCaptures, 'x-frame-options': null },
    ['frame-ancestors https://app.example.com https://*.acme.example'],
  ],
  [
    'a page with a logo',
    '/branded/room',
    { 'permissions-policy': nobodyCaptures },
    [noFrame, "img-src 'self' https://static.acme.example:8443"],
  ],
  [
    'a page with LiveKit',
    '/livekit/room',
    { 'permissions-policy': 'camera=(self), microphone=(self), display-capture=(self), geolocation=()' },
    [noFrame, "connect-src 'self' wss://meet.example.com wss://lk.example.com:7443 https://lk.example.com:7443"],
  ],
  ['a page with LiveKit at an IPv6 address', '/local/room', {}, ["connect-src 'self' wss://meet.example.com"]],
  [
    'a page with Jitsi',
    '/jitsi/room',
    {
      'permissions-policy':
        'camera=(self "https://meet.example.org"), microphone=(self "https://meet.example.org"), display-capture=(self "https://meet.example.org"), geolocation=()',
    },
    [noFrame, 'frame-src https://meet.example.org', "connect-src 'self' wss://meet.example.com"],
  ],
  [
    'a domain that is not there',
    '/unknown/room',
    { 'permissions-policy': nobodyCaptures, 'x-frame-options': 'DENY' },
    [noFrame],
  ],
  [
    'a name that no room can have',
    '/plain/no.name',
    { 'x-frame-options': 'DENY', 'cache-control': 'no-store' },
    [noFrame, "default-src 'none'"],
  ],
  [
    'an address to be corrected',
    '/framed/room/',
    { 'x-frame-options': 'DENY', 'cache-control': 'no-store' },
    [noFrame],
  ],
  [
    'the API',
    '/graphql?query={hello}',
    { 'x-frame-options': 'DENY', 'cache-control': 'no-store' },
    [noFrame, "default-src 'none'"],
  ],
  ['what is not there', '/nothing', { 'x-frame-options': 'DENY' }, [noFrame, "default-src 'none'"]],
  ['health', '/health', { 'x-frame-options': 'DENY' }, [noFrame]],
  ['the schema', '/schema.graphql', { 'x-frame-options': 'DENY' }, [noFrame]],
];

describe('what the browser is told', () => {
  test.each(kinds)('%s: %s', async (_what, path, headers, policy) => {
    const answer = await fetch(`${url}${path}`, { redirect: 'manual' });
    const said = Object.fromEntries(
      Object.keys({ ...always, ...headers }).map((name) => [name, answer.headers.get(name)]),
    );
    expect(said).toEqual({ ...always, ...headers });
    const directives = (answer.headers.get('content-security-policy') ?? '').split('; ');
    expect(directives).toEqual(expect.arrayContaining([...policy]));
    expect(directives.join()).not.toMatch(/unsafe|data:|blob:|(?<!https:\/\/)\*/);
  });

  test('a file of the page may be kept for ever, and is framed by nobody', async () => {
    const html = await (await fetch(`${url}/framed/room`)).text();
    const paths = [...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(9);
    for (const path of new Set(paths)) {
      const { headers } = await fetch(`${url}${path}`);
      expect([path, headers.get('cache-control')]).toEqual([path, 'public, max-age=31536000, immutable']);
      expect([headers.get('x-frame-options'), headers.get('x-content-type-options')]).toEqual(['DENY', 'nosniff']);
    }
  });
});

test('a script that came into the page with what somebody typed is not allowed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-page-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  await cp(builtPage, folder, { recursive: true });
  // As if what draws the page had forgotten to escape.
  const [script, style] = ['alert(1)', 'body{display:none}'];
  const screen = `<script>${script}</script><style>${style}</style>`;
  const painted = JSON.stringify({ screen, title: '', withoutScripts: '' });
  await writeFile(join(folder, 'first-paint.js'), `export const paint = () => (${painted});`);
  const look = { ...plainLook, accentColor: '#1a6b4f' };
  const pages = createPages({
    ...{ folder, publicUrl: null, port: 4000 },
    look: async () => ({ look, media: null }),
    access: async () => null,
  });
  const request = { method: 'GET', headers: {}, search: '', clientAddress: '' };
  const answer = await pages('/default/room', request);
  const html = Buffer.from(answer?.body ?? '').toString();
  const policy = String(answer?.headers['content-security-policy']);
  const hashOf = (source: string) => `'sha256-${createHash('sha256').update(source).digest('base64')}'`;
  const brand = /<style>(:root\{--brand:.*?)<\/style>/.exec(html)?.[1] ?? '';
  expect(html).toContain(screen);
  expect([script, style, brand].map((source) => policy.includes(hashOf(source)))).toEqual([false, false, true]);
});
