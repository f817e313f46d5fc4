import type { TextPack } from '../../src/rules/page-texts.ts';
import { useStore } from '../store.ts';
import { speech } from './language.ts';
import { speakPart } from './speak.ts';

/**
 * The texts of a part of the page, which come with that part, in the language that the page speaks now: made once for all that say them.
 * @param path where a pack has them
 */
export function textsOfPart<English extends TextPack>(english: English, ...path: readonly string[]) {
  const speak = (language: string, pack: TextPack) => speakPart(english, sectionOf(pack, path), language);
  let spoken: { readonly from: object; readonly texts: ReturnType<typeof speak> } | null = null;
  return function useTextsOfPart() {
    const from = useStore(speech);
    if (spoken?.from !== from) spoken = { from, texts: speak(from.language, from.pack) };
    return spoken.texts;
  };
}

function sectionOf(pack: TextPack, path: readonly string[]): TextPack {
  return path.reduce<TextPack>((section, name) => {
    const inner = section[name];
    return typeof inner === 'object' ? inner : {};
  }, pack);
}
