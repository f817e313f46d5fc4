import { createStore, type Source } from '../../packages/client/src/index.ts';
import { useStore } from '../store.ts';
import { de } from './de.ts';
import { en, type Texts } from './en.ts';
import { fr } from './fr.ts';

export const catalogue = { en, de, fr } as const satisfies Record<string, Texts>;
export type Language = keyof typeof catalogue;

const chosenKey = 'vestibule language';

/** What the page speaks now. */
export const language: Source<Language> = createStore<Language>('en');
let isSettled = false;

/**
 * The language to begin with: what was chosen on this page before, else `?lang=`, else what the invitation says, else what the browser
 * prefers.
 */
export function startLanguage(search: string, invitation: string | null): void {
  const asked = [readChosen(), new URLSearchParams(search).get('lang'), invitation].flatMap(known);
  isSettled = asked.length > 0;
  show(asked[0] ?? navigator.languages.flatMap(known)[0] ?? 'en');
}

/** What the service says counts unless somebody has asked for another. English says nothing: rooms that name none have it. */
export function suggestLanguage(tag: string | null): void {
  const [suggested] = known(tag);
  if (!isSettled && suggested !== undefined && suggested !== 'en') show(suggested);
}

export function chooseLanguage(chosen: string): void {
  const [one] = known(chosen);
  if (one === undefined) return;
  isSettled = true;
  try {
    localStorage.setItem(chosenKey, one);
  } catch {
    // Where nothing is kept, it counts until the page is loaded again.
  }
  show(one);
}

function show(chosen: Language): void {
  document.documentElement.lang = chosen;
  language.set(chosen);
}

function readChosen(): string | null {
  try {
    return localStorage.getItem(chosenKey);
  } catch {
    return null;
  }
}

/** `de-AT` is German; what the page does not speak is nothing. */
function known(tag: string | null): readonly Language[] {
  const base = tag?.split('-')[0]?.toLowerCase();
  return base !== undefined && isLanguage(base) ? [base] : [];
}

function isLanguage(base: string): base is Language {
  return Object.hasOwn(catalogue, base);
}

/** The texts of the language spoken now, outside of what is drawn. */
export function textsNow(): Texts {
  return catalogue[language.get()];
}

export function useTexts(): Texts {
  return catalogue[useStore(language)];
}
