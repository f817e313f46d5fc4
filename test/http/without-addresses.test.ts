import { expect, test } from 'vitest';
import { defaultLimits, withoutAddresses } from '../../src/http/limits.ts';

test('where the budgets are off no address or person has a limit, and every other limit stays', () => {
  const limits = withoutAddresses(defaultLimits);
  const withoutSuffix = ['documentMs', 'documentsWaiting', 'workPerPerson'];
  const expected = Object.entries(defaultLimits).map(([name, value]) => [
    name,
    name.endsWith('PerAddress') || withoutSuffix.includes(name) ? Number.POSITIVE_INFINITY : value,
  ]);
  expect(limits).toEqual(Object.fromEntries(expected));
});
