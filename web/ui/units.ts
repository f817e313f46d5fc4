/**
 * How much a browser may let into a field with this text, so that so many characters fit into it. Browsers count letters of some scripts,
 * and most emoji, as two. More than fits may be pasted: the service says so.
 */
export function unitsFor(written: string, mostCharacters: number): number {
  return written.length + 2 * Math.max(0, mostCharacters - [...written].length);
}
