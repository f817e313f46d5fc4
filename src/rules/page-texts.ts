// What the pages say, as packs of texts: JSON that the build makes from web/texts, and that an operator may replace.

/** Sections of sentences, by name. A sentence that counts has a form for each kind of number instead: `Forms`. */
export interface TextPack {
  readonly [name: string]: string | TextPack;
}

/** A sentence by the kind of its number, as `Intl.PluralRules` tells them apart; `other` stands in for each that is missing. */
export interface Forms extends TextPack {
  readonly other: string;
}

export function isForms(texts: string | TextPack): texts is Forms {
  return typeof texts === 'object' && typeof texts.other === 'string';
}

const placeholder = /\{(\w+)\}/g;

/** The names in braces, each once, in the order in which a sentence has them. */
export function placeholdersOf(sentence: string): readonly string[] {
  return [...new Set([...sentence.matchAll(placeholder)].map(([, name = '']) => name))];
}

/** What has no value stays as it is written. */
export function fillSentence(sentence: string, values: ReadonlyMap<string, string>): string {
  return sentence.replace(placeholder, (written, name: string) => values.get(name) ?? written);
}

/**
 * The language among those that are spoken in which somebody who asks by this tag is at home: `de-AT` is German. Whatever a browser or a
 * link says is read as well as it can be: `en-US@posix` is English. Null: none of them.
 */
export function nearestLanguage(asked: string, spoken: readonly string[]): string | null {
  const parts = asked
    .trim()
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  for (let length = parts.length; length > 0; length -= 1) {
    const tag = parts.slice(0, length).join('-');
    const found = spoken.find((one) => one.toLowerCase() === tag);
    if (found !== undefined) return found;
  }
  return null;
}
