import { isInputObjectType } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { change, read } from '../api/room-kit.ts';
import { openDomain } from '../support/domain.ts';
import type { Variables } from '../support/graphql-client.ts';
import type { ParticipantSeed, RoomSeed, Seed } from '../support/seed.ts';

// Token over room over domain, in what is shown as in what is done. What a level leaves out is asked of the next one; false is not left out.

let backend: Seed;

beforeAll(async () => {
  ({ backend } = await openDomain());
});

type Level = 'domain' | 'room' | 'token';
type Asked = {
  readonly room: RoomSeed;
  readonly person: ParticipantSeed;
  readonly join: () => Promise<ParticipantSeed>;
  readonly jwt: string;
};
type Value = unknown;

type Setting = {
  readonly levels: readonly Level[];
  readonly values: readonly [Value, Value];
  readonly fallback: Value;
  /** How a level is told to have this value. */
  readonly given: (value: Value) => Variables;
  /** What is shown of the room, where a token counts for nothing. */
  readonly shown?: (room: RoomSeed) => Promise<Value>;
  readonly done: (asked: Asked) => Promise<Value>;
};

const ofRoom =
  (field: string, selection = '') =>
  async ({ name }: RoomSeed) => {
    const query = `query ($name: String!) { room(name: $name) { ${field} ${selection} } }`;
    return (await read<{ room: Record<string, Value> }>(backend, query, { name })).room[field];
  };

async function ofPerson<Shown>({ id }: ParticipantSeed, selection: string): Promise<Shown> {
  const query = `query ($id: ID!) { node(id: $id) { ... on Participant { ${selection} } } }`;
  return (await read<{ node: Shown }>(backend, query, { id })).node;
}

/** May they switch this on? */
const maySend =
  (kind: 'video' | 'screenShare') =>
  async ({ person }: Asked) =>
    (await change(person, 'updateMyMedia', { [kind]: true })).code === undefined;

const permissionsOf = (room: RoomSeed) =>
  ofRoom('permissions', '{ canSend hasPresence canAdmin canReceive { base } }')(room) as Promise<
    Readonly<Record<string, Value>>
  >;

function permission(
  field: 'canSend' | 'hasPresence' | 'canAdmin',
  values: readonly [Value, Value],
  fallback: Value,
  done: Setting['done'],
): Setting {
  return {
    levels: ['domain', 'room', 'token'],
    values,
    fallback,
    given: (value) => ({ permissions: { [field]: value } }),
    shown: async (room) => (await permissionsOf(room))[field],
    done,
  };
}

const allMedia = ['AUDIO', 'VIDEO', 'SCREEN_AUDIO', 'SCREEN_VIDEO', 'CUSTOM_AUDIO', 'CUSTOM_VIDEO'];

const settings: Readonly<Record<string, Setting>> = {
  lang: {
    levels: ['domain', 'room', 'token'],
    values: ['pt', 'fi'],
    fallback: 'en',
    given: (lang) => ({ lang }),
    shown: ofRoom('lang'),
    done: async ({ room: { name }, jwt }) => {
      const query = 'query ($name: String!, $jwt: String) { access(roomName: $name, token: $jwt) { lang } }';
      return (await read<{ access: { lang: string } }>(backend, query, { name, jwt })).access.lang;
    },
  },
  'permissions.canSend': permission('canSend', [[], ['AUDIO']], allMedia, async ({ person }) => {
    const { permissions } = await ofPerson<{ permissions: { canSend: string[] } }>(person, 'permissions { canSend }');
    const may = await maySend('video')({ person } as Asked);
    expect(may).toBe(permissions.canSend.includes('VIDEO'));
    return permissions.canSend;
  }),
  'permissions.hasPresence': permission('hasPresence', [false, true], true, async ({ room, person }) => {
    const other = await room.guest({ permissions: { hasPresence: true } });
    const query = 'query ($name: String!) { room(name: $name) { participants { nodes { id } } } }';
    const { nodes } = (
      await read<{ room: { participants: { nodes: { id: string }[] } } }>(other, query, { name: room.name })
    ).room.participants;
    return nodes.some(({ id }) => id === person.id);
  }),
  'permissions.canAdmin': permission('canAdmin', [[], ['PARTICIPANTS']], [], async ({ room, person }) => {
    const { code } = await change(person, 'updateParticipants', { roomName: room.name, setAudio: false });
    return code === 'FORBIDDEN' ? [] : ['PARTICIPANTS'];
  }),
  enforceUniqueUserIds: {
    levels: ['domain', 'room'],
    values: [false, true],
    fallback: false,
    given: (enforceUniqueUserIds) => ({ enforceUniqueUserIds }),
    shown: ofRoom('enforceUniqueUserIds'),
    done: async ({ person, join }) => {
      await join();
      return (await ofPerson<{ leaveReason: string | null }>(person, 'leaveReason')).leaveReason === 'REPLACED';
    },
  },
  startAudioOff: ofStart('startAudioOff', 'audio'),
  startVideoOff: ofStart('startVideoOff', 'video'),
  enableScreenshare: {
    levels: ['room', 'token'],
    values: [false, true],
    fallback: true,
    given: (enableScreenshare) => ({ enableScreenshare }),
    shown: ofRoom('enableScreenshare'),
    done: maySend('screenShare'),
  },
  ejectAfterElapsedSeconds: {
    levels: ['room', 'token'],
    values: [600, 900],
    fallback: null,
    given: (ejectAfterElapsedSeconds) => ({ ejectAfterElapsedSeconds }),
    shown: ofRoom('ejectAfterElapsedSeconds'),
    done: async ({ person }) => {
      type Times = { joinedAt: string; willEjectAt: string | null };
      const { joinedAt, willEjectAt } = await ofPerson<Times>(person, 'joinedAt willEjectAt');
      return willEjectAt === null ? null : Math.round((Date.parse(willEjectAt) - Date.parse(joinedAt)) / 1000);
    },
  },
};

function ofStart(field: string, media: string): Setting {
  return {
    levels: ['room', 'token'],
    values: [false, true],
    fallback: false,
    given: (value) => ({ [field]: value }),
    shown: ofRoom(field),
    done: async ({ person }) => !(await ofPerson<Record<string, boolean>>(person, media))[media],
  };
}

/** Each level says one of the two, or nothing. */
function combinations({ levels, values }: Setting): readonly Partial<Record<Level, Value>>[] {
  let all: readonly Partial<Record<Level, Value>>[] = [{}];
  for (const level of levels)
    all = all.flatMap((said) => [said, ...values.map((value) => ({ ...said, [level]: value }))]);
  return all;
}

const rows = Object.entries(settings).flatMap(([name, setting]) =>
  combinations(setting).map((said) => ({ name, setting, said, told: JSON.stringify(said) })),
);

async function ask(
  setting: Setting,
  said: Partial<Record<Level, Value>>,
): Promise<{ readonly shown?: Value; readonly done: Value }> {
  const level = (name: Level) => (Object.hasOwn(said, name) ? setting.given(said[name]) : {});
  if (setting.levels.includes('domain')) {
    await change(backend, 'updateDomain', {
      lang: 'en',
      enforceUniqueUserIds: false,
      permissions: null,
      ...level('domain'),
    });
  }
  const room = await backend.waitingRoom(level('room'));
  const { jwt } = await room.token({ userId: 'person', ...level('token') });
  const join = () => room.join({ token: jwt });
  const shown = await setting.shown?.(room);
  const done = await setting.done({ room, person: await join(), join, jwt });
  // What the domain is told next goes through every room that has people.
  await change(backend, 'deleteRoom', { roomName: room.name });
  return { shown, done };
}

describe.each(Object.keys(settings))('%s', (name) => {
  test.each(rows.filter((row) => row.name === name))('case %$: said $told', async ({ setting, said }) => {
    const { domain, room = domain, token = room } = { domain: setting.fallback, ...said };
    expect(await ask(setting, said)).toEqual({ shown: room, done: token });
  });
});

test('a token that says when it ejects replaces both eject settings of the room', async () => {
  const exp = new Date(Date.now() + 3_600_000).toISOString();
  const room = await backend.waitingRoom({ ejectAfterElapsedSeconds: 60, ejectAtRoomExp: true, exp });
  const ends = async (claims: Variables) =>
    (await ofPerson<{ willEjectAt: string | null }>(await room.guest(claims), 'willEjectAt')).willEjectAt;
  const inTwoHours = new Date(Math.ceil(Date.now() / 1000 + 7200) * 1000).toISOString();
  expect(await ends({ exp: inTwoHours, ejectAtTokenExp: true })).toBe(inTwoHours);
  expect(Date.parse((await ends({ ejectAfterElapsedSeconds: 300 })) ?? '') - Date.now()).toBeGreaterThan(200_000);
  expect(Date.parse((await ends({})) ?? '') - Date.now()).toBeLessThan(61_000);
});

test('every setting that two levels have is in the list; nbf and exp bind each by itself', () => {
  const inputs = ['UpdateDomainInput', 'RoomSettingsInput', 'CreateMeetingTokenInput'].map((name) => {
    const type = schema.getType(name);
    return isInputObjectType(type) ? Object.keys(type.getFields()) : [];
  });
  const counts = inputs.flat().filter((field, index, all) => all.indexOf(field) !== index);
  const listed = Object.keys(settings).map((name) => name.split('.')[0]);
  expect([...new Set(counts)].sort()).toEqual([...new Set([...listed, 'nbf', 'exp'])].sort());
});
