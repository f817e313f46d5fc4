import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { createPages } from '../../src/http/pages.ts';
import { closeAfterwards } from '../support/closers.ts';
import { buildPage } from './page-build.ts';

const ask = createPages({ publicUrl: 'https://meet.example.com', port: 4000 });

async function get(path: string, acceptEncoding?: string) {
  const page = await ask(path, acceptEncoding);
  if (page === null) throw new Error(`there is no ${path}`);
  return { ...page, text: Buffer.from(page.body).toString() };
}

function assetsOf(html: string, extension: string): readonly string[] {
  return [...html.matchAll(/\/assets\/[\w.-]+/g)].map(([path]) => path).filter((path) => path.endsWith(extension));
}

beforeAll(() => buildPage());

describe('the room page', () => {
  test('stands at every room’s address, and at no other', async () => {
    expect((await get('/default/any-room_1')).status).toBe(200);
    for (const path of [
      '/',
      '/default',
      '/default/',
      '/default/a/b',
      '/default/a.b',
      '/default/a%20b',
      '/../etc/passwd',
    ]) {
      expect(await ask(path), path).toBeNull();
    }
  });

  test('allows its own files, its one inline script and the API, and nothing else', async () => {
    const { headers, text } = await get('/default/room');
    const scripts = [...text.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, source]) => source ?? '');
    expect(scripts).toHaveLength(1);
    const hash = createHash('sha256').update(scripts.join('')).digest('base64');
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toContain(`script-src 'self' 'sha256-${hash}';`);
    expect(policy).toContain("connect-src 'self' wss://meet.example.com;");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|data:|\*|http:/);
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

  test('is packed for who can unpack it', async () => {
    expect((await get('/default/room', 'gzip, br')).headers['content-encoding']).toBe('gzip');
    expect((await get('/default/room', 'br, gzip;q=0')).headers['content-encoding']).toBeUndefined();
    expect((await get('/default/room')).headers).toMatchObject({ vary: 'Accept-Encoding' });
  });

  test('says so where it is not built, and only there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vestibule-pages-'));
    closeAfterwards(() => rm(folder, { recursive: true, force: true }));
    const empty = createPages({ publicUrl: null, port: 4000, folder });
    expect(await empty('/default/room')).toMatchObject({ status: 503 });
    expect(await empty('/assets/index-00000000.js')).toBeNull();
    expect(await empty('/nothing')).toBeNull();
  });
});
