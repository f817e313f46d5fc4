import {
  directionOf,
  type Forms,
  fillSentence,
  isForms,
  placeholdersOf,
  type TextPack,
} from '../../src/rules/page-texts.ts';
import { en } from './en.ts';

/** The names in braces of an English sentence, each once, in their order. */
type Names<Sentence extends string, Seen = never> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name extends Seen
    ? Names<Rest, Seen>
    : [Name, ...Names<Rest, Seen | Name>]
  : [];

type Values<Of extends readonly unknown[]> = {
  readonly [Index in keyof Of]: Of[Index] extends 'count' | 'position' ? number : string;
};

type Said<Sentence extends string> =
  Names<Sentence> extends readonly [] ? string : (...values: Values<Names<Sentence>>) => string;

type Spoken<Pack> = {
  readonly [Name in keyof Pack]: Pack[Name] extends string
    ? Said<Pack[Name]>
    : Pack[Name] extends { readonly other: infer Other extends string }
      ? Said<Other>
      : Spoken<Pack[Name]>;
};

/** Everything that the page says. A sentence with {names} is a function of their values, in the order in which English has them. */
export type Texts = Spoken<typeof en>;

/** Speaks by a pack. What it does not say is said in English, and what English does not say is never asked for. */
export function speakBy(pack: TextPack, language: string): Texts {
  return speakPart(en, pack, language);
}

/** The same for texts that do not come with the page. */
export function speakPart<English extends TextPack>(english: English, pack: TextPack, language: string) {
  // English is the shape of both: `section` goes through it name by name.
  return section(english, pack, toneOf(language)) as Spoken<English>;
}

interface Tone {
  readonly kindOf: (count: number) => string;
  readonly write: (value: unknown) => string;
}

function toneOf(language: string): Tone {
  const kinds = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  const direction = directionOf(language);
  const nameIn = (value: string) => (runsOtherWay(value, direction) ? setApart(value) : value);
  return {
    kindOf: (count) => kinds.select(count),
    write: (value) => (typeof value === 'number' ? numbers.format(value) : nameIn(String(value))),
  };
}

function section(english: TextPack, pack: TextPack, tone: Tone): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(english).map(([name, ours]) => {
      const theirs = pack[name];
      if (typeof ours === 'object' && !isForms(ours))
        return [name, section(ours, typeof theirs === 'object' ? theirs : {}, tone)];
      return [name, say(ours, theirs ?? ours, tone)];
    }),
  );
}

function say(ours: string | Forms, theirs: string | TextPack, tone: Tone): unknown {
  const names = placeholdersOf(typeof ours === 'string' ? ours : ours.other);
  if (names.length === 0) return theirs;
  return (...values: readonly unknown[]) => {
    const written = new Map(names.map((name, index) => [name, tone.write(values[index])]));
    return fillSentence(formFor(theirs, values[names.indexOf('count')], tone), written);
  };
}

function formFor(theirs: string | TextPack, count: unknown, { kindOf }: Tone): string {
  if (typeof theirs === 'string') return theirs;
  const form = typeof count === 'number' ? theirs[kindOf(count)] : undefined;
  const found = form ?? theirs.other;
  return typeof found === 'string' ? found : '';
}

const rightToLeft =
  /[\p{Script=Adlam}\p{Script=Arabic}\p{Script=Hanifi_Rohingya}\p{Script=Hebrew}\p{Script=Mandaic}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Syriac}\p{Script=Thaana}]/u;
const leftToRight = new RegExp(`(?!${rightToLeft.source})\\p{L}`, 'u');

/** Whether something has letters that run the other way than a sentence from there: of a name with letters of both, the first ones lead. */
function runsOtherWay(value: string, direction: 'ltr' | 'rtl'): boolean {
  if (direction === 'ltr') return rightToLeft.test(value);
  return leftToRight.test(value) || !rightToLeft.test(value);
}

/** A name that runs the other way than the sentence would take along the words around it: it is set apart by marks that nobody sees. */
export function setApart(value: string): string {
  return `\u2068${value}\u2069`;
}
