export type CleanedText =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly problem: string };

// C0 and C1 controls but tab, line feed and carriage return; line and paragraph separators; bidi overrides and isolates;
// zero-width characters that carry no meaning in names (the joiners U+200C and U+200D do, in Persian, Hindi and emoji).
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/u;
const breaks = /[\t\n\r]+/gu;

/**
 * Trims, brings to NFC and checks text that people typed. Refuses control and bidi-override characters, lone surrogates,
 * emptiness and more than `maxCharacters` characters (code points, not bytes).
 */
export function cleanText(value: string, maxCharacters: number): CleanedText {
  return clean(value, maxCharacters, { keepBreaks: false });
}

/** Like `cleanText`, but line breaks and tabs may stand in it: for messages, not for names. */
export function cleanMessage(value: string, maxCharacters: number): CleanedText {
  return clean(value, maxCharacters, { keepBreaks: true });
}

function clean(value: string, maxCharacters: number, { keepBreaks }: { readonly keepBreaks: boolean }): CleanedText {
  if (value.length > maxCharacters * 8) return { ok: false, problem: `is longer than ${maxCharacters} characters` };
  if (!value.isWellFormed()) return { ok: false, problem: 'holds half a surrogate pair' };
  const text = value.normalize('NFC').trim();
  if (unsafe.test(keepBreaks ? text.replace(breaks, ' ') : text)) {
    return { ok: false, problem: 'holds control or direction-override characters' };
  }
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each of these alone shows nothing.
  if (text === '' || !/[^\s\u200c\u200d\u3164\u115f\u1160\u2800]/u.test(text))
    return { ok: false, problem: 'is empty' };
  const characters = [...text].length;
  if (characters > maxCharacters)
    return { ok: false, problem: `is longer than ${maxCharacters} characters (${characters})` };
  return { ok: true, value: text };
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
