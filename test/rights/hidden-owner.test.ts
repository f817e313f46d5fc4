import { isInterfaceType } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { change, cursorOf, followRoom, read } from '../api/room-kit.ts';
import { documentFor } from '../security/every-operation.ts';
import { createTestDatabase } from '../support/database.ts';
import type { Variables } from '../support/graphql-client.ts';
import { type Caller, callerOf, type ParticipantSeed, type RoomSeed, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';

// A hidden owner does all that an owner may do. Whoever decides nothing reads everything that there is to read, before, meanwhile and
// afterwards, and learns of them one thing: that somebody is there who can answer.

const unseen = { userName: 'Hildegard Hidden', userId: 'hilde-unseen' };

/** What each one read, by who they are. */
const seen = new Map<string, unknown[]>();
let secrets: readonly string[];
let readers: Readonly<Record<string, Caller>>;
let room: RoomSeed;
let ids: readonly string[];

const implementers = (name: string) => {
  const type = schema.getType(name);
  return isInterfaceType(type) ? schema.getPossibleTypes(type).map((member) => member.name) : [];
};
const queries = Object.keys(schema.getQueryType()?.getFields() ?? {});

function variables(): Variables {
  return { name: room.name, roomName: room.name, domain: 'default', first: 3, jwt: 'no.token.atall' };
}

/** Every query with every field, and each thing whose id anybody ever saw, as each type that it could be. */
async function readEverything(name: string, caller: Caller): Promise<void> {
  const dump = seen.get(name) ?? [];
  seen.set(name, dump);
  for (const field of queries.filter((query) => query !== 'node' && query !== 'nodes')) {
    dump.push(field, (await caller.ask(documentFor(field), variables())).body);
  }
  for (const type of ['Participant', 'KnockRequest']) {
    dump.push(type, (await caller.ask(documentFor('viewer', { as: type }))).body);
  }
  for (const type of implementers('Node')) {
    const document = documentFor('nodes', { as: type, depth: 1 });
    for (let from = 0; from < ids.length; from += 5) {
      dump.push(type, (await caller.ask(document, { ids: ids.slice(from, from + 5) })).body);
    }
  }
}

/** Every kind of event with every field. */
function eventsDocument(): string {
  const fields = implementers('RoomEvent').map((type) => {
    const document = documentFor('roomEvents', { as: type, depth: 2 });
    // The same field of two events may be of two types: each has a name of its own.
    const own = document.slice(document.indexOf(`... on ${type}`), document.lastIndexOf('} }'));
    return own.replace(/ (status|reason)(?= |$)/g, ` ${type}_$1: $1`);
  });
  return `subscription ($roomName: String, $after: String) { roomEvents(roomName: $roomName, after: $after) { __typename ${fields.join(' ')} } }`;
}

/** Follows from a cursor on. Gives a way to wait until all has come, up to another. */
async function collectEvents(name: string, caller: Caller, after: string) {
  const stream = await caller.ws().subscribe<{ roomEvents: { cursor: string } }>(eventsDocument(), { after });
  const dump = seen.get(name) ?? [];
  seen.set(name, dump);
  return (last: string) => stream.find((message) => dump.push(message) > 0 && message.data?.roomEvents.cursor === last);
}

const admits = (by: Caller, knockId: string) => change(by, 'admitKnock', { knockId, reply: 'Come in' });

/** All that an owner may do, one after the other. Gives the ids that came up. */
async function playOwner(
  owner: ParticipantSeed,
  people: Readonly<Record<string, ParticipantSeed>>,
): Promise<readonly string[]> {
  const roomName = room.name;
  const [denied, admitted] = [await room.knocker({ userName: 'Denis' }), await room.knocker({ userName: 'Adam' })];
  await change(owner, 'updateRoom', { roomName, settings: { lobbyMessage: 'Soon' } });
  await change(owner, 'setRoomPrivacy', { roomName, privacy: 'PRIVATE', enableKnocking: true });
  await change(owner, 'replyToKnock', { knockId: denied.knockId, reply: 'Wait' });
  await change(owner, 'denyKnock', { knockId: denied.knockId, reply: 'No' });
  await admits(owner, admitted.knockId);
  const entered = await admitted.enter();
  await change(owner, 'updateParticipant', { participantId: people.guest?.id, setAudio: false, setVideo: true });
  await change(owner, 'updateParticipants', { roomName, permissions: { canSend: ['AUDIO'] } });
  await change(owner, 'updateRoom', { roomName, settings: { ownerOnlyBroadcast: true } });
  await change(owner, 'returnToLobby', { participantId: people.returned?.id });
  await change(owner, 'ejectParticipants', { roomName, participantIds: [people.ejected?.id], ban: true });
  const live = await change<{ id: string }>(
    owner,
    'startLiveStream',
    { roomName, destinations: ['rtmp://media.example/live'] },
    '... on LiveStream { id }',
  );
  await read(owner, 'mutation ($id: ID!) { stopLiveStream(liveStreamId: $id) { __typename } }', { id: live.id });
  await change(owner, 'updateMyMedia', { audio: true, video: false });
  return [denied.knockId, admitted.knockId, entered.id, live.id];
}

beforeAll(async () => {
  const database = await createTestDatabase();
  const server = await startServer({ databaseUrl: database.url, rateLimits: false });
  room = await seed(server).waitingRoom({ knockCooldownSeconds: 0 });
  const after = await cursorOf(room.backend, room.name);
  const [guest, returned, ejected] = [
    await room.guest(),
    await room.guest({ userId: 'returned' }),
    await room.guest({ userId: 'ejected' }),
  ];
  const knocker = await room.knocker();
  readers = {
    'a guest': guest,
    'somebody who waits': knocker,
    'somebody sent back': returned,
    nobody: callerOf(server),
  };
  const { jwt, meetingToken } = await room.token({ ...unseen, isOwner: true });
  const owner = await room.join({ token: jwt, hidden: true });
  secrets = [...Object.values(unseen), owner.id, meetingToken.jti];
  ids = [room.id, owner.id, guest.id, returned.id, ejected.id, knocker.knockId, meetingToken.id];
  const live = await collectEvents('a guest', guest, after);
  await readEverything('a guest', guest);
  ids = [...ids, ...(await playOwner(owner, { guest, returned, ejected }))];
  for (const [name, reader] of Object.entries(readers)) await readEverything(name, reader);
  await owner.ask('mutation { leaveRoom { __typename } }');
  await change(room.backend, 'updateRoom', { roomName: room.name, settings: { lobbyMessage: 'the story is over' } });
  const last = await cursorOf(guest, room.name);
  await live(last);
  for (const [name, reader] of Object.entries(readers)) await readEverything(name, reader);
  await (await collectEvents('a guest', guest, after))(last);
});

test('the story is there to be read: to whoever decides, the hidden owner has a name in it', async () => {
  const query =
    'query ($name: String!) { room(name: $name) { events(first: 100) { nodes { __typename by { name } } } } }';
  const record = JSON.stringify(await read(room.backend, query, { name: room.name }));
  expect(record).toContain(unseen.userName);
  const told = JSON.stringify(seen.get('a guest'));
  const news = ['RoomUpdated', 'ParticipantUpdated', 'ParticipantLeft', 'LiveStreamChanged', 'MediaRequested'];
  expect(news.filter((type) => !told.includes(type))).toEqual([]);
  expect(told.includes('"ownerPresent":true')).toBe(true);
});

describe.each(['a guest', 'somebody who waits', 'somebody sent back', 'nobody'])('%s', (name) => {
  test('reads nothing of a hidden owner', () => {
    const dump = JSON.stringify(seen.get(name) ?? []);
    expect(dump.length).toBeGreaterThan(1000);
    // The dump is long: only what was found is told.
    expect(secrets.filter((secret) => dump.includes(secret))).toEqual([]);
  });
});

test('a guest who follows from the beginning gets no event whose only news is the hidden owner', async () => {
  const guest = readers['a guest'];
  if (guest === undefined) throw new Error('nobody reads');
  const now = await cursorOf(guest, room.name);
  const stream = await followRoom(guest, { after: now });
  const owner = await room.owner({ userName: 'Other' });
  const { jwt: token } = await room.token({ ...unseen, isOwner: true });
  const hidden = await room.join({ token, hidden: true });
  await hidden.ask('mutation { leaveRoom { __typename } }');
  await owner.ask('mutation { leaveRoom { __typename } }');
  const events: string[] = [];
  await stream.find(
    ({ __typename, participant }) =>
      events.push(`${__typename} ${participant?.userName}`) > 0 && __typename === 'ParticipantLeft',
  );
  expect(events.filter((event) => event.startsWith('Participant'))).toEqual([
    'ParticipantJoined Other',
    'ParticipantLeft Other',
  ]);
});
