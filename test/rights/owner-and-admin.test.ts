import { getNamedType, isInputObjectType } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { change, read, until } from '../api/room-kit.ts';
import { createTestDatabase, moveClock, type TestDatabase } from '../support/database.ts';
import type { Variables } from '../support/graphql-client.ts';
import type { ParticipantSeed, RoomSeed, Seed } from '../support/seed.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';

// An admin never puts out, bans, turns away or demotes an owner, on any path, wherever the owner is.

type Target = {
  readonly room: RoomSeed;
  readonly admin: ParticipantSeed;
  readonly ownerId: string;
  readonly knockId: string;
};

/** Where an owner may be. Each has also knocked, with a token that says only who they are. */
const whereabouts = {
  present: async () => undefined,
  hidden: async () => undefined,
  left: (owner: ParticipantSeed) => owner.ask('mutation { leaveRoom { __typename } }'),
  'away, the connection lost': async () => undefined,
  'present, and has no userId': async () => undefined,
  'invited, and yet to come': async () => undefined,
} as const;
type Whereabouts = keyof typeof whereabouts;

const boss = { userId: 'boss', userName: 'Bea Boss' };
const silent = { permissions: { canSend: [] } };
const powerless = { permissions: { canAdmin: [] } };

type Path = { readonly field: string; readonly aims: (at: Target) => Variables; readonly isAtOneInside?: true };

/** Every way of naming the owner, of every mutation that does something to people against their will. */
const against: Readonly<Record<string, Path>> = {
  'ejectParticipants by id': { field: 'ejectParticipants', aims: byId },
  'ejectParticipants by id, with a ban': { field: 'ejectParticipants', aims: (at) => ({ ...byId(at), ban: true }) },
  'ejectParticipants by userId': { field: 'ejectParticipants', aims: byUserId },
  'ejectParticipants by userId, with a ban': {
    field: 'ejectParticipants',
    aims: (at) => ({ ...byUserId(at), ban: true }),
  },
  'ejectParticipants by userId, with a ban of the network': {
    field: 'ejectParticipants',
    aims: (at) => ({ ...byUserId(at), ban: true, banNetwork: true }),
  },
  returnToLobby: { field: 'returnToLobby', aims: ({ ownerId }) => ({ participantId: ownerId }), isAtOneInside: true },
  'updateParticipant, to silence': {
    field: 'updateParticipant',
    aims: (at) => ({ participantId: at.ownerId, ...silent }),
    isAtOneInside: true,
  },
  'updateParticipant, to demote': {
    field: 'updateParticipant',
    aims: (at) => ({ participantId: at.ownerId, ...powerless }),
    isAtOneInside: true,
  },
  'updateParticipants, to silence': {
    field: 'updateParticipants',
    aims: (at) => ({ ...byId(at), ...silent }),
    isAtOneInside: true,
  },
  'updateParticipants, to demote': {
    field: 'updateParticipants',
    aims: (at) => ({ ...byId(at), ...powerless }),
    isAtOneInside: true,
  },
  denyKnock: { field: 'denyKnock', aims: ({ knockId }) => ({ knockId }) },
  'denyKnock with a ban': { field: 'denyKnock', aims: ({ knockId }) => ({ knockId, ban: true }) },
  'denyKnock with a ban of the network': {
    field: 'denyKnock',
    aims: ({ knockId }) => ({ knockId, ban: true, banNetwork: true }),
  },
  'denyKnocks by id': {
    field: 'denyKnocks',
    aims: ({ room, knockId }) => ({ roomName: room.name, knockIds: [knockId] }),
  },
};

function byId({ room, ownerId }: Target): Variables {
  return { roomName: room.name, participantIds: [ownerId] };
}

function byUserId({ room }: Target): Variables {
  return { roomName: room.name, userIds: [boss.userId] };
}

/** Mutations that name people and do nothing against them, or that an admin may not ask at all. */
const harmless = ['admitKnock', 'admitKnocks', 'replyToKnock', 'liftBan', 'recallAdmission'];
const notForAdmins = ['createMeetingToken', 'revokeMeetingTokens'];

let database: TestDatabase;
let backend: Seed;
const targets = new Map<string, Target>();
const rowOf = (path: string, where: Whereabouts) => `${path}, ${where}`;

beforeAll(async () => {
  database = await createTestDatabase();
  const server = await startServer({ databaseUrl: database.url, rateLimits: false });
  backend = seed(server);
  const rows = Object.keys(against).flatMap((path) =>
    (Object.keys(whereabouts) as Whereabouts[]).map((where) => ({ path, where })),
  );
  const away = rows.filter(({ where }) => where.startsWith('away'));
  for (const { path, where } of away) targets.set(rowOf(path, where), await ownerWho(where));
  await moveClock(database, { seconds: 60, areAlive: true });
  await until(
    () => database.sql<{ inside: number }[]>`select count(*)::int as inside from participants where left_at is null`,
    ([row]) => row?.inside === 0,
  );
  for (const { path, where } of rows.filter((row) => !away.includes(row)))
    targets.set(rowOf(path, where), await ownerWho(where));
});

async function ownerWho(where: Whereabouts): Promise<Target> {
  const room = await backend.waitingRoom();
  const who = where.endsWith('no userId') ? { userName: boss.userName } : boss;
  const { jwt: token } = await room.token({ ...who, isOwner: true });
  const owner = where.startsWith('invited') ? null : await room.join({ token, hidden: where === 'hidden' });
  if (owner !== null) await whereabouts[where](owner);
  const { knockId } = await room.knocker({ token: (await room.token({ ...boss, knocking: true })).jwt });
  const admin = await adminOf(room);
  return { room, admin, ownerId: owner?.id ?? knockId, knockId };
}

const adminOf = (room: RoomSeed) => room.guest({ permissions: { canAdmin: ['PARTICIPANTS', 'STREAMING'] } });

const state = `query ($name: String!, $ids: [ID!]!) {
  room(name: $name) { bans { nodes { id } } events { nodes { __typename } } }
  nodes(ids: $ids) {
    ... on Participant { userName connection leaveReason permissions { canSend canAdmin hasPresence } audio video }
    ... on KnockRequest { status reason userName }
  } }`;

/** All that could have changed of the owner. */
const stateOf = ({ room, ownerId, knockId }: Target) =>
  read(backend, state, { name: room.name, ids: [ownerId, knockId] });

describe.each(Object.keys(whereabouts) as readonly Whereabouts[])('an owner who is %s', (where) => {
  const isInside = where !== 'left' && !/^(?:away|invited)/.test(where);
  const paths = Object.entries(against).filter(([name, { isAtOneInside }]) => {
    const isById = isAtOneInside || name.startsWith('ejectParticipants by id');
    // Without a userId nothing but the session tells that this is an owner; who has not come has no session.
    if (where.endsWith('no userId')) return isById;
    return where.startsWith('invited') ? !isById : !isAtOneInside || isInside;
  });

  test.each(paths)('is safe from %s by an admin, and nothing has changed', async (name, { field, aims }) => {
    const found = targets.get(rowOf(name, where));
    if (found === undefined) throw new Error('nobody stands there');
    // The admin of a room whose clock has moved was away as well.
    const at = where.startsWith('away') ? { ...found, admin: await adminOf(found.room) } : found;
    const before = await stateOf(at);
    expect(await change(at.admin, field, aims(at))).toMatchObject({ code: 'FORBIDDEN' });
    expect(await stateOf(at)).toEqual(before);
  });
});

test('an owner is never silenced or put out without being named', async () => {
  const target = await ownerWho('present');
  const { room, admin, ownerId } = target;
  await change(admin, 'updateParticipants', { roomName: room.name, setAudio: false, ...silent });
  const query =
    'query ($id: ID!) { node(id: $id) { ... on Participant { leaveReason permissions { canAdmin canSend } } } }';
  const { node } = await read<{ node: { permissions: { canSend: string[] } } }>(backend, query, { id: ownerId });
  expect(node).toMatchObject({
    leaveReason: null,
    permissions: { canAdmin: expect.arrayContaining(['PARTICIPANTS']) },
  });
  expect(node.permissions.canSend).not.toEqual([]);
  await change(admin, 'denyKnocks', {
    roomName: room.name,
    requestedBefore: new Date(Date.now() + 120_000).toISOString(),
  });
  const knock = 'query ($id: ID!) { node(id: $id) { ... on KnockRequest { status } } }';
  expect(await read(backend, knock, { id: target.knockId })).toEqual({ node: { status: 'PENDING' } });
});

test('every mutation that names people is among the paths, or is known to do nothing against them', () => {
  const naming = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(({ args }) =>
    args.some(({ name, type }) => {
      const input = getNamedType(type);
      const names = isInputObjectType(input) ? Object.keys(input.getFields()) : [name];
      return names.some((field) => /^(?:participant|user|knock|ban)Ids?$/.test(field));
    }),
  );
  const known = [...Object.values(against).map(({ field }) => field), ...harmless, ...notForAdmins];
  expect(naming.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
  expect(known.filter((name) => !naming.some((field) => field.name === name))).toEqual([]);
});
