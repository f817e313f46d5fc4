import { type Claims, isClaims } from '../rules/meeting-token-permissions.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses a JSON object. Null for anything else, for bytes that are not UTF-8, and for an object, at any depth, in which a
 * name stands twice: readers differ in which of the two counts, and a token must mean the same to all of them.
 */
export function parseStrictObject(bytes: Uint8Array): Claims | null {
  try {
    const text = utf8.decode(bytes);
    const value: unknown = JSON.parse(text);
    return isClaims(value) && !hasDoubledName(text) ? value : null;
  } catch {
    return null;
  }
}

/** @param text well-formed JSON, so that the walk needs to know only strings, brackets and what follows a string */
function hasDoubledName(text: string): boolean {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{' || character === '[') open.push(new Set());
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      if (isName(text, end)) {
        const name = JSON.stringify(JSON.parse(text.slice(at, end)));
        const names = open.at(-1);
        if (names?.has(name)) return true;
        names?.add(name);
      }
      at = end - 1;
    }
  }
  return false;
}

/** The index after the closing quotation mark. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isName(text: string, end: number): boolean {
  let at = end;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1;
  return text[at] === ':';
}
