import { beforeAll, describe, expect, it } from 'vitest';
import { openDomainAtTwo } from '../support/domain.ts';
import { callerOf, type KnockerSeed, type ParticipantSeed, type RoomSeed, type Seed } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import { act, codeOf, keyNamed } from './admission-kit.ts';

let backend: Seed;
let servers: readonly TestServer[];

beforeAll(async () => {
  const opened = await openDomainAtTwo();
  servers = [opened.server, opened.elsewhere];
  backend = opened.backend;
});

/** Somebody who was admitted, came in, and may be put out again; and all that they hold. */
type Admitted = {
  readonly room: RoomSeed;
  readonly knocker: KnockerSeed;
  readonly person: ParticipantSeed;
  readonly jwt: string;
};

const key = () => keyNamed(crypto.randomUUID());

async function admitted(joinKey: string): Promise<Admitted> {
  const room = await backend.waitingRoom({ knockCooldownSeconds: 0 });
  const { jwt } = await room.token({ knocking: true, userId: 'nora' });
  const knocker = await room.knocker({ token: jwt });
  await act(backend, 'admitKnock', { knockId: knocker.knockId });
  const person = await room.join({ knockToken: knocker.knockToken, idempotencyKey: joinKey });
  // Whoever returned has more than one session token to try with.
  return { room, knocker, person, jwt };
}

/** Every way back that somebody who was inside might try. */
const ways: Readonly<Record<string, (held: Admitted, joinKey: string) => readonly [string | undefined, object]>> = {
  'the knock token that was admitted': ({ knocker }) => [undefined, { knockToken: knocker.knockToken }],
  'the knock token that was admitted, as bearer': ({ knocker }) => [knocker.knockToken, {}],
  'the session token, as bearer': ({ person }) => [person.sessionToken, {}],
  'the session token, as knock token': ({ person }) => [undefined, { knockToken: person.sessionToken }],
  'the meeting token that came with the knock': ({ jwt }) => [undefined, { token: jwt }],
  'the key of the first joining': (_held, idempotencyKey) => [undefined, { idempotencyKey }],
  'that key with the knock token': ({ knocker: { knockToken } }, idempotencyKey) => [
    undefined,
    { knockToken, idempotencyKey },
  ],
  nothing: () => [undefined, {}],
};

/** How the right to be inside ends for somebody who was admitted. */
const ends: Readonly<Record<string, (held: Admitted) => Promise<unknown>>> = {
  'sent back to the lobby': ({ person }) =>
    backend.ask('mutation ($id: ID!) { returnToLobby(input: { participantId: $id }) { __typename } }', {
      id: person.id,
    }),
  ejected: ({ room, person }) =>
    act(backend, 'ejectParticipants', { roomName: room.name, participantIds: [person.id] }),
  banned: ({ room, person }) =>
    act(backend, 'ejectParticipants', { roomName: room.name, participantIds: [person.id], ban: true }),
};

describe.each(Object.entries(ends))('whoever was %s', (_what, end) => {
  it.each(Object.entries(ways))('does not come in with %s, at any process', async (_way, make) => {
    const joinKey = key();
    const held = await admitted(joinKey);
    // The other process knows the room, and whom it was about, from before.
    const ask = (server: TestServer) => {
      const [bearer, input] = make(held, joinKey);
      return act(callerOf(server, bearer), 'joinRoom', { roomName: held.room.name, ...input });
    };
    for (const server of servers) await act(callerOf(server), 'joinRoom', { roomName: held.room.name });
    await end(held);
    for (const server of servers.toReversed()) expect((await ask(server)).__typename).not.toBe('Joined');
  });
});

describe('somebody who was admitted on two devices, and is sent back from one', () => {
  const sendBack = ({ id }: ParticipantSeed) =>
    backend.ask('mutation ($id: ID!) { returnToLobby(input: { participantId: $id }) { __typename } }', { id });
  const other = async ({ room }: Admitted) => {
    const knocker = await room.knocker({ token: (await room.token({ knocking: true, userId: 'nora' })).jwt });
    await act(backend, 'admitKnock', { knockId: knocker.knockId });
    return knocker;
  };
  const enterBy = ({ room }: Admitted, { knockToken }: KnockerSeed) => {
    const asked = { roomName: room.name, knockToken };
    return Promise.all(servers.map((server) => act(callerOf(server), 'joinRoom', asked)));
  };

  it('does not come in by the admission of the other, which was not used yet', async () => {
    const held = await admitted(key());
    const unused = await other(held);
    await sendBack(held.person);
    expect((await enterBy(held, unused)).map(codeOf)).toEqual(['KNOCK_CLOSED', 'KNOCK_CLOSED']);
  });

  it('stays inside on the other, and comes back there', async () => {
    const held = await admitted(key());
    const used = await other(held);
    const there = await used.enter();
    await sendBack(held.person);
    expect(codeOf(await act(there, 'heartbeat'))).toBe('Participant');
    expect((await enterBy(held, used)).map(({ participant }) => participant?.id)).toEqual([there.id, there.id]);
  });
});

describe('a token that may be used a few times', () => {
  it.each([1, 2, 3])('%i: no more often after its holder was sent back and admitted again', async (maxUses) => {
    const room = await backend.waitingRoom();
    const { jwt, meetingToken } = await room.token({ maxUses, userId: 'u-1' });
    const people: ParticipantSeed[] = [];
    for (let use = 0; use < maxUses; use += 1) people.push(await room.join({ token: jwt }));
    const last = people.at(-1);
    const sent = await backend.ask<{ returnToLobby: { id: string } }>(
      'mutation ($id: ID!) { returnToLobby(input: { participantId: $id }) { ... on KnockRequest { id } } }',
      { id: last?.id },
    );
    const again = async (input: object) => {
      const answers = servers.map((server) => act(callerOf(server), 'joinRoom', { roomName: room.name, ...input }));
      return (await Promise.all(answers)).map(codeOf);
    };
    for (const answer of await again({ token: jwt })) expect(['MustKnock', 'TOKEN_USED_UP']).toContain(answer);
    await act(backend, 'admitKnock', { knockId: sent.body.data?.returnToLobby.id });
    // Back by the admission: the same person at both, and no use of the token.
    expect(await again({ knockToken: last?.sessionToken })).toEqual(['Joined', 'Joined']);
    expect(await again({ token: jwt })).toEqual(['TOKEN_USED_UP', 'TOKEN_USED_UP']);
    const query = 'query ($id: ID!) { node(id: $id) { ... on MeetingToken { uses } } }';
    expect((await backend.ask(query, { id: meetingToken.id })).body.data).toEqual({ node: { uses: maxUses } });
  });
});
