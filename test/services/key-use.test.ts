import { expect, test } from 'vitest';
import type { ApiKey } from '../../src/rules/domain.ts';
import { type CallerResolverDeps, createCallerResolver } from '../../src/services/caller-resolver.ts';
import { at, idOf } from '../rules/facts-kit.ts';

const bearer = `vk_key1_${'s'.repeat(43)}`;
const apiKey = {
  id: idOf('key'),
  domainId: idOf('domain'),
  name: 'key',
  scopes: ['READ'],
  exp: null,
  lastUsedAt: null,
};

test.each([60, 300])(
  'the last use of a key is noted every %d s, also while it is served from memory',
  async (every) => {
    let seconds = 0;
    const noted: Date[] = [];
    const { resolve, recall } = createCallerResolver({
      credentials: { findApiKey: async () => ({ apiKey: apiKey as unknown as ApiKey, domainVersion: 3 }) },
      domains: { touchApiKey: async (_domain: unknown, _id: unknown, when: Date) => void noted.push(when) },
      clock: { now: () => at(seconds) },
      touchEveryMs: every * 1_000,
    } as unknown as CallerResolverDeps);
    await resolve(bearer);
    const readAt = (second: number, version: number) => {
      seconds = second;
      const kept = recall(bearer, 'READ');
      if (kept?.caller.kind !== 'BACKEND') throw new Error('the key is not kept');
      kept.caller.onDomainSeen?.(version);
      return kept.isConfirmed();
    };
    expect([readAt(every - 1, 3), readAt(every + 1, 3), readAt(every + 2, 3)]).toEqual([true, true, true]);
    // The domain has moved on, so that this says nothing of the key.
    expect(readAt(3 * every, 4)).toBe(false);
    expect(noted).toEqual([at(0), at(every + 1)]);
  },
);
