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
 * The language among those that are spoken in which somebody who asks by this tag is at home: `de-AT` is German, and of Chinese
 * `zh-TW` is what is written as `zh-Hant` is. Whatever a browser or a link says is read as well as it can be: `en-US@posix` is English.
 * Null: none of them.
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
  return nearestRelative(parts, spoken);
}

/** The same language in the same script, wherever it is spoken; else the same language. */
function nearestRelative(parts: readonly string[], spoken: readonly string[]): string | null {
  const own = likelyOf(parts.join('-')) ?? likelyOf(parts[0] ?? '');
  if (own === null) return null;
  const related = spoken.filter((one) => likelyOf(one)?.language === own.language);
  return related.find((one) => likelyOf(one)?.script === own.script) ?? related[0] ?? null;
}

/** The language of a tag, and the script in which it is usually written there. Null: not a tag. */
function likelyOf(tag: string): Pick<Intl.Locale, 'language' | 'script'> | null {
  try {
    return new Intl.Locale(tag).maximize();
  } catch {
    return null;
  }
}

/** The whole of a pack, with each sentence that another has instead. */
export function layPack(pack: TextPack, over: TextPack): TextPack {
  const laid = Object.entries(pack).map(([name, ours]) => {
    const theirs = over[name];
    if (theirs === undefined || typeof ours === 'string' || isForms(ours)) return [name, theirs ?? ours];
    return [name, layPack(ours, typeof theirs === 'string' ? {} : theirs)];
  });
  return Object.fromEntries(laid);
}

const fromTheRight: ReadonlySet<string> = new Set([
  'Adlm',
  'Arab',
  'Hebr',
  'Mand',
  'Nkoo',
  'Rohg',
  'Samr',
  'Syrc',
  'Thaa',
]);

/** Which way a language is written. */
export function directionOf(tag: string): 'ltr' | 'rtl' {
  return fromTheRight.has(new Intl.Locale(tag).maximize().script ?? '') ? 'rtl' : 'ltr';
}

/** What speakers of a language call it, written as at the beginning of a line. */
export function nameOf(tag: string): string {
  const name = new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
  const [first = '', ...others] = name;
  return `${first.toLocaleUpperCase(tag)}${others.join('')}`;
}

/** The languages that a browser asks for, the best first, as it writes them in `Accept-Language`. */
export function readAcceptLanguage(header: string): readonly string[] {
  const ranges = header.split(',').map((range) => {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => /^q=/i.test(parameter));
    return { tag, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 };
  });
  return ranges
    .filter(({ weight }) => weight > 0)
    .toSorted((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag);
}

/**
 * What is wrong with a pack of texts, one sentence for each thing, by the name of what it is about; empty: nothing.
 * @param isWhole it stands alone, so that it must say everything; else it may say any part
 */
export function findPackProblems(
  pack: unknown,
  english: TextPack,
  { isWhole }: { readonly isWhole: boolean },
): readonly string[] {
  return sectionProblems(pack, english, isWhole, []);
}

function sectionProblems(
  given: unknown,
  english: TextPack,
  isWhole: boolean,
  path: readonly string[],
): readonly string[] {
  const place = path.length === 0 ? 'The file' : path.join('.');
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return [`${place} must be an object.`];
  const entries = new Map<string, unknown>(Object.entries(given));
  const unknown = [...entries.keys()].filter((name) => !Object.hasOwn(english, name));
  return [
    ...unknown.map((name) => `${[...path, name].join('.')} is unknown: the page says nothing by that name.`),
    ...Object.entries(english).flatMap(([name, ours]) => {
      const here = [...path, name];
      const theirs = entries.get(name);
      if (theirs === undefined)
        return isWhole ? [`${here.join('.')} is missing: a new language must be complete.`] : [];
      if (typeof ours === 'object' && !isForms(ours)) return sectionProblems(theirs, ours, isWhole, here);
      return sayingProblems(theirs, ours, here);
    }),
  ];
}

const kindsOfNumbers: ReadonlySet<string> = new Set(['zero', 'one', 'two', 'few', 'many', 'other']);

/** Where English counts, a single sentence will do for every number. */
function sayingProblems(given: unknown, ours: string | Forms, path: readonly string[]): readonly string[] {
  const place = path.join('.');
  const known = placeholdersOf(typeof ours === 'string' ? ours : ours.other);
  if (typeof given === 'string') return sentenceProblems(given, known, place);
  if (typeof ours === 'string' || typeof given !== 'object' || given === null) return [`${place} must be a sentence.`];
  const forms = new Map<string, unknown>(Object.entries(given));
  if (!forms.has('other')) return [`${place} must have a form "other".`];
  return [...forms].flatMap(([kind, form]) => {
    if (!kindsOfNumbers.has(kind))
      return [`${place}.${kind} is unknown: the forms are ${[...kindsOfNumbers].join(', ')}.`];
    return typeof form === 'string'
      ? sentenceProblems(form, known, `${place}.${kind}`)
      : [`${place}.${kind} must be a sentence.`];
  });
}

function sentenceProblems(sentence: string, known: readonly string[], place: string): readonly string[] {
  if (sentence.trim() === '') return [`${place} must not be empty.`];
  const fills =
    known.length === 0 ? 'nothing is filled in here' : `it may contain ${known.map((name) => `{${name}}`).join(', ')}`;
  const others = placeholdersOf(sentence).filter((name) => !known.includes(name));
  const broken = /[{}]/.test(sentence.replace(placeholder, ''));
  return [
    ...others.map((name) => `${place} must not contain {${name}}: ${fills}.`),
    ...(broken ? [`${place} must not contain { or } but around a name: ${fills}.`] : []),
  ];
}
