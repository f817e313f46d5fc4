import { createStore, type Source } from '../../packages/client/src/index.ts';
import { nearestLanguage, type TextPack } from '../../src/rules/page-texts.ts';
import { useStore } from '../store.ts';
import { en } from './en.ts';
import { speakBy, type Texts } from './speak.ts';

/** The languages, each by its own name. */
export const languageNames = { en: 'English', de: 'Deutsch', fr: 'Français' } as const;
export type Language = keyof typeof languageNames;

/** English comes with the page. The others are fetched when somebody speaks them. */
export const packs: Readonly<Record<Language, () => Promise<TextPack>>> = {
  en: async () => en,
  de: async () => (await import('./packs/de.json', { with: { type: 'json' } })).default,
  fr: async () => (await import('./packs/fr.json', { with: { type: 'json' } })).default,
};

const chosenKey = 'vestibule language';

interface Spoken {
  readonly language: Language;
  readonly texts: Texts;
}

/** What the page speaks now. */
export const speech: Source<Spoken> = createStore<Spoken>({ language: 'en', texts: speakBy(en, 'en') });
let isSettled = false;
/** What it will speak once its texts are here. */
let chosenLast: Language = 'en';

/**
 * Speaks the language to begin with, once it is done: what was chosen on this page before, else `?lang=`, else what the invitation says, else what the browser
 * prefers.
 */
export function startLanguage(search: string, invitation: string | null): Promise<void> {
  const asked = [readChosen(), new URLSearchParams(search).get('lang'), invitation].flatMap(known);
  isSettled = asked.length > 0;
  return show(asked[0] ?? navigator.languages.flatMap(known)[0] ?? 'en');
}

/** What the service says counts unless somebody has asked for another. English says nothing: rooms that name none have it. */
export function suggestLanguage(tag: string | null): void {
  const [suggested] = known(tag);
  if (!isSettled && suggested !== undefined && suggested !== 'en') void show(suggested);
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
  void show(one);
}

/** Where the texts cannot be fetched the page goes on in the language that it speaks. */
async function show(chosen: Language): Promise<void> {
  chosenLast = chosen;
  const pack = await packs[chosen]().catch(() => null);
  if (pack === null || chosen !== chosenLast) return;
  document.documentElement.lang = chosen;
  speech.set({ language: chosen, texts: speakBy(pack, chosen) });
}

function readChosen(): string | null {
  try {
    return localStorage.getItem(chosenKey);
  } catch {
    return null;
  }
}

/** What the page does not speak is nothing. */
function known(tag: string | null): readonly Language[] {
  const nearest = tag === null ? null : nearestLanguage(tag, Object.keys(languageNames));
  return nearest !== null && isLanguage(nearest) ? [nearest] : [];
}

function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(languageNames, tag);
}

/** The texts of the language spoken now, outside of what is drawn. */
export function textsNow(): Texts {
  return speech.get().texts;
}

export function useTexts(): Texts {
  return useStore(speech).texts;
}
