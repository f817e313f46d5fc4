import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { defaultLimits, limitsOf } from '../../src/http/limits.ts';

describe('limits', () => {
  test('without settings are the defaults that SECURITY.md lists', () => {
    expect(limitsOf(parseConfig({}))).toEqual(defaultLimits);
  });

  test.each([
    ['MAX_OPERATIONS', 'inFlight'],
    ['MAX_OPERATIONS_PER_ADDRESS', 'inFlightPerAddress'],
    ['MAX_STREAMS_PER_ADDRESS', 'streamsPerAddress'],
    ['MAX_CONNECTIONS_PER_ADDRESS', 'connectionsPerAddress'],
    ['MAX_QUERY_COST', 'cost'],
  ] as const)('%s sets one of them alone', (setting, limit) => {
    expect(limitsOf(parseConfig({ [setting]: '777' }))).toEqual({ ...defaultLimits, [limit]: 777 });
    expect(() => parseConfig({ [setting]: '0' })).toThrow(setting);
  });
});
