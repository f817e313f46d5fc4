import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { createPages } from '../../src/http/pages.ts';
import { plainLook } from '../../src/rules/page-data.ts';
import type { Front } from '../../src/services/front.ts';
import { en } from '../../web/texts/en.ts';
import { enMeeting } from '../../web/texts/en-meeting.ts';
import { enOwners } from '../../web/texts/en-owners.ts';
import { enRecord } from '../../web/texts/en-record.ts';
import { enSettings } from '../../web/texts/en-settings.ts';
import { openDoor } from '../http/door-kit.ts';
import { closeAfterwards } from '../support/closers.ts';
import { buildPage, builtPage } from './page-build.ts';

const plain: Front = { look: plainLook, media: null };
let look: () => Promise<Front> = async () => plain;
const options = { publicUrl: 'https://meet.example.com', port: 4000, look: () => look(), access: async () => null };
const pages = createPages(options);
const { url } = await openDoor({ pages });

const requestWith = (headers: IncomingHttpHeaders = {}, search = '') => {
  return { method: 'GET', headers, search, clientAddress: '192.0.2.1' };
};
const ask = (path: string, headers: IncomingHttpHeaders = {}) => pages(path, requestWith(headers));

async function get(path: string, headers: IncomingHttpHeaders = {}) {
  const page = await ask(path, headers);
  if (page === null) throw new Error(`there is no ${path}`);
  return { ...page, text: Buffer.from(page.body).toString() };
}

function dataIn(html: string): unknown {
  return JSON.parse(/id="page-data">(.*?)<\/script>/s.exec(html)?.[1] ?? '');
}

function assetsOf(html: string, extension: string): readonly string[] {
  return [...html.matchAll(/\/assets\/[\w.-]+/g)].map(([path]) => path).filter((path) => path.endsWith(extension));
}

beforeAll(() => buildPage());

describe('the room page', () => {
  test('stands at every room’s address, and at no other', async () => {
    expect((await get('/default/any-room_1')).status).toBe(200);
    for (const path of ['/', '/default', '/default/', '/default//', '/default/a/b', '/../etc/passwd', '/media/room']) {
      expect(await ask(path), path).toBeNull();
    }
  });

  test.each([
    ['/default/room/', '/default/room'],
    ['/default/room.', '/default/room'],
    ['/default/room).', '/default/room'],
    ['/default/room%20', '/default/room'],
    ['/default/room%22%3E', '/default/room'],
    ['/default/room///', '/default/room'],
    ['/default/room-_%E2%80%9D,', '/default/room-_'],
  ])('sends who comes by %s on, with all that stands behind it', async (path, location) => {
    const answer = await pages(path, requestWith({}, '?t=a.b&lang=de'));
    expect(answer).toMatchObject({ status: 308, headers: { location: `${location}?t=a.b&lang=de` } });
  });

  test.each([
    ['/default/a.b', 'a.b'],
    ['/default/a%20b', 'a b'],
    ['/default/caf%C3%A9', 'café'],
    ['/default/%3Cscript%3E1', '<script>1'],
    ['/default/100%', '100%'],
    [`/default/${'x'.repeat(129)}`, 'x'.repeat(129)],
  ])('says at %s which name was looked for', async (path, name) => {
    const page = await get(path);
    expect(page.status).toBe(404);
    expect(dataIn(page.text)).toMatchObject({ misnamed: name, access: null });
    expect(page.text.split('id="app"')[1]).toContain(name.replaceAll('<', '&lt;'));
    expect(page.text).not.toContain('<script>1');
  });

  test('allows its own files, its one inline script and the API, and nothing else', async () => {
    const { headers, text } = await get('/default/room');
    const scripts = [...text.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, source]) => source ?? '');
    expect(scripts).toHaveLength(1);
    const hash = createHash('sha256').update(scripts.join('')).digest('base64');
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toContain(`script-src 'self' 'sha256-${hash}';`);
    expect(policy).toContain("connect-src 'self' wss://meet.example.com;");
    expect(policy).toContain("style-src 'self';");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|data:|\*|http:/);
  });

  test.each<[string, () => Promise<Front>, string, boolean]>([
    ['no site', async () => plain, "'none'", false],
    [
      'two sites',
      async () => ({
        ...plain,
        look: { ...plainLook, frameOrigins: ['https://app.example.com', 'https://*.acme.example'] },
      }),
      'https://app.example.com https://*.acme.example',
      true,
    ],
    ['nobody can say who', () => Promise.reject(new Error('away')), "'none'", false],
    ['nobody says who', () => new Promise(() => {}), "'none'", false],
  ])('is framed by those alone whom its domain names: %s', async (_what, say, ancestors, mayBeFramed) => {
    look = say;
    const page = await fetch(`${url}/default/room`);
    look = async () => plain;
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain(`; frame-ancestors ${ancestors};`);
    expect(page.headers.get('x-frame-options')).toBe(mayBeFramed ? null : 'DENY');
  });

  test('is kept by nobody, while what it loads never changes and may be kept for ever', async () => {
    const { headers, text } = await get('/default/room');
    expect(headers['cache-control']).toBe('no-store');
    for (const path of assetsOf(text, '')) {
      expect((await get(path)).headers['cache-control'], path).toBe('public, max-age=31536000, immutable');
    }
    expect(await ask('/assets/index-00000000.js')).toBeNull();
    expect(await ask('/assets/../index.html')).toBeNull();
  });

  test('takes the token out of the address before anything is loaded', async () => {
    const { text } = await get('/default/room');
    expect(text.indexOf('history.replaceState')).toBeGreaterThan(0);
    expect(text.indexOf('history.replaceState')).toBeLessThan(text.search(/<(?:link|script [^>]*src)/));
  });

  test('loads nothing from elsewhere, and less than 40 KiB of JavaScript', async () => {
    const { text } = await get('/default/room');
    expect(text).not.toMatch(/(?:src|href)="(?!\/assets\/)/);
    const scripts = await Promise.all(assetsOf(text, '.js').map((path) => get(path)));
    const bytes = scripts.reduce((sum, { body }) => sum + gzipSync(body, { level: 9 }).length, 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(40 * 1024);
  });

  test('leaves to the room’s part what only people inside read', async () => {
    const { text } = await get('/default/room');
    const scripts = await Promise.all(assetsOf(text, '.js').map((path) => get(path)));
    const loaded = scripts.map((script) => script.text).join('');
    expect(loaded.includes(en.otherTab.title)).toBe(true);
    const inside = [enOwners.queue.emptyText, enSettings.privateHint, enRecord.empty, enMeeting.weak];
    expect(inside.filter((words) => loaded.includes(words))).toEqual([]);
  });

  test('has one face for headings, of at most 20 KB, and its licence beside it', async () => {
    const { text } = await get('/default/room');
    const [style = ''] = await Promise.all(assetsOf(text, '.css').map((path) => get(path)));
    const faces = [...(style === '' ? '' : style.text).matchAll(/\/assets\/newsreader[\w.-]+woff2/g)].map(
      ([path]) => path,
    );
    expect(faces).toHaveLength(1);
    expect((await get(faces[0] ?? '')).body.length).toBeLessThan(20_000);
    expect(await readFile(new URL('../../web/fonts/OFL.txt', import.meta.url), 'utf8')).toContain(
      'SIL Open Font License',
    );
  });

  test.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['BR', 'br'],
    ['gzip', 'gzip'],
    ['*', 'br'],
    ['br;q=0.1, gzip;q=0.9', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br; q=0.0, gzip;q=0', undefined],
    ['*;q=0', undefined],
    ['identity, br;q=0.5', undefined],
    ['brotli-next, xgzip', undefined],
    ['', undefined],
  ])('is packed as the browser likes it best: %s', async (acceptEncoding, expected) => {
    const page = await get('/default/room', { 'accept-encoding': acceptEncoding });
    expect(page.headers['content-encoding']).toBe(expected);
    expect(page.headers.vary).toContain('Accept-Encoding');
    const unpack = { br: brotliDecompressSync, gzip: gunzipSync }[expected ?? ''] ?? Buffer.from;
    expect(unpack(page.body).toString()).toBe((await get('/default/room')).text);
  });

  test('packs scripts and styles, and no packed file has an address of its own', async () => {
    const { text } = await get('/default/room');
    for (const path of [...assetsOf(text, '.js'), ...assetsOf(text, '.css')]) {
      for (const encoding of ['br', 'gzip']) {
        const { headers, body } = await get(path, { 'accept-encoding': encoding });
        expect(headers['content-encoding'], path).toBe(encoding);
        expect(body.length).toBeLessThan((await get(path)).body.length / 2);
      }
      expect(await ask(`${path}.br`)).toBeNull();
      expect(await ask(`${path}.gz`)).toBeNull();
    }
  });

  test('says so where it is not built, and only there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vestibule-pages-'));
    closeAfterwards(() => rm(folder, { recursive: true, force: true }));
    const empty = createPages({ ...options, publicUrl: null, folder });
    const request = requestWith();
    expect(await empty('/default/room', request)).toMatchObject({ status: 503 });
    expect(await empty('/assets/index-00000000.js', request)).toBeNull();
    expect(await empty('/nothing', request)).toBeNull();
    // Half a build is no page, and is not remembered.
    await writeFile(join(folder, 'index.html'), '<!doctype html>');
    await expect(empty('/default/room', request)).rejects.toThrow(folder);
    await cp(builtPage, folder, { recursive: true });
    expect(await empty('/default/room', request)).toMatchObject({ status: 200 });
    // Nor is a page of another version.
    await writeFile(join(folder, 'index.html'), '<!doctype html>');
    const another = createPages({ ...options, folder });
    await expect(another('/default/room', request)).rejects.toThrow('language');
  });
});

test('however many pages were asked for, the next one has the look of its domain', async () => {
  look = async () => ({ ...plain, look: { ...plainLook, accentColor: '#123456' } });
  try {
    for (let count = 0; count < 100; count += 1) await ask('/default/room');
    expect(dataIn((await get('/default/room')).text)).toMatchObject({ look: { accentColor: '#123456' } });
  } finally {
    look = async () => plain;
  }
});

describe('while one address asks for the pages of ever new domains', () => {
  const flooding = '203.0.113.9';
  const framed: Front = { ...plain, look: { ...plainLook, frameOrigins: ['https://app.example.com'] } };
  /** How many it holds at once: more than one address may, and all together. */
  const many = 250;

  /** Of all that is asked for nothing is answered before `answer`. */
  function openFlood(more: Partial<Parameters<typeof createPages>[0]> = {}) {
    const answers = Promise.withResolvers<Front>();
    const asked: string[] = [];
    const look = (domain: string) => {
      asked.push(domain);
      return answers.promise;
    };
    const flooded = createPages({ ...options, look, ...more });
    const from = async (clientAddress: string, path: string) => {
      const page = await flooded(path, { ...requestWith(), clientAddress });
      return /frame-ancestors ([^;]+);/.exec(String(page?.headers['content-security-policy']))?.[1];
    };
    const flood = Array.from({ length: many }, (_, count) => from(flooding, `/new-${count}/room`));
    return { from, flood, asked, answer: () => answers.resolve(framed) };
  }
  const shown = framed.look.frameOrigins[0];

  test('somebody else’s comes with all that belongs to it', async () => {
    const { from, flood, answer } = openFlood();
    const page = from('192.0.2.7', '/default/room');
    const crowd = Array.from({ length: many }, () => from('192.0.2.8', '/office/room'));
    answer();
    expect(await page).toBe(shown);
    expect(new Set(await Promise.all(crowd))).toEqual(new Set([shown]));
    expect(new Set(await Promise.all(flood))).toEqual(new Set([shown, "'none'"]));
  });

  test('its own of a domain that is at hand does too, and costs nothing', async () => {
    const lookAtHand = (domain: string) => (domain === 'default' ? framed : null);
    const { from, flood, asked, answer } = openFlood({ lookAtHand });
    expect(await from(flooding, '/default/room')).toBe(shown);
    expect(asked).not.toContain('default');
    answer();
    await Promise.all(flood);
  });

  test('no address has a limit of its own where the budgets are off', async () => {
    const bare = async (rateLimits: boolean) => {
      const { flood, answer } = openFlood({ rateLimits });
      answer();
      return (await Promise.all(flood.slice(0, 90))).filter((ancestors) => ancestors !== shown).length;
    };
    expect(await bare(true)).toBeGreaterThan(0);
    expect(await bare(false)).toBe(0);
  });
});

describe('what the page loads, over HTTP', () => {
  const scriptPath = async () => assetsOf((await get('/default/room')).text, '.js')[0] ?? '';
  const send = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${url}${path}`, init);
    return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
  };

  test.each(['identity', 'gzip', 'br'])(
    'whoever has it already (%s) is told so, and gets no byte',
    async (encoding) => {
      for (const path of ['/default/room', await scriptPath()]) {
        const asked = { 'accept-encoding': encoding };
        const first = await send(path, { headers: asked });
        const etag = first.headers.get('etag') ?? '';
        expect(etag).toMatch(/^"[\w-]{22}"$/);
        for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
          const again = await send(path, { headers: { ...asked, 'if-none-match': known } });
          expect([again.status, again.bytes.length, again.headers.get('etag')], known).toEqual([304, 0, etag]);
          for (const name of ['vary', 'cache-control', 'content-security-policy', 'x-content-type-options']) {
            expect(again.headers.get(name), name).toBe(first.headers.get(name));
          }
        }
        for (const unknown of ['"other"', etag.slice(1, -1), '']) {
          expect((await send(path, { headers: { ...asked, 'if-none-match': unknown } })).status, unknown).toBe(200);
        }
      }
    },
  );

  test('each packing of a file has a tag of its own, since its bytes are others', async () => {
    const path = await scriptPath();
    const tags = await Promise.all(
      ['identity', 'gzip', 'br'].map(
        async (encoding) => (await get(path, { 'accept-encoding': encoding })).headers.etag,
      ),
    );
    expect(new Set(tags).size).toBe(3);
  });

  test('HEAD says of the page and of a file what GET says, and brings none of it', async () => {
    for (const path of ['/default/room', await scriptPath()]) {
      const asked = { headers: { 'accept-encoding': 'br' } };
      const [head, got] = [await send(path, { ...asked, method: 'HEAD' }), await send(path, asked)];
      const said = ({ headers }: typeof head) =>
        [...headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name));
      expect(head.status).toBe(200);
      expect(said(head)).toEqual(said(got));
      expect(head.bytes).toHaveLength(0);
    }
  });

  test('a part of a file, and that there is no such part', async () => {
    const path = await scriptPath();
    const whole = (await send(path, { headers: { 'accept-encoding': 'identity' } })).bytes;
    const size = whole.length;
    const last = size - 1;
    const etag = (await get(path)).headers.etag ?? '';
    const rows: readonly (readonly [string, Record<string, string>, number, string | null, Buffer])[] = [
      ['bytes=0-9', {}, 206, `bytes 0-9/${size}`, whole.subarray(0, 10)],
      ['bytes=0-0', {}, 206, `bytes 0-0/${size}`, whole.subarray(0, 1)],
      ['bytes=10-', {}, 206, `bytes 10-${last}/${size}`, whole.subarray(10)],
      ['bytes=-5', {}, 206, `bytes ${size - 5}-${last}/${size}`, whole.subarray(-5)],
      [`bytes=-${size + 5}`, {}, 206, `bytes 0-${last}/${size}`, whole],
      [`bytes=5-${size + 5}`, {}, 206, `bytes 5-${last}/${size}`, whole.subarray(5)],
      ['bytes=0-9', { 'if-range': etag }, 206, `bytes 0-9/${size}`, whole.subarray(0, 10)],
      ['bytes=0-9', { 'if-range': '"other"' }, 200, null, whole],
      [`bytes=${size}-`, {}, 416, `bytes */${size}`, Buffer.alloc(0)],
      ['bytes=-0', {}, 416, `bytes */${size}`, Buffer.alloc(0)],
      ['bytes=5-2', {}, 200, null, whole],
      ['bytes=0-1,5-6', {}, 200, null, whole],
      ['bytes=-', {}, 200, null, whole],
      ['lines=1-2', {}, 200, null, whole],
    ];
    for (const [range, more, status, contentRange, bytes] of rows) {
      const answer = await send(path, { headers: { 'accept-encoding': 'identity', range, ...more } });
      expect([answer.status, answer.headers.get('content-range')], range).toEqual([status, contentRange]);
      expect(answer.bytes.equals(bytes), range).toBe(true);
      expect(answer.headers.get('content-length'), range).toBe(String(bytes.length));
    }
  });
});
