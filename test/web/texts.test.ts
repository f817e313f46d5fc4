import { describe, expect, test } from 'vitest';
import { en } from '../../web/texts/en.ts';
import { languageNames, packs } from '../../web/texts/language.ts';

test('every refusal of the door has a text of its own, or is covered by one', () => {
  const entry = Object.keys(en.refusals);
  for (const code of ['ENTRY_NOT_ALLOWED', 'ROOM_NOT_OPEN', 'ROOM_EXPIRED', 'ROOM_FULL', 'BANNED', 'TOKEN_REVOKED']) {
    expect(entry).toContain(code);
  }
});

/** Every text by its path, and how many values it takes. */
function shapeOf(texts: object, path = ''): readonly string[] {
  return Object.entries(texts).flatMap(([name, text]) => {
    const here = `${path}.${name}`;
    if (typeof text === 'object' && text !== null) return shapeOf(text, here);
    return [typeof text === 'function' ? `${here}(${text.length})` : here];
  });
}

describe('each language', () => {
  test.each(Object.entries(packs))('%s says all that English says, and nothing empty', async (_tag, load) => {
    const texts = await load();
    expect(shapeOf(texts).toSorted()).toEqual(shapeOf(en).toSorted());
    const said = JSON.stringify(texts);
    expect(said).not.toContain('""');
  });

  test('is offered by its own name', () => {
    expect(Object.keys(languageNames)).toEqual(Object.keys(packs));
  });
});
