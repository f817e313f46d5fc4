import { createHash } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { change } from '../api/room-kit.ts';
import { createTestDatabase } from '../support/database.ts';
import { type DomainSeed, openDomain } from '../support/domain.ts';
import type { Variables } from '../support/graphql-client.ts';
import { seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { shareBrowser } from './browser.ts';
import { buildPage } from './page-build.ts';
import { visit } from './visitor.ts';

await buildPage();

let domain: DomainSeed;

beforeAll(async () => {
  domain = await openDomain();
});

async function brand(doorPage: Variables | null): Promise<void> {
  await change(domain.backend, 'updateDomain', { doorPage }, '__typename');
}

/** The page as it comes over the network, before any script. */
async function read(roomName: string, { search = '', headers = {} } = {}) {
  const answer = await fetch(`${domain.server.url}/${domain.server.domain}/${roomName}${search}`, { headers });
  const html = await answer.text();
  const [, written = ''] = /<script type="application\/json" id="page-data">(.*?)<\/script>/s.exec(html) ?? [];
  const screen = html.slice(html.indexOf('<div id="app">'));
  return { html, screen, data: JSON.parse(written), policy: answer.headers.get('content-security-policy') ?? '' };
}

describe('the HTML of the page', () => {
  test('has the door of a room that may be knocked at, with all that its form needs', async () => {
    const room = await domain.backend.waitingRoom({ title: 'Design review', lobbyMessage: 'We begin at ten.' });
    const { screen, data } = await read(room.name);
    expect(screen).toMatch(/<input[^>]*name="userName"/);
    expect(screen).toMatch(/<textarea[^>]*name="message"/);
    expect(screen).toMatch(/<button[^>]*type="submit"/);
    expect(screen).toContain('We begin at ten.');
    expect(data.access).toMatchObject({ level: 'LOBBY', roomTitle: 'Design review', ownerPresent: false });
    expect(Math.abs(Date.parse(data.access.now) - Date.now())).toBeLessThan(60_000);
  });

  test('says at a public room that one may come in, and asks for no message', async () => {
    const room = await domain.backend.room();
    const { screen, data } = await read(room.name);
    expect([data.access.level, screen.includes('name="userName"'), screen.includes('name="message"')]).toEqual([
      'FULL',
      true,
      false,
    ]);
  });

  test('is the same at a room that nobody may see and at one that is not there', async () => {
    const room = await domain.backend.room({ privacy: 'PRIVATE', title: 'Secret', lobbyMessage: 'Secret too' });
    const [hidden, missing] = [await read(room.name), await read('no-such-room')];
    const alike = ({ html }: typeof hidden, name: string) => html.replaceAll(name, '').replace(/"now":"[^"]*"/, '');
    expect(hidden.data.access).toMatchObject({
      level: 'NONE',
      refusal: { code: 'ENTRY_NOT_ALLOWED' },
      roomTitle: null,
    });
    expect(alike(hidden, room.name)).toBe(alike(missing, 'no-such-room'));
  });

  test('asks nothing for somebody who comes with a token: their page asks with it', async () => {
    const room = await domain.backend.waitingRoom();
    const { jwt: token } = await room.token();
    const { html, data } = await read(room.name, { search: `?t=${token}` });
    expect(data.access).toBeNull();
    expect(html).not.toContain(token);
  });

  test('cannot be broken by what people write', async () => {
    const hostile = `</script><script>alert(1)</script><!--<script>"'&<!--screen-->`;
    await brand({ brandName: '</title><b>', links: [{ label: `"'&`, url: 'https://a.example/?a="><script>' }] });
    const room = await domain.backend.waitingRoom({ title: hostile, lobbyMessage: hostile });
    const { html, data } = await read(room.name);
    await brand(null);
    expect(data.access).toMatchObject({ roomTitle: hostile, lobbyMessage: hostile });
    expect(data.look.brandName).toBe('</title><b>');
    expect(html.match(/<script/g)).toHaveLength((await read('no-such-room')).html.match(/<script/g)?.length ?? 0);
    expect(html).not.toContain('<b>');
    expect(html).not.toContain('alert(1)</');
  });

  test('wears the domain’s colour and logo, and its policy allows exactly these', async () => {
    await brand({ accentColor: '#8e4585', logoUrl: 'https://static.acme.example/logo.svg', brandName: 'Acme' });
    const { html, policy, data } = await read('any');
    await brand(null);
    const [, style = ''] = /<style>(.*?)<\/style>/.exec(html) ?? [];
    expect(style).toBe(':root{--brand:#8e4585;--brand-light:#8c4383;--brand-dark:#e19dd7}');
    expect(policy).toContain(`style-src 'self' 'sha256-${createHash('sha256').update(style).digest('base64')}';`);
    expect(policy).toContain("img-src 'self' https://static.acme.example;");
    expect(data.look).toMatchObject({ brandName: 'Acme', logoUrl: 'https://static.acme.example/logo.svg' });
    expect((await read('any')).policy).toContain("img-src 'self';");
  });

  test.each([
    ['', 'de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['', 'xx, fr;q=0.5, de;q=0.1', 'fr'],
    ['', 'de;q=0, *', 'en'],
    ['', '', 'en'],
    ['?lang=fr', 'de', 'fr'],
    ['?lang=nonsense', 'de', 'de'],
  ])('speaks the visitor’s language: %s %s', async (search, accepted, language) => {
    const { html, data } = await read('any', { search, headers: { 'accept-language': accepted } });
    expect(html).toContain(`<html lang="${language}" dir="ltr">`);
    expect(data.language).toBe(language);
    const { url } = data.languages.find(({ tag }: { tag: string }) => tag === language);
    expect(url === null).toBe(language === 'en');
    if (url !== null) {
      expect(html).toContain(`<link rel="preload" as="fetch" crossorigin href="${url}">`);
      const pack = await fetch(`${domain.server.url}${url}`);
      expect([pack.headers.get('content-type'), pack.headers.get('cache-control')]).toEqual([
        'application/json; charset=utf-8',
        'public, max-age=31536000, immutable',
      ]);
    }
  });

  test('speaks the room’s language, unless the link asks for another', async () => {
    const room = await domain.backend.waitingRoom({ lang: 'fr-CA' });
    expect((await read(room.name, { headers: { 'accept-language': 'de' } })).data.language).toBe('fr');
    expect((await read(room.name, { search: '?lang=de' })).data.language).toBe('de');
  });
});

describe('the page that is there before its script', () => {
  let server: TestServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await startServer({ databaseUrl: (await createTestDatabase()).url });
    browser = await shareBrowser();
  });

  /** A visitor whose page's script comes when it is let through. */
  async function visitWithout(url: string, locale = 'en-GB') {
    const visitor = await visit(browser, 'about:blank', { locale });
    const held = Promise.withResolvers<void>();
    await visitor.context.route(/\/assets\/index-[^/]*\.js/, async (route) => {
      await held.promise;
      await route.continue();
    });
    await visitor.page.goto(url, { waitUntil: 'commit' });
    await visitor.page.locator('[name="userName"]').waitFor();
    return { ...visitor, letScriptCome: held.resolve };
  }

  test('can be written in at once, and keeps what was written, and where', async () => {
    const room = await seed(server).waitingRoom();
    const visitor = await visitWithout(room.url, 'de-DE');
    const name = visitor.page.locator('[name="userName"]');
    await name.fill('Ada');
    await name.press('Enter');
    await visitor.page.evaluate(() =>
      Object.assign(document.querySelector('[name="userName"]') ?? {}, { before: true }),
    );
    visitor.letScriptCome();
    await visitor.button('Um Einlass bitten').waitFor();
    await visitor.page.waitForFunction(() => performance.getEntriesByName('usable').length > 0);
    const kept = await name.evaluate((input) => {
      return [input === document.activeElement, 'before' in input, (input as HTMLInputElement).value];
    });
    expect(kept).toEqual([true, true, 'Ada']);
    expect(visitor.complaints).toEqual([]);
    await visitor.button('Um Einlass bitten').click();
    await name.waitFor({ state: 'detached' });
  });

  test('takes a name and a message of the longest, also in letters beyond the first plane', async () => {
    const room = await seed(server).waitingRoom();
    const [name, message] = ['\u{20bb7}'.repeat(128), '\u{20bb7}'.repeat(500)];
    const visitor = await visit(browser, `${room.url}?name=${encodeURIComponent(name)}`);
    const [nameField, messageField] = ['[name="userName"]', '[name="message"]'].map((one) => visitor.page.locator(one));
    expect(await nameField?.inputValue()).toBe(name);
    await nameField?.fill('');
    await nameField?.focus();
    await visitor.page.keyboard.insertText(name);
    expect(await nameField?.inputValue()).toBe(name);
    await messageField?.focus();
    await visitor.page.keyboard.insertText(message);
    expect(await messageField?.inputValue()).toBe(message);
    await visitor.button('Ask to join').click();
    await visitor.button('Withdraw').waitFor();
  });

  test('does not show the door to somebody who was here before', async () => {
    const room = await seed(server).waitingRoom();
    const visitor = await visit(browser, room.url);
    await visitor.page.locator('[name="userName"]').fill('Ada');
    await visitor.button('Ask to join').click();
    await visitor.button('Withdraw').waitFor();
    const held = Promise.withResolvers<void>();
    await visitor.context.route(/\/assets\/index-[^/]*\.js/, async (route) => {
      await held.promise;
      await route.continue();
    });
    await visitor.page.reload({ waitUntil: 'commit' });
    await visitor.page.locator('#app main').waitFor({ state: 'attached' });
    expect(await visitor.page.locator('#app main').isVisible()).toBe(false);
    held.resolve();
    await visitor.button('Withdraw').waitFor();
  });

  test('says what to do where scripts are off, in the visitor’s language', async () => {
    const room = await seed(server).waitingRoom();
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'fr-FR' });
    const page = await context.newPage();
    await page.goto(room.url);
    const said = await page.locator('.without-scripts').innerText();
    await context.close();
    expect(said).toContain('JavaScript');
    expect(said).toContain('Autorisez');
  });
});
