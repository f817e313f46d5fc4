import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createSecretBox, SecretBoxError, type SecretPlace } from '../../src/tokens/secret-box.ts';

const place: SecretPlace = { purpose: 'signing-key', domainId: 'domain-1', keyId: 'key-1' };
const secret = Buffer.from('a private key');

describe('a sealed secret', () => {
  const masterKey = randomBytes(32);
  const box = createSecretBox(masterKey);

  test('opens where it was sealed, also after a restart with the same master key', () => {
    expect(createSecretBox(masterKey).open(box.seal(secret, place), place)).toEqual(secret);
  });

  test('does not show the secret, and never looks the same twice', () => {
    const [first, second] = [box.seal(secret, place), box.seal(secret, place)];
    expect(first.includes(secret)).toBe(false);
    expect(first).not.toEqual(second);
  });

  test.each<[string, SecretPlace]>([
    ['of another domain', { ...place, domainId: 'domain-2' }],
    ['of another key', { ...place, keyId: 'key-2' }],
    ['for another purpose', { ...place, purpose: 'self-signing-key' }],
    ['whose parts were moved across the border', { ...place, domainId: 'domain-1","key-1', keyId: '' }],
  ])('does not open in a place %s', (_name, other) => {
    const sealed = box.seal(secret, place);
    expect(() => box.open(sealed, other)).toThrow(SecretBoxError);
  });

  test('does not open when any one of its bytes was changed', () => {
    const sealed = box.seal(secret, place);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => box.open(changed, place), `byte ${at}`).toThrow(SecretBoxError);
    }
  });

  test('does not open when it was cut, at any length', () => {
    const sealed = box.seal(secret, place);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => box.open(sealed.subarray(0, length), place)).toThrow(SecretBoxError);
    }
  });

  test('does not open with another master key', () => {
    expect(() => createSecretBox(randomBytes(32)).open(box.seal(secret, place), place)).toThrow(SecretBoxError);
  });
});

describe('while the master key is rotated', () => {
  const [before, next, stranger] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const [old, anew] = [createSecretBox(before, [next]), createSecretBox(next, [before])];

  test('each of two processes opens what the other sealed, and knows which key it was', () => {
    for (const [sealer, opener] of [
      [old, anew],
      [anew, old],
    ] as const) {
      const sealed = sealer.seal(secret, place);
      expect(opener.open(sealed, place)).toEqual(secret);
      expect([sealer.isCurrent(sealed), opener.isCurrent(sealed)]).toEqual([true, false]);
    }
  });

  test('what was sealed with a key that is not at hand does not open', () => {
    expect(() => old.open(createSecretBox(stranger).seal(secret, place), place)).toThrow(SecretBoxError);
    expect(() => createSecretBox(next).open(old.seal(secret, place), place)).toThrow(SecretBoxError);
  });

  test('the id of the key does not open a secret of another key', () => {
    const [one, two] = [old.seal(secret, place), anew.seal(secret, place)];
    const swapped = Buffer.concat([one.subarray(0, 9), two.subarray(9)]);
    expect(() => old.open(swapped, place)).toThrow(SecretBoxError);
  });

  test('what earlier versions sealed, without the id of a key, opens with whichever key it was', () => {
    const first = Buffer.from('0f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff0', 'hex');
    const sealed = Buffer.from(
      '01070707070707070707070707a7dfe787591fc15c7346f99bdbb8144a365fb37f283054d3cd14cff600',
      'hex',
    );
    for (const box of [createSecretBox(first), createSecretBox(next, [stranger, first])]) {
      expect(box.open(sealed, place)).toEqual(secret);
      expect(box.isCurrent(sealed)).toBe(false);
    }
    expect(() => old.open(sealed, place)).toThrow(SecretBoxError);
  });
});

test('a master key of less than 32 bytes is refused', () => {
  expect(() => createSecretBox(randomBytes(31))).toThrow(SecretBoxError);
  expect(() => createSecretBox(randomBytes(32), [randomBytes(31)])).toThrow(SecretBoxError);
});
