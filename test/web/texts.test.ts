import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  directionOf,
  isForms,
  nameOf,
  nearestLanguage,
  placeholdersOf,
  readAcceptLanguage,
  type TextPack,
} from '../../src/rules/page-texts.ts';
import { en } from '../../web/texts/en.ts';
import { wholeEnglish as english } from '../../web/texts/en-whole.ts';
import { speakAs } from '../../web/texts/language.ts';
import { roomTextsNow } from '../../web/texts/room-texts.ts';
import { speakBy } from '../../web/texts/speak.ts';

test('every refusal of the door has a text of its own, or is covered by one', () => {
  const entry = Object.keys(en.refusals);
  for (const code of ['ENTRY_NOT_ALLOWED', 'ROOM_NOT_OPEN', 'ROOM_EXPIRED', 'ROOM_FULL', 'BANNED', 'TOKEN_REVOKED']) {
    expect(entry).toContain(code);
  }
});

/** Every sentence by its path, with what it fills in. */
function shapeOf(texts: TextPack, path = ''): readonly string[] {
  return Object.entries(texts).flatMap(([name, text]) => {
    const here = `${path}.${name}`;
    if (typeof text === 'object' && !isForms(text)) return shapeOf(text, here);
    const sentence = typeof text === 'string' ? text : text.other;
    return [`${here} ${placeholdersOf(sentence).toSorted().join(' ')}`];
  });
}

function sentencesOf(texts: TextPack): readonly string[] {
  return Object.values(texts).flatMap((text) => (typeof text === 'string' ? [text] : sentencesOf(text)));
}

/** What each sentence is called, but for those that are named after something of the service and looked up by it. */
function namesOf(texts: TextPack): readonly string[] {
  return Object.entries(texts).flatMap(([name, text]) => {
    if (typeof text === 'object' && !isForms(text)) return namesOf(text);
    return /^[a-z]/.test(name) ? [name] : [];
  });
}

function formsOf(texts: TextPack): readonly TextPack[] {
  const objects = Object.values(texts).filter((text) => typeof text === 'object');
  return objects.flatMap((text) => (isForms(text) ? [text] : formsOf(text)));
}

/** A text and, beside it, the same with a person's name: what stands on a button, and what the button is called. */
function namedButtons(texts: TextPack): readonly { readonly words: string; readonly name: string }[] {
  return Object.entries(texts).flatMap(([key, name]) => {
    if (typeof name === 'object') return isForms(name) ? [] : namedButtons(name);
    const words = key.endsWith('Name') ? texts[key.slice(0, -'Name'.length)] : undefined;
    return typeof words === 'string' ? [{ words, name }] : [];
  });
}

const folder = new URL('../../web/texts/packs/', import.meta.url);
const packs = readdirSync(folder).map((name): [string, TextPack] => [
  name.replace('.json', ''),
  JSON.parse(readFileSync(new URL(name, folder), 'utf8')),
]);

describe('each language', () => {
  test.each(packs)('%s says all that English says, and nothing empty', (_tag, pack) => {
    expect(shapeOf(pack).toSorted()).toEqual(shapeOf(english).toSorted());
    expect(JSON.stringify(pack)).not.toContain('""');
  });

  test.each([...packs, ['en', english] as const])(
    '%s: a button’s name has the words that stand on it',
    (_tag, pack) => {
      const buttons = namedButtons(pack);
      expect(buttons.length).toBeGreaterThan(4);
      // Whoever steers by voice says what they read.
      const others = buttons.filter(({ words, name }) => !name.toLowerCase().includes(words.toLowerCase()));
      expect(others).toEqual([]);
    },
  );

  test.each([...packs, ['en', english] as const])(
    '%s: a sentence that names a button calls it as it is called',
    (_tag, pack) => {
      // A pack is whole, as the first of these tests says.
      const { ban, person, room } = pack as unknown as typeof english;
      for (const sentence of [ban.text, ban.nameless]) {
        expect(sentence).toContain(person.lift);
        expect(sentence).toContain(person.banned);
      }
      for (const sentence of [room.notLeft, room.going.text]) expect(sentence).toContain(room.leave);
    },
  );

  test.each([...packs, ['en', english] as const])(
    '%s has the forms that its grammar has for what is counted, and no other',
    (tag, pack) => {
      const kinds = new Intl.PluralRules(tag);
      // Numbers of people and of seconds. Forms go by their last digits, and where there are others from a million upwards nobody counts so far.
      const numbers = Map.groupBy(Array(1_001).keys(), (count) => kinds.select(count));
      const wanted = [...new Set([...numbers.keys(), 'other'])].toSorted();
      const forms = formsOf(pack);
      expect(forms.length).toBeGreaterThan(4);
      for (const sentences of forms)
        expect([Object.keys(sentences).toSorted(), sentences]).toEqual([wanted, sentences]);
      // What says its number in words is said of that number alone: in French and Portuguese nobody counts as one does.
      const several = [...numbers].flatMap(([kind, { length }]) => (length > 1 ? [kind] : []));
      const said = forms.flatMap((sentences) => several.map((kind) => sentences[kind] ?? ''));
      expect(said.filter((sentence) => !String(sentence).includes('{count}'))).toEqual([]);
    },
  );

  test.each([
    ['de', 'Deutsch', 'ltr'],
    ['ar', 'العربية', 'rtl'],
    ['pt-BR', 'Português (Brasil)', 'ltr'],
    ['he', 'עברית', 'rtl'],
    ['ckb', 'کوردیی ناوەندی', 'rtl'],
  ])('%s is offered by its own name, and is written its own way', (tag, name, direction) => {
    expect([nameOf(tag), directionOf(tag)]).toEqual([name, direction]);
  });
});

test('no text is translated that the page does not name', () => {
  const web = new URL('../../web/', import.meta.url);
  const files = readdirSync(web, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.tsx?$/.test(name) && !/^texts.en/.test(name),
  );
  const page = files.map((name) => readFileSync(new URL(name, web), 'utf8')).join('\n');
  const named = new Set([...page.matchAll(/(?:[.'{,:]\s*)([a-z]\w*)\b/g)].map(([, name]) => name));
  expect(namesOf(english).filter((name) => !named.has(name))).toEqual([]);
});

test('French keeps its signs and quotation marks on the line of their words', () => {
  const french = packs.flatMap(([tag, pack]) => (tag === 'fr' ? sentencesOf(pack) : []));
  expect(french.length).toBeGreaterThan(100);
  expect(french.filter((sentence) => /[^\u00a0][:;?!»]|«[^\u00a0]/.test(sentence))).toEqual([]);
});

describe('a sentence', () => {
  test('is filled in by name, in whatever order a language needs', () => {
    const texts = speakBy({ told: { admitted: 'Herein kam {name}, durch {by}.' } }, 'de');
    expect(texts.told.admitted('Mara', 'Ada')).toBe('Herein kam Ada, durch Mara.');
  });

  test('has the form of its number', () => {
    const { peopleCount } = speakBy({ room: { peopleCount: { one: 'einer', other: '{count} Leute' } } }, 'de').room;
    expect([peopleCount(1), peopleCount(1234)]).toEqual(['einer', '1.234 Leute']);
  });

  test('that a pack does not have is said in English', () => {
    expect(speakBy({}, 'de').told.muted('Mara')).toBe(en.told.muted.replace('{by}', 'Mara'));
  });

  test('sets a name apart that runs the other way, and takes it as it is written', () => {
    const texts = speakBy(en, 'en');
    expect(texts.told.joined('نور')).toBe('\u2068نور\u2069 came in.');
    expect(texts.told.joined('{by} $&')).toBe('{by} $& came in.');
  });

  test.each([
    ['en', 'Ada', false],
    ['en', 'Ada نور', true],
    ['ar', 'Ada', true],
    ['ar', 'نور', false],
    ['ar', 'نور (Sales)', true],
    ['ar', '15:04', true],
    ['ckb', 'Ada', true],
    ['ckb', 'نور', false],
    ['dv', 'Ada', true],
    ['en', '𞤀𞤁𞤂', true],
  ])('in %s sets “%s” apart: %s', (tag, name, isApart) => {
    expect(speakBy({}, tag).told.joined(name)).toBe(`${isApart ? `\u2068${name}\u2069` : name} came in.`);
  });
});

test('the room’s own words are in the language of the page, and made once for all that say them', () => {
  const [inEnglish, again] = [roomTextsNow(), roomTextsNow()];
  expect(again).toBe(inEnglish);
  expect(inEnglish.queue.admitName('Ada')).toBe('Admit Ada');
  try {
    speakAs('de', { door: { join: 'Eintreten' }, queue: { admitName: '{name} einlassen' } });
    const { door, queue } = roomTextsNow();
    expect([door.join, queue.admitName('Ada'), queue.deny]).toEqual(['Eintreten', 'Ada einlassen', 'Deny']);
  } finally {
    speakAs('en', en);
  }
});

test.each([
  ['de-AT', 'de'],
  ['DE', 'de'],
  ['en-US@posix', 'en'],
  ['en_US.UTF-8', 'en'],
  ['fr-CA-x-home', 'fr'],
  ['  de ', 'de'],
  ['dew', null],
  ['C', null],
  ['', null],
  ['*', null],
])('somebody who asks for "%s" is at home in %s', (asked, expected) => {
  expect(nearestLanguage(asked, ['en', 'de', 'fr'])).toBe(expected);
});

test.each([
  ['zh-TW', ['en', 'zh-Hans', 'zh-Hant'], 'zh-Hant'],
  ['zh-Hant-HK', ['en', 'zh-Hans', 'zh-TW'], 'zh-TW'],
  ['zh', ['en', 'zh-Hant', 'zh-Hans'], 'zh-Hans'],
  ['zh', ['en', 'zh-Hant'], 'zh-Hant'],
  ['pt', ['en', 'pt-BR'], 'pt-BR'],
  ['pt-PT', ['en', 'pt-BR'], 'pt-BR'],
  ['sr-Latn', ['en', 'sr-Cyrl', 'sr-Latn-ME'], 'sr-Latn-ME'],
  ['ptx', ['en', 'pt-BR'], null],
  ['en-US@posix', ['de', 'en-GB'], 'en-GB'],
])('of what is spoken, "%s" among %j is nearest to %s', (asked, spoken, expected) => {
  expect(nearestLanguage(asked, spoken)).toBe(expected);
});

test.each([
  ['en;q=0.5, de', ['de', 'en']],
  ['fr;q=0.1,de;q=0.8,en;q=0.9', ['en', 'de', 'fr']],
  ['de , en;q=0, *;Q=0.2', ['de', '*']],
  ['de;q=much, en', ['en']],
])('of the languages that a browser names, the one with the most weight comes first: %s', (header, tags) => {
  expect(readAcceptLanguage(header)).toEqual(tags);
});
