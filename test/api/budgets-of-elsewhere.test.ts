import { beforeAll, describe, expect, test } from 'vitest';
import { addDomain } from '../support/domain.ts';
import type { RoomSeed } from '../support/seed.ts';
import { act, askFrom, codeOf, type House, loopback, openHouse } from './admission-kit.ts';

// Two domains have a room of the same name. A knock or a session of one counts for nothing in the budgets of the other: anybody gets as
// many of them as they like, where they have a domain of their own.

let house: House;
let here: RoomSeed;
let foreign: RoomSeed;

beforeAll(async () => {
  house = await openHouse({ rateLimits: true, trustedProxies: loopback });
  const acme = await addDomain(house.database, house.server, 'acme');
  here = await house.backend.waitingRoom({}, 'standup');
  foreign = await acme.backend.waitingRoom({}, 'standup');
});

const from = (address: string, bearer?: string) => askFrom(house.server, address, bearer);

type Shown = { readonly bearer?: string; readonly knockToken?: string };

/** Each of them anew: what one test has spent is not the next one's. */
const credentials = {
  'no credential': async (): Promise<Shown> => ({}),
  'a knock of the other room as bearer': async (): Promise<Shown> => ({ bearer: (await foreign.knocker()).knockToken }),
  'a session of the other room': async (): Promise<Shown> => ({ bearer: (await foreign.guest()).sessionToken }),
  'a knock of the other room in the input': async (): Promise<Shown> => ({
    knockToken: (await foreign.knocker()).knockToken,
  }),
} as const;

const asks = {
  access: async (address: string, { bearer }: Shown) => {
    const query = '{ access(domain: "default", roomName: "standup") { level } }';
    const { body } = await from(address, bearer).ask<{ access: { level: string } }>(query);
    return body.errors?.[0]?.extensions?.code ?? body.data?.access.level;
  },
  joinRoom: async (address: string, { bearer, ...given }: Shown) =>
    codeOf(await act(from(address, bearer), 'joinRoom', { domain: 'default', roomName: here.name, ...given })),
  knock: async (address: string, { bearer }: Shown) =>
    codeOf(await act(from(address, bearer), 'knock', { domain: 'default', roomName: here.name, userName: 'Mallory' })),
} as const;

const many = <T>(count: number, make: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

const bearers = Object.keys(credentials).filter((what) => !what.endsWith('input')) as (keyof typeof credentials)[];
const allKinds = Object.keys(credentials) as (keyof typeof credentials)[];

describe('at one address', () => {
  // Asked oftener than a person with a credential may, and seldomer than an address.
  test.each([
    ...bearers.map((what) => ['access', what, 200, 'LOBBY'] as const),
    ...allKinds.map((what) => ['joinRoom', what, 120, what.endsWith('input') ? 'KNOCK_CLOSED' : 'MustKnock'] as const),
  ])('%s with %s is asked for at the cost of the address', async (operation, what, count, answer) => {
    const shown = await credentials[what]();
    const address = `192.0.2.${1 + allKinds.indexOf(what) + (operation === 'access' ? 0 : 10)}`;
    const outcomes = await many(count, () => asks[operation](address, shown));
    expect(new Set(outcomes)).toEqual(new Set([answer]));
  });

  // Each of the two seldomer than a person may, and both together oftener than an address.
  test.each(bearers)('knocks with %s are as many as those of who shows nothing', async (what) => {
    const shown = await many(2, () => credentials[what]());
    const address = `192.0.2.${30 + allKinds.indexOf(what)}`;
    const outcomes = await many(100, (index) => asks.knock(address, shown[index % 2] ?? {}));
    expect(outcomes).toContain('Knocked');
    expect(outcomes).toContain('RATE_LIMITED');
  });
});

test.each(bearers)('knocks with %s from everywhere are bounded by the room’s budget', async (what) => {
  const shown = await many(10, () => credentials[what]());
  const network = 1 + allKinds.indexOf(what);
  const outcomes = await many(480, (index) =>
    asks.knock(`2001:db8:${network}${index.toString(16).padStart(3, '0')}::1`, shown[index % 10] ?? {}),
  );
  expect(outcomes).toContain('RATE_LIMITED');
});
