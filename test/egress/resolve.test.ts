import { beforeEach, expect, test, vi } from 'vitest';

// What the name servers know nothing of is looked up by the system: once at a time, and anew each time it is needed.

type Found = readonly { readonly address: string }[];

const system = vi.hoisted(() => ({
  lookup: vi.fn<(hostname: string) => Promise<Found>>(),
  /** What the name servers say. */
  code: 'ENOTFOUND',
}));

vi.mock('node:dns/promises', () => ({
  lookup: system.lookup,
  Resolver: class {
    readonly resolve4 = () => Promise.reject(Object.assign(new Error('no'), { code: system.code }));
    readonly resolve6 = this.resolve4;
  },
}));

beforeEach(() => {
  system.lookup.mockReset();
  system.code = 'ENOTFOUND';
  // Another file of this process may have loaded it with the system's own look-ups.
  vi.resetModules();
});

const fresh = async () => (await import('../../src/egress/resolve.ts')).createResolve();

test('a host that could not be looked up is looked up again, and so is one whose address has changed', async () => {
  const resolve = await fresh();
  system.lookup.mockRejectedValueOnce(new Error('nobody knows it'));
  await expect(resolve('hook.internal')).rejects.toThrow('nobody knows it');
  for (const address of ['10.0.0.1', '10.0.0.2']) {
    system.lookup.mockResolvedValueOnce([{ address }]);
    expect(await resolve('hook.internal')).toEqual([address]);
  }
});

test('whoever asks for a host while it is looked up waits for the same answer', async () => {
  const resolve = await fresh();
  const found = Promise.withResolvers<Found>();
  system.lookup.mockReturnValue(found.promise);
  const asked = [resolve('hook.internal'), resolve('hook.internal')];
  await vi.waitFor(() => expect(system.lookup).toHaveBeenCalled());
  found.resolve([{ address: '10.0.0.1' }]);
  expect(await Promise.all(asked)).toEqual([['10.0.0.1'], ['10.0.0.1']]);
  expect(system.lookup).toHaveBeenCalledTimes(1);
});

test('where the name servers do not answer, no thread of the system waits for them as well', async () => {
  const resolve = await fresh();
  system.code = 'ETIMEOUT';
  system.lookup.mockResolvedValue([{ address: '10.0.0.1' }]);
  await expect(resolve('hook.internal')).rejects.toMatchObject({ code: 'ETIMEOUT' });
  expect(system.lookup).not.toHaveBeenCalled();
});
