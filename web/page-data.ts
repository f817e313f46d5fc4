import { createStore, type Source } from '../packages/client/src/index.ts';
import type { PageData } from '../src/rules/page-data.ts';

/** Where no service has made the page, as with `npm run web:dev`. */
const bare: PageData = {
  language: 'en',
  languages: [{ tag: 'en', name: 'English', dir: 'ltr', url: null }],
  look: null,
  media: null,
  misnamed: null,
  access: null,
};

/** What the service has handed over with the page. It never changes afterwards. */
export const pageData: Source<PageData> = createStore(bare);

/** Reads it out of the HTML, where `src/http/first-paint.ts` writes it. */
export function readPageData(): void {
  const written: Partial<PageData> = JSON.parse(document.getElementById('page-data')?.textContent ?? '{}');
  pageData.set({ ...bare, ...written });
}
