import { expect, onTestFinished, test, vi } from 'vitest';
import type { Caller } from '../../src/rules/caller.ts';
import type { Domain } from '../../src/rules/domain.ts';
import type { DomainId } from '../../src/rules/ids.ts';
import { createDomainDirectory, createDomainWatch } from '../../src/services/domain-directory.ts';
import { idOf } from '../rules/facts-kit.ts';

const nobody: Caller = { kind: 'ANYBODY' };

function domainOf(name: string): Domain {
  return {
    ...{ id: `id of ${name}` as DomainId, name, version: 1, permissions: null, enforceUniqueUserIds: false },
    ...{ lang: 'en', meetingTokenLifetimeSeconds: 3600, createdAt: new Date(0), mediaServer: null, doorPage: null },
  };
}

/** A directory of as many domains as anybody asks for, and how often they were read, and looked at for changes. */
function openDirectory() {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const reads: string[] = [];
  const looks: (readonly DomainId[])[] = [];
  const read = async (name: string) => {
    reads.push(name);
    return domainOf(name);
  };
  const watch = createDomainWatch({
    readVersions: async (ids) => {
      looks.push(ids);
      return ids.map((id) => ({ id, version: 1 }));
    },
    onError: (error) => {
      throw error;
    },
  });
  watch.start();
  onTestFinished(watch.stop);
  const findById = (id: DomainId) => read(id.replace('id of ', ''));
  const directory = createDomainDirectory({ findByName: read, findById, findOnly: async () => null }, watch);
  return { directory, reads, looks };
}

test.each([undefined, null, '', ' '])('%j is no name: it means the usual domain, or the own one', async (name) => {
  const { directory } = openDirectory();
  expect(await directory.forCaller(nobody, name)).toMatchObject({ name: 'default' });
  const apiKey = { id: idOf<'ApiKey'>('key'), domainId: domainOf('acme').id, name: '', prefix: '', scopes: [] };
  const never = { createdAt: new Date(0), lastUsedAt: null, exp: null, revokedAt: null };
  const acme: Caller = { kind: 'BACKEND', domainId: apiKey.domainId, seenAt: null, apiKey: { ...apiKey, ...never } };
  expect(await directory.forCaller(acme, name)).toMatchObject({ name: 'acme' });
});

test('where more domains were asked for than have a place, the one that is used goes on being known', async () => {
  const { directory, reads } = openDirectory();
  await directory.forCaller(nobody, 'unused');
  for (let number = 0; number < 1_001; number += 1) {
    await directory.forCaller(nobody, 'used');
    await directory.forCaller(nobody, `domain ${number}`);
  }
  expect(reads.filter((name) => name === 'used')).toHaveLength(1);
  await directory.forCaller(nobody, 'unused');
  expect(reads.filter((name) => name === 'unused')).toHaveLength(2);
});

test('as many domains as have a place are looked at for changes, and those nobody asks for are not for long', async () => {
  const { directory, looks } = openDirectory();
  for (let number = 0; number < 1_001; number += 1) await directory.byId(domainOf(`domain ${number}`).id);
  await vi.advanceTimersByTimeAsync(500);
  expect(looks.at(-1)).toHaveLength(1_000);
  for (let second = 0; second < 70; second += 1) {
    await directory.byId(domainOf('domain 1000').id);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(looks.at(-1)).toEqual([domainOf('domain 1000').id]);
});
