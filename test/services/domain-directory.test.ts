import { expect, onTestFinished, test, vi } from 'vitest';
import type { Caller } from '../../src/rules/caller.ts';
import type { Domain } from '../../src/rules/domain.ts';
import type { DomainId, MediaServerId } from '../../src/rules/ids.ts';
import { createDomainDirectory, createDomainWatch } from '../../src/services/domain-directory.ts';
import { createFrontService } from '../../src/services/front.ts';
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

test('a domain is at hand as long as nobody need be asked about it', async () => {
  const { directory, reads } = openDirectory();
  expect(directory.atHand('acme')).toBeNull();
  const acme = await directory.byName('acme');
  expect(directory.atHand('acme')).toBe(acme);
  directory.forget(domainOf('acme').id);
  expect(directory.atHand('acme')).toBeNull();
  expect(reads).toEqual(['acme']);
});

test('the look of a page is at hand together with the media server that it names, and no longer', async () => {
  const asked: string[] = [];
  const find = async (_domain: DomainId, id: string) => {
    asked.push(id);
    return { kind: 'LIVEKIT', url: `wss://${id}.example` } as const;
  };
  const connected = new Map<string, Domain>();
  const named = (name: string, id: string | null) => {
    const mediaServer = id === null ? null : { id: id as MediaServerId, kind: 'LIVEKIT' as const };
    connected.set(name, { ...domainOf(name), mediaServer });
  };
  const front = createFrontService({
    directory: { byName: async (name) => connected.get(name) ?? null, atHand: (name) => connected.get(name) ?? null },
    mediaServers: { find },
    entry: { access: () => Promise.reject(new Error('nobody asks')) },
    clock: { now: () => new Date() },
  });
  expect(front.lookAtHand('acme')).toBeNull();
  named('acme', null);
  expect(front.lookAtHand('acme')).toMatchObject({ media: null });
  for (const id of ['first', 'second']) {
    named('acme', id);
    expect(front.lookAtHand('acme')).toBeNull();
    expect(await front.look('acme')).toMatchObject({ media: { url: `wss://${id}.example` } });
    expect(front.lookAtHand('acme')).toEqual(await front.look('acme'));
  }
  expect(asked).toEqual(['first', 'second']);
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
