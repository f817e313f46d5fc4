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

  test('more streams than connections are refused, by both names', () => {
    const wrong = /MAX_CONNECTIONS_PER_ADDRESS must be at least MAX_STREAMS_PER_ADDRESS/;
    expect(() => parseConfig({ MAX_STREAMS_PER_ADDRESS: '5000' })).toThrow(wrong);
    expect(() => parseConfig({ MAX_STREAMS_PER_ADDRESS: '50', MAX_CONNECTIONS_PER_ADDRESS: '49' })).toThrow(wrong);
    const both = { MAX_STREAMS_PER_ADDRESS: '5000', MAX_CONNECTIONS_PER_ADDRESS: '5000' };
    expect(limitsOf(parseConfig(both))).toMatchObject({ streamsPerAddress: 5000, connectionsPerAddress: 5000 });
  });
});
