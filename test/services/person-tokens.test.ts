import { expect, test } from 'vitest';
import type { DomainId } from '../../src/rules/ids.ts';
import { createSecrets, deriveInstallationKeys, domainNamedBy, isPersonToken } from '../../src/services/secrets.ts';

const keys = deriveInstallationKeys(Buffer.alloc(32, 1));
const plain = createSecrets(keys);
const spread = createSecrets(keys, { tokensNameDomain: true });
const domainId = '01a20bef-3ac4-7457-8fb8-378878e785a8' as DomainId;
const row = { domainId, id: 'row' };

test('where the tables are spread, a token names its domain before its random bits', () => {
  for (const token of [spread.newToken('vs', domainId), spread.derivedToken('vq', row, 'key')]) {
    expect(token).toMatch(/^v[sq]_[\w-]{65}$/);
    expect([isPersonToken(token), domainNamedBy(token)]).toEqual([true, domainId]);
  }
  expect(spread.newToken('vs', domainId)).not.toBe(spread.newToken('vs', domainId));
  expect(spread.derivedToken('vq', row, 'key')).toBe(spread.derivedToken('vq', row, 'key'));
});

test('on one database a token is as code of before knows it, and names none', () => {
  for (const token of [plain.newToken('vs', domainId), plain.derivedToken('vq', row, 'key')]) {
    expect(token).toMatch(/^v[sq]_[\w-]{43}$/);
    expect([isPersonToken(token), domainNamedBy(token)]).toEqual([true, null]);
  }
});

test.each(['', 'vs_', `vs_${'a'.repeat(42)}`, `vs_${'a'.repeat(44)}`, `vs_${'a'.repeat(66)}`, `vk_${'a'.repeat(43)}`])(
  'is no token of a person, and names no domain: %j',
  (text) => {
    expect([isPersonToken(text), domainNamedBy(text)]).toEqual([false, null]);
  },
);
