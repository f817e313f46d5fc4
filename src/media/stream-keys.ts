/** Shorter parts of a URL are words such as `live` or `app`, and no keys. */
const minKeyCharacters = 5;

/**
 * A text of a media server without anything that could be a stream key of these destinations. Whoever refuses a key may quote it, with the
 * URL around it or without.
 */
export function withoutStreamKeys(text: string, destinations: readonly string[]): string {
  const parts = new Set(destinations.flatMap(secretParts).filter((part) => part.length >= minKeyCharacters));
  const longestFirst = [...parts].toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((left, part) => left.replaceAll(part, '…'), text);
}

/** Everything but the server itself, as it is written and as it reads. */
function secretParts(destination: string): readonly string[] {
  const [, before = '', host = '', after = ''] = /^[^:]*:\/\/(?:([^/?#]*)@)?([^/?#]*)(.*)$/s.exec(destination) ?? [];
  const written = [before, after, ...`${before}/${after}`.split(/[/?&=#:@,;]+/)].filter((part) => part !== host);
  return [...written, ...written.map(decode)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
