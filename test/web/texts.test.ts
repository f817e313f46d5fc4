import { expect, test } from 'vitest';
import { catalogue } from '../../web/texts/language.ts';

test('every refusal of the door has a text of its own, or is covered by one', () => {
  const entry = Object.keys(catalogue.en.refusals);
  for (const code of ['ENTRY_NOT_ALLOWED', 'ROOM_NOT_OPEN', 'ROOM_EXPIRED', 'ROOM_FULL', 'BANNED', 'TOKEN_REVOKED']) {
    expect(entry).toContain(code);
  }
});
