import { beforeAll, describe, expect, test } from 'vitest';
import { moveClock } from '../support/database.ts';
import { callerOf, type RoomSeed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { accessOf, act, codeOf, type House, openHouse, read } from './admission-kit.ts';

// Somebody was sent back to the lobby, was admitted in one way or another, and the admission was taken back: all of their tokens only
// vouch for who knocks again, at each process and by each operation that says who may come in.

let house: House;
let servers: readonly TestServer[];

beforeAll(async () => {
  house = await openHouse({ rateLimits: false, publicUrl: 'http://vestibule.test' });
  const { url: databaseUrl } = house.database;
  const elsewhere = await startServer({ databaseUrl, rateLimits: false, publicUrl: 'http://vestibule.test' });
  servers = [house.server, elsewhere];
});

/** Who was sent back: by what their tokens are known, and what they hold. */
type Returned = {
  readonly room: RoomSeed;
  readonly id: string;
  readonly jwt: string;
  readonly otherJwt: string;
  /** The token of the session, and now of the knock. */
  readonly knockToken: string;
  readonly knockId: string;
};

async function sendBack(claims: { readonly userId?: string }, settings = {}): Promise<Returned> {
  const room = await house.backend.waitingRoom(settings);
  const [{ jwt }, { jwt: otherJwt }] = [await room.token(claims), await room.token(claims)];
  const guest = await room.join({ token: jwt });
  const query =
    'mutation ($id: ID!) { it: returnToLobby(input: { participantId: $id }) { ... on KnockRequest { id } } }';
  const sent = await read<{ it: { id: string } }>(house.backend, query, { id: guest.id });
  return { room, id: guest.id, jwt, otherJwt, knockToken: guest.sessionToken, knockId: sent.it.id };
}

const asKnocker = ({ knockToken }: Returned) => callerOf(house.server, knockToken);

async function knockAnew({ room }: Returned, token: string): Promise<Admission> {
  const knocker = await room.knocker({ token });
  return { knockId: knocker.knockId, knockToken: knocker.knockToken };
}

type Admission = Pick<Returned, 'knockId' | 'knockToken'>;

/** The knocks by which they may be admitted. */
const knocks: Readonly<Record<string, (returned: Returned) => Promise<Admission>>> = {
  'the knock that sending them back made': async (returned) => returned,
  'a new knock, once that one was cancelled': async (returned) => {
    await act(asKnocker(returned), 'cancelKnock');
    return knockAnew(returned, returned.jwt);
  },
  'a new knock, once that one was denied': async (returned) => {
    await act(house.backend, 'denyKnock', { knockId: returned.knockId });
    return knockAnew(returned, returned.jwt);
  },
  'a new knock with another token': async (returned) => {
    await act(asKnocker(returned), 'cancelKnock');
    return knockAnew(returned, returned.otherJwt);
  },
};

const enter = (room: RoomSeed, input: object, server = house.server, bearer?: string) =>
  act(callerOf(server, bearer), 'joinRoom', { roomName: room.name, ...input });

/** What takes an admission back from somebody who is not inside. */
const firstSeen = 'recalled at a process that sees the room for the first time';
const recallElsewhere = (_returned: Returned, { knockId }: Admission) => {
  const [, elsewhere = house.server] = servers;
  return act(callerOf(elsewhere, house.backend.apiKey), 'recallAdmission', { knockId });
};
const endings: Readonly<Record<string, (returned: Returned, admission: Admission) => Promise<unknown>>> = {
  'recalled before it was used': (_returned, { knockId }) => act(house.backend, 'recallAdmission', { knockId }),
  'recalled at another process': recallElsewhere,
  [firstSeen]: recallElsewhere,
  'recalled once its holder has left': async ({ room }, { knockId, knockToken }) => {
    const { sessionToken = '' } = await enter(room, { knockToken });
    await act(callerOf(house.server, sessionToken), 'leaveRoom');
    return act(house.backend, 'recallAdmission', { knockId });
  },
  'ended by the id of who has left': async ({ room }, { knockToken }) => {
    const { sessionToken = '', participant } = await enter(room, { knockToken });
    await act(callerOf(house.server, sessionToken), 'leaveRoom');
    const participantIds = [participant?.id];
    return act(house.backend, 'ejectParticipants', { roomName: room.name, participantIds });
  },
};

/** What each operation that says who may come in says of this token at this process. */
async function saidOf(server: TestServer, { room }: Returned, token: string) {
  const backend = callerOf(server, house.backend.apiKey);
  const query = `query ($roomName: String!, $token: String) {
    explainEntry(roomName: $roomName, token: $token) { access { level } } }`;
  const variables = { roomName: room.name, token };
  const explained = await read<{ explainEntry: { access: { level: string } } }>(backend, query, variables);
  return {
    access: (await accessOf(callerOf(server), room.name, token)).level,
    explainEntry: explained.explainEntry.access.level,
    joinRoom: codeOf(await enter(room, { token }, server)),
  };
}

const keptOut = { access: 'LOBBY', explainEntry: 'LOBBY', joinRoom: 'MustKnock' };

describe.each([{ userId: 'sent-back' }, {}])('who was sent back with a token of %o', (claims) => {
  describe.each(Object.entries(knocks))('and admitted by %s', (_knock, knock) => {
    test.each(Object.entries(endings))('walks in no more once that is %s', async (ending, end) => {
      const returned = await sendBack(claims, { knockCooldownSeconds: 0 });
      const admission = await knock(returned);
      // Who knows the room knows how it stood before.
      const familiar = ending === firstSeen ? servers.slice(0, 1) : servers;
      for (const server of familiar) await saidOf(server, returned, returned.jwt);
      await act(house.backend, 'admitKnock', { knockId: admission.knockId });
      await end(returned, admission);
      for (const server of servers.toReversed()) {
        expect(await saidOf(server, returned, returned.jwt)).toEqual(keptOut);
        if ('userId' in claims) expect(await saidOf(server, returned, returned.otherJwt)).toEqual(keptOut);
      }
      // Whoever is let in again is let in: nothing is held against them for good.
      const again = await knockAnew(returned, returned.jwt);
      await act(house.backend, 'admitKnock', { knockId: again.knockId });
      const { knockToken } = again;
      for (const server of servers) expect(codeOf(await enter(returned.room, { knockToken }, server))).toBe('Joined');
    });
  });
});

test.each([{ userId: 'sent-back' }, {}])(
  'ejected by the id of the session that was sent back: admitted no more (%o)',
  async (claims) => {
    const returned = await sendBack(claims);
    const { room, knockId, knockToken } = returned;
    await act(house.backend, 'admitKnock', { knockId });
    await act(house.backend, 'ejectParticipants', { roomName: room.name, participantIds: [returned.id] });
    for (const server of servers) {
      expect(codeOf(await enter(room, { knockToken }, server))).toBe('KNOCK_CLOSED');
      expect(await saidOf(server, returned, returned.jwt)).toEqual(keptOut);
    }
  },
);

test('an admission that nobody takes back stays: any token of theirs walks in, also when its time is over', async () => {
  const returned = await sendBack({ userId: 'sent-back' });
  await act(house.backend, 'admitKnock', { knockId: returned.knockId });
  await moveClock(house.database, { seconds: 4 * 3600 + 1 });
  const { room, otherJwt: token } = returned;
  for (const server of servers) expect(codeOf(await enter(room, { token }, server))).toBe('Joined');
});
