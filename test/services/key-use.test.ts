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

test('the last use of a key is noted to the minute, also while the key is served from memory', async () => {
  let seconds = 0;
  const noted: Date[] = [];
  const { resolve, recall } = createCallerResolver({
    credentials: { findApiKey: async () => ({ apiKey: apiKey as unknown as ApiKey, domainVersion: 3 }) },
    domains: { touchApiKey: async (_domain: unknown, _id: unknown, when: Date) => void noted.push(when) },
    clock: { now: () => at(seconds) },
  } as unknown as CallerResolverDeps);
  await resolve(bearer);
  const readAt = (second: number, version: number) => {
    seconds = second;
    const kept = recall(bearer, 'READ');
    if (kept?.caller.kind !== 'BACKEND') throw new Error('the key is not kept');
    kept.caller.onDomainSeen?.(version);
    return kept.isConfirmed();
  };
  expect([readAt(59, 3), readAt(61, 3), readAt(62, 3)]).toEqual([true, true, true]);
  // The domain has moved on, so that this says nothing of the key.
  expect(readAt(180, 4)).toBe(false);
  expect(noted).toEqual([at(0), at(61)]);
});
