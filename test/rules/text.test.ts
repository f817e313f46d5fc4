import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanMessage, cleanText } from '../../src/rules/text.ts';
import { measureWork } from '../support/timing.ts';

const code = (...points: readonly number[]) => String.fromCodePoint(...points);
const hex = (text: string) => [...text].map((one) => `U+${one.codePointAt(0)?.toString(16)}`).join(' ');
const accepts = (text: string) => cleanText(text, 128).ok;

/** Every code point of a kind, said by Unicode and not by a list of ours. */
function pointsOf(kind: RegExp): readonly string[] {
  const found: string[] = [];
  for (let point = 0; point <= 0x10ffff; point += 1) {
    const text = code(point);
    if (kind.test(text)) found.push(text);
  }
  return found;
}

const oneOf = (texts: readonly string[]) => fc.nat({ max: texts.length - 1 }).map((index) => texts[index] ?? '');

const seen = pointsOf(
  /[[\p{L}\p{N}\p{P}\p{S}]--\p{Default_Ignorable_Code_Point}--[\u2800\u{1d159}\u{13441}\u{13442}]]/v,
);
const marks = pointsOf(/[\p{M}--\p{Default_Ignorable_Code_Point}]/v);
const unseen = pointsOf(/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}\u{13441}\u{13442}]/v).filter(
  (one) => one.isWellFormed(),
);
const unfit = unseen.filter((one) => /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(one));

describe('a name', () => {
  test('may be of letters, numbers, punctuation and symbols of every script, with their marks', () => {
    expect(seen.filter((one) => !accepts(one)).map(hex)).toEqual([]);
    expect(marks.filter((mark) => !accepts(`\u25cc${mark}`) || !accepts(`\u0915${mark}`)).map(hex)).toEqual([]);
    expect(seen.length + marks.length).toBeGreaterThan(140_000);
  });

  test.each([
    ['a family', '👩‍👩‍👧'],
    ['a skin and a job', '👩🏽‍🚀 Ana'],
    ['a heart with a style', '❤️‍🔥'],
    ['a keycap', '1️⃣'],
    ['a flag', '🇫🇷'],
    ['the flag of a part of a country', '🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
    ['a pirate', '🏴‍☠️'],
    ['Persian', 'می‌خواهم'],
    ['Hindi', 'क्‍ष श्री'],
    ['Malayalam, with a joiner at the end', 'മോഹന്‍'],
    ['Sinhala', 'ශ්‍රී'],
    ['Bengali', 'র‍্যাফেল'],
    ['Mongolian', 'ᠠᠮᠢᠲᠠᠨ᠎ᠠ'],
    ['a Japanese name with its own form of a letter', '辻󠄀'],
    ['Hebrew with points', 'שָׁלוֹם'],
    ['Tibetan, in its highest stack', 'ཧྐྵྨླྺྼྻྂ'],
    ['Vietnamese', 'Nguyễn Thị Ánh'],
    ['Thai', 'น้ำผึ้ง'],
    ['several', 'Zoë 王小明 نسيم O’Brien-Müller, jr. (she/her) №5 ½ €'],
  ])('may be %s', (_what, text) => {
    expect(cleanText(text, 128)).toEqual({ ok: true, value: text.normalize('NFC') });
  });

  const joining = [
    ...'Adlm Arab Mand Mani Mong Nkoo Phag Phlp Rohg Syrc'.split(' '),
    ...'Beng Deva Gujr Guru Knda Mlym Orya Sinh Taml Telu'.split(' '),
    ...'Bali Cakm Gran Java Khmr Lepc Mymr Newa Sund Tibt Tirh'.split(' '),
  ];
  test.each(joining)('says in %s whether two letters join', (script) => {
    const letter = seen.find((one) => new RegExp(`^[\\p{Script=${script}}&&\\p{L}]$`, 'v').test(one)) ?? '';
    expect(letter).not.toBe('');
    for (const joiner of ['\u200c', '\u200d']) expect(accepts(`${letter}${joiner}${letter}`)).toBe(true);
  });

  test('is never what shows as nothing, whatever that is made of', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(oneOf(unseen), oneOf(['\u0301', '\ufe0f', '\u200d', '\u200f', ' '])), { maxLength: 8 }),
        (parts) => {
          expect(accepts(parts.join(''))).toBe(false);
        },
      ),
      { numRuns: 2_000 },
    );
    // One assertion for all: Unicode has 970,000 of them.
    const emptiness = JSON.stringify(cleanText('', 128));
    expect(unseen.filter((one) => accepts(one) || JSON.stringify(cleanText(one, 128)) !== emptiness).map(hex)).toEqual(
      [],
    );
  });

  test('holds nothing within that shows as nothing, reorders, or has no meaning', () => {
    expect(unfit.filter((one) => accepts(`a${one}b`)).map(hex)).toEqual([]);
    const strays = ['a\u0301\u200d', 'Ann\u200cb', '\u200dက', 'م\u200c\u200c', '🏴\u{e0041}', 'a\u{e0100}', '👩\u200d'];
    for (const text of [...strays, 'Ann \u0301', 'a\ufe0f', '\u{1f3f4}\u{e0067}\u{e0062}']) {
      expect([hex(text), accepts(text)]).toEqual([hex(text), false]);
    }
  });

  test('has no flood of marks on one letter, whatever they are and whatever stands beside them', () => {
    const flooding = marks.filter((mark) => /[\p{Mn}\p{Me}]/u.test(mark));
    expect(flooding.filter((mark) => accepts(`a${mark.repeat(60)}`)).map(hex)).toEqual([]);
    // Ten, and no more. Where one, or two of them, are one mark in another form, that is counted.
    const single = flooding.filter((mark) => (mark + mark).normalize('NFC') === mark + mark);
    expect(single.filter((mark) => !accepts(`\u25cc${mark.repeat(10)}`)).map(hex)).toEqual([]);
    expect(single.filter((mark) => accepts(`\u25cc${mark.repeat(11)}`)).map(hex)).toEqual([]);
    for (const text of [`a${'\u0316\u0300'.repeat(20)}`, `Ann e${'\u20dd'.repeat(40)} Bo`]) {
      expect(cleanText(text, 128)).toMatchObject({ ok: false });
      expect(cleanMessage(`Hello\n${text}`, 500)).toMatchObject({ ok: false });
    }
  });

  test('is kept without the spaces and marks of direction that were copied with it', () => {
    for (const edge of [' ', '\u200e', '\u200f', '\u202a', '\u202b', '\u202c', '\u00a0', '\ufeff', ' \u200f\u202b']) {
      expect(cleanText(`${edge}Noa${edge}`, 128)).toEqual({ ok: true, value: 'Noa' });
      expect(cleanMessage(`${edge}Noa${edge}`, 128)).toEqual({ ok: true, value: 'Noa' });
    }
    for (const edge of ['\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069']) {
      expect(accepts(`${edge}Noa${edge}`)).toBe(false);
    }
  });

  test('that was cleaned is clean, and has something to see', () => {
    const piece = fc.oneof(oneOf(seen), oneOf(marks), oneOf(unseen), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (parts) => {
        const cleaned = cleanText(parts.join(''), 1_000);
        if (!cleaned.ok) return;
        expect(cleanText(cleaned.value, 1_000)).toEqual(cleaned);
        expect(cleaned.value).toMatch(/[\p{L}\p{N}\p{P}\p{S}]/u);
        expect(cleaned.value).not.toMatch(/[\p{Cc}\p{Co}\p{Cn}\p{Cs}\u202a-\u202e\u2066-\u2069\u061c]/u);
      }),
      { numRuns: 3_000 },
    );
  });
});

test('a message may have lines and tabs; a name may not', () => {
  const text = 'Hello\r\n\tI am outside';
  expect(cleanMessage(text, 128)).toEqual({ ok: true, value: text });
  expect(accepts(text)).toBe(false);
  expect(cleanMessage('Hello\n\u0301', 128).ok).toBe(false);
});

test('long text is refused in time that follows its length', async () => {
  const ms = await measureWork(() => {
    for (const one of ['\u200e', '\u200d', 'a\u0301', '\u{1f3f4}\u{e0067}', 'ക\u200d', ' a']) {
      cleanMessage(`x${one.repeat(16_000 / one.length)}x`, 4_000);
    }
  });
  expect(ms).toBeLessThan(1_000);
});
