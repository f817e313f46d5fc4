import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pageData } from '../../web/page-data.ts';
import { chooseLanguage, speech, startLanguage } from '../../web/texts/language.ts';

// Which language the page speaks, and which way it is written then, in a document that has no more than its root.

const root = { lang: 'en', dir: 'ltr' };
const before = pageData.get();
const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  const languages = [
    { tag: 'en', name: 'English', dir: 'ltr', url: null },
    ...['de', 'fr'].map((tag) => ({ tag, name: tag, dir: 'ltr', url: `/${tag}.json` }) as const),
    { tag: 'ar', name: 'العربية', dir: 'rtl', url: '/ar.json' },
  ] as const;
  pageData.set({ ...before, languages });
  vi.stubGlobal('document', { documentElement: root });
  vi.stubGlobal('fetch', async () => Response.json({}));
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
  });
});
afterEach(() => {
  pageData.set(before);
  vi.unstubAllGlobals();
});

/** What somebody chooses is spoken once its texts are here. */
function choose(tag: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const unfollow = speech.subscribe(() => resolve());
  chooseLanguage(tag);
  return promise.finally(unfollow);
}

describe('the page begins with the language', () => {
  test.each([
    ['that was chosen on it before', 'fr', '?lang=de', 'ar', 'fr'],
    ['in its address, where none was chosen', null, '?lang=de', 'ar', 'de'],
    ['of the invitation, where neither is', null, '', 'ar', 'ar'],
    ['in which it was made, where nobody says one', null, '', null, 'en'],
  ])('%s', async (_which, chosen, search, invitation, spoken) => {
    if (chosen !== null) await choose(chosen);
    await startLanguage(search, invitation);
    expect([speech.get().language, root.lang]).toEqual([spoken, spoken]);
  });
});

test('the page is written the way of the language that somebody chooses, and back again', async () => {
  const ways: string[] = [];
  for (const tag of ['ar', 'de', 'ar', 'en']) {
    await choose(tag);
    ways.push(`${root.lang} ${root.dir}`);
  }
  expect(ways).toEqual(['ar rtl', 'de ltr', 'ar rtl', 'en ltr']);
});
