import { randomBytes, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { isPredictable } from '../../src/rules/text.ts';

test.each([
  ['one character', 'a'.repeat(30)],
  ['few different ones', 'abcabcaabbccabcabcabcb'],
  ['the alphabet', 'abcdefghijklmnopqrstuv1'],
  ['the alphabet, downwards', 'zyxwvutsrqponmlkjihgfe'],
  ['figures counted up', '12345678901234567890123456'],
  ['figures, then letters', '0123456789abcdefghijklmn'],
  ['every other letter', 'acegikmoqsuwyACEGIKMOQS'],
  ['each letter twice', 'aabbccddeeffgghhiijjkkll'],
  ['two runs woven together', 'a1b2c3d4e5f6g7h8i9j0k1l2'],
  ['a word over and over', 'Xk29fQ7bXk29fQ7bXk29fQ7b'],
  ['a long word twice', 'correcthorse9correcthorse9'],
  ['the rows of a keyboard', 'qwertyuiopasdfghjklzxcvbnm'],
  ['the rows of a keyboard, backwards', 'MNBVCXZlkjhgfdsaPOIUYTREWQ'],
  ['the columns of a keyboard', '1qaz2wsx3edc4rfv5tgb6yhn7ujm'],
])('%s can be come upon: %s', (_what, key) => {
  expect(isPredictable(key)).toBe(true);
});

test('random texts are accepted', () => {
  for (let n = 0; n < 2_000; n += 1) {
    expect(isPredictable(randomUUID())).toBe(false);
    expect(isPredictable(randomBytes(17).toString('base64url'))).toBe(false);
    expect(isPredictable(randomBytes(16).toString('hex'))).toBe(false);
  }
});
