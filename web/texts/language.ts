import { createStore, type Source } from '../../packages/client/src/index.ts';
import { nearestLanguage, type TextPack } from '../../src/rules/page-texts.ts';
import { pageData } from '../page-data.ts';
import { useStore } from '../store.ts';
import { en } from './en.ts';
import { speakBy, type Texts } from './speak.ts';

export type { Texts } from './speak.ts';

const chosenKey = 'vestibule language';

interface Spoken {
  readonly language: string;
  readonly pack: TextPack;
  readonly texts: Texts;
}

/** What the page speaks now. */
export const speech: Source<Spoken> = createStore<Spoken>({
  language: 'en',
  pack: en,
  texts: speakBy(en, 'en'),
});
let isSettled = false;
/** What it will speak once its texts are here. */
let chosenLast = 'en';

/** From now on the page speaks by these texts. */
export function speakAs(language: string, pack: TextPack): void {
  speech.set({ language, pack, texts: speakBy(pack, language) });
}

/**
 * Speaks the language to begin with, once it is done: what was chosen on this page before, else `?lang=`, else what the invitation says, else
 * the one in which the service made the page.
 */
export function startLanguage(search: string, invitation: string | null): Promise<void> {
  const asked = [readChosen(), new URLSearchParams(search).get('lang'), invitation].flatMap(known);
  isSettled = asked.length > 0;
  return show(asked[0] ?? pageData.get().language);
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
async function show(chosen: string): Promise<void> {
  chosenLast = chosen;
  const pack = await fetchPack(chosen).catch(() => null);
  if (pack === null || chosen !== chosenLast) return;
  const { documentElement } = document;
  documentElement.lang = chosen;
  documentElement.dir = pageData.get().languages.find(({ tag }) => tag === chosen)?.dir ?? 'ltr';
  speakAs(chosen, pack);
}

/** English comes with the page. The others, and what an operator says instead, are fetched when somebody speaks them. */
async function fetchPack(language: string): Promise<TextPack> {
  const url = pageData.get().languages.find(({ tag }) => tag === language)?.url ?? null;
  if (url === null) return en;
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`the texts did not come: ${answer.status}`);
  return answer.json();
}

function readChosen(): string | null {
  try {
    return localStorage.getItem(chosenKey);
  } catch {
    return null;
  }
}

/** What the page does not speak is nothing. */
function known(tag: string | null): readonly string[] {
  const spoken = pageData.get().languages.map((offer) => offer.tag);
  const nearest = tag === null ? null : nearestLanguage(tag, spoken);
  return nearest === null ? [] : [nearest];
}

/** The texts of the language spoken now, outside of what is drawn. */
export function textsNow(): Texts {
  return speech.get().texts;
}

export function useTexts(): Texts {
  return useStore(speech).texts;
}
