export type CleanedText =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly problem: string };

// What text may hold is said by Unicode's categories, so that every script has what it needs and a new version of Unicode is followed
// by itself: letters, marks on something, numbers, punctuation, symbols, spaces. Never what shows as nothing, reorders what stands
// around it, or has no meaning (controls, private use, unassigned). Some of what shows as nothing belongs where it changes how a letter
// or an emoji looks: there, and nowhere else, it passes.

/** Copying a name often takes along the spaces and marks of direction around it. */
const around = /[\s\u2800\u200e\u200f\u202a-\u202c]/u;

const belongs: readonly RegExp[] = [
  // A flag of a part of a country: the black flag, the part's code in tags, the end.
  /(?<=\u{1f3f4})[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}/gu,
  // How an emoji is shown; then what joins two of them to one.
  /(?<=\p{Emoji})[\ufe0e\ufe0f]/gu,
  /(?<=\p{Extended_Pictographic}\p{Emoji_Modifier}?)\u200d(?=\p{Extended_Pictographic})/gu,
  // Whether letters join, in the scripts that write so.
  new RegExp(`(?<=[${scripts('Adlm Arab Mand Mani Mong Nkoo Phag Phlp Rohg Syrc')}])[\\u200c\\u200d]`, 'gu'),
  new RegExp(`(?<=[${scripts('Beng Deva Gujr Guru Knda Mlym Orya Sinh Taml Telu')}])[\\u200c\\u200d]`, 'gu'),
  new RegExp(`(?<=[${scripts('Bali Cakm Gran Java Khmr Lepc Mymr Newa Sund Tibt Tirh')}])[\\u200c\\u200d]`, 'gu'),
  // Which form of a letter is meant: of an ideograph in a name, of a Mongolian letter.
  /(?<=\p{Unified_Ideograph})[\ufe00-\ufe02\u{e0100}-\u{e01ef}]/gu,
  /(?<=\p{Script=Mongolian})(?:[\u180b-\u180d\u180f]|\u180e(?=\p{Script=Mongolian}))/gu,
];

function scripts(names: string): string {
  return names.replace(/\w+ ?/g, (name) => `\\p{Script_Extensions=${name.trim()}}`);
}

const unfit = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/** More marks in one place than any script writes, the stacks of Tibetan included: they would run over the lines above and below. */
const floodOfMarks = /[\p{Mn}\p{Me}]{11}/u;
const loneMark = /(?:^|[\p{Z}\s\u2800])\p{M}/u;
/** Letters, numbers, punctuation and symbols. Some are drawn as nothing: a Braille cell, a note without a head, two blank hieroglyphs. */
const visible = /[^\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}\u{13441}\u{13442}]/u;
const breaks = /[\t\n\r]+/gu;

/**
 * Trims, brings to NFC and checks text that people typed. Refuses what shows as nothing, reorders the text around it or has no meaning;
 * a mark on nothing; half a surrogate pair; emptiness; more than `maxCharacters` characters (code points, not bytes).
 */
export function cleanText(value: string, maxCharacters: number): CleanedText {
  return clean(value, maxCharacters, { keepBreaks: false });
}

/** Like `cleanText`, but allows line breaks and tabs: for messages, not for names. */
export function cleanMessage(value: string, maxCharacters: number): CleanedText {
  return clean(value, maxCharacters, { keepBreaks: true });
}

function clean(value: string, maxCharacters: number, { keepBreaks }: { readonly keepBreaks: boolean }): CleanedText {
  if (value.length > maxCharacters * 8)
    return { ok: false, problem: `must be at most ${maxCharacters} characters long` };
  if (!value.isWellFormed()) return { ok: false, problem: 'must be valid Unicode, and contains half a surrogate pair' };
  const text = withoutEdges(value.normalize('NFC'));
  const problem = findProblem(keepBreaks ? text.replace(breaks, ' ') : text);
  if (problem !== null) return { ok: false, problem };
  const characters = [...text].length;
  if (characters > maxCharacters)
    return { ok: false, problem: `must be at most ${maxCharacters} characters long, and has ${characters}` };
  return { ok: true, value: text };
}

/** By hand: an expression that is anchored at the end tries again from each blank within. */
function withoutEdges(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && around.test(text.charAt(start))) start += 1;
  while (end > start && around.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function findProblem(text: string): string | null {
  if (!visible.test(text)) return 'must contain at least one visible character';
  const rest = belongs.reduce((left, form) => left.replace(form, ''), text);
  if (unfit.test(rest)) return 'must not contain control, invisible or direction-override characters';
  if (floodOfMarks.test(rest)) return 'must not contain more than 10 accents or other marks on one letter';
  return loneMark.test(rest) ? 'must not contain an accent or other mark without a letter' : null;
}

/** A room's name: 1 to 128 of A-Z a-z 0-9 - _. */
export function isRoomName(value: string): boolean {
  return /^[A-Za-z0-9_-]{1,128}$/.test(value);
}

/** A language tag such as `en`, `pt-BR` or `zh-Hant`. */
export function isLanguageTag(value: string): boolean {
  return value.length <= 35 && /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(value);
}

/** Can be stored and compared: no NUL, no half surrogate pair. Everything that comes from outside passes this first. */
export function isStorable(value: string): boolean {
  return !value.includes('\u0000') && value.isWellFormed();
}

/**
 * Few different characters, a run such as `abcdef`, `86420` or `qwertz`, or a repetition: somebody else would come upon it too. It finds what is
 * written by hand or counted up, and hardly ever a random key: of 22 hexadecimal digits one in some thousands, of base64url none.
 */
export function isPredictable(key: string): boolean {
  if (new Set(key).size < 8) return true;
  return isRegular([...key].map((one) => one.charCodeAt(0))) || isRegular([...key].map(placeOnKeyboard));
}

const keyboard = 'qwertyuiopasdfghjklzxcvbnm1234567890';

/** Along the rows of a keyboard. What has no place there stands apart from all that has. */
function placeOnKeyboard(character: string): number {
  const place = keyboard.indexOf(character.toLowerCase());
  return place === -1 ? 1_000 + character.charCodeAt(0) : place;
}

function isRegular(codes: readonly number[]): boolean {
  // Nearly everywhere the same step from one character to the next, or to the one so far behind: 0 makes a repetition, another a run.
  const distances = Array.from({ length: Math.floor(codes.length / 2) }, (_, index) => index + 1);
  return distances.some((distance) => shareOfMajority(codes, distance) > 0.85);
}

/** How many of the steps over this distance are the same; right where that is more than half of them, which takes two passes and no memory. */
function shareOfMajority(codes: readonly number[], distance: number): number {
  const stepAt = (index: number) => (codes[index] ?? 0) - (codes[index - distance] ?? 0);
  let [candidate, lead] = [0, 0];
  for (let index = distance; index < codes.length; index += 1) {
    if (lead === 0) candidate = stepAt(index);
    lead += stepAt(index) === candidate ? 1 : -1;
  }
  let same = 0;
  for (let index = distance; index < codes.length; index += 1) if (stepAt(index) === candidate) same += 1;
  return same / (codes.length - distance);
}

export const maxUserIdCharacters = 36;
export const maxJtiCharacters = 128;

/** A userId of the backend's, brought to the one form in which tokens have it: so that it is found again, however it was written. */
export function cleanUserId(value: string): CleanedText {
  return cleanText(value, maxUserIdCharacters);
}
