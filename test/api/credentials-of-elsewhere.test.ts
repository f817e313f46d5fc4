import { beforeAll, describe, expect, test } from 'vitest';
import { addDomain } from '../support/domain.ts';
import type { Variables } from '../support/graphql-client.ts';
import { callerOf, type RoomSeed, type Seed } from '../support/seed.ts';
import { act, codeOf, fieldOf, type House, openHouse } from './admission-kit.ts';

// Whoever holds a credential of another room is here who shows none: no answer tells a private room, one that has expired and one that
// never was apart. Every credential is shown at every door that looks for a room by its name.

let house: House;
let acme: Seed;

beforeAll(async () => {
  house = await openHouse();
  acme = (await addDomain(house.database, house.server, 'acme')).backend;
});

const settings = { knockCooldownSeconds: 0 };

/** Where the credential is from, if this name is asked for. */
const origins: Readonly<Record<string, (name: string) => Promise<RoomSeed>>> = {
  'another room': () => house.backend.waitingRoom(settings),
  'a room of this name in another domain': (name) => acme.waitingRoom(settings, name),
  'a room of another name in another domain': () => acme.waitingRoom(settings),
  'an earlier room of this name': (name) => house.backend.waitingRoom(settings, name),
};

/** What has the name when it is asked for. */
const places: Readonly<Record<string, (name: string) => Promise<unknown>>> = {
  missing: async () => undefined,
  private: (name) => house.backend.room({ privacy: 'PRIVATE', maxParticipants: 1 }, name),
  expired: async (name) => {
    const exp = new Date(Date.now() + 3_600_000).toISOString();
    await house.backend.room({ privacy: 'PRIVATE', exp }, name);
    await house.database
      .sql`update rooms set exp = now() - interval '1 minute' where name = ${name} and exp is not null`;
  },
};

type Shown = { readonly bearer?: string; readonly token?: string; readonly knockToken?: string };
type Credential = (room: RoomSeed) => Promise<readonly Shown[]>;

const decided = (mutation: 'admitKnock' | 'denyKnock' | null) => async (room: RoomSeed) => {
  const { knockId, knockToken } = await room.knocker();
  if (mutation !== null) await act(room.backend, mutation, { knockId });
  return [{ bearer: knockToken }, { knockToken }];
};
const tokenOf = (claims: Variables) => async (room: RoomSeed) => [{ token: (await room.token(claims)).jwt }];

const people: Readonly<Record<string, Credential>> = {
  'a knock that waits': decided(null),
  'an admitted knock': decided('admitKnock'),
  'a denied knock': decided('denyKnock'),
  'a session': async (room) => [{ bearer: (await room.guest()).sessionToken }],
  'the session of who has left': async (room) => {
    const guest = await room.guest();
    await act(guest, 'leaveRoom');
    return [{ bearer: guest.sessionToken }];
  },
};
const tokens: Readonly<Record<string, Credential>> = {
  'a token': tokenOf({ userId: 'mallory' }),
  'a token without a userId': tokenOf({}),
  'a knocking token': tokenOf({ userId: 'mallory', knocking: true }),
  'an owner’s token': tokenOf({ isOwner: true }),
};

const document = {
  access: `query ($input: String!, $token: String) { access(domain: "default", roomName: $input, token: $token) {
    level refusal { code message opensAt } ownerPresent lobbyMessage roomTitle lang knockAgainAt } }`,
  joinRoom: `mutation ($input: JoinRoomInput!) { ${fieldOf('joinRoom')} }`,
  knock: `mutation ($input: KnockInput!) { ${fieldOf('knock')} }`,
};

/** What each door answers to it, byte for byte. */
async function answersTo({ bearer, ...given }: Shown, roomName: string): Promise<readonly string[]> {
  const { ask } = callerOf(house.server, bearer);
  const input = { domain: 'default', roomName, userName: 'Mallory' };
  const asked = [
    ask(document.joinRoom, { input: { ...input, ...given } }),
    ...(given.knockToken === undefined
      ? [ask(document.access, { input: roomName, ...given }), ask(document.knock, { input: { ...input, ...given } })]
      : []),
  ];
  return (await Promise.all(asked)).map(({ body }) => JSON.stringify(body));
}

const cases = Object.keys(origins).flatMap((from) =>
  [
    ...Object.keys(people),
    // That a token was made for an earlier room of the name is for its holder to know: the domain's backend gave it to them.
    ...(from === 'an earlier room of this name' ? [] : Object.keys(tokens)),
  ].map((what, index) => ({ what, from, name: `${from.replaceAll(' ', '-')}-${index}` })),
);

describe('a private room, one that has expired and none at all', () => {
  test.concurrent.each(cases)('are one to $what of $from', async ({ what, from, name }) => {
    const answers = await Promise.all(
      Object.entries(places).map(async ([place, make]) => {
        const roomName = `${name}-${place}`;
        const room = await origins[from]?.(roomName);
        const shown = room === undefined ? [] : await (people[what] ?? tokens[what])?.(room);
        if (from === 'an earlier room of this name') await act(house.backend, 'deleteRoom', { roomName });
        await make(roomName);
        return Promise.all((shown ?? []).map((one) => answersTo(one, roomName)));
      }),
    );
    const [missing, ...others] = answers;
    expect(missing?.flat().length).toBeGreaterThanOrEqual(3);
    for (const one of missing?.flat() ?? [])
      expect(one).toMatch(/ENTRY_NOT_ALLOWED|TOKEN_FOR_OTHER_ROOM|TOKEN_INVALID/);
    for (const other of others) expect(other).toEqual(missing);
  });
});

test('and to a knock of one’s own that a room of its name has followed, which takes knocks, it says that it has closed', async () => {
  const room = await house.backend.waitingRoom();
  const { knockToken } = await room.knocker();
  await act(house.backend, 'deleteRoom', { roomName: room.name });
  await house.backend.waitingRoom({}, room.name);
  expect(codeOf(await act(house.anybody, 'joinRoom', { roomName: room.name, knockToken }))).toBe('KNOCK_CLOSED');
});
