import { isInputObjectType } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { encodeId, type ParticipantId } from '../../src/rules/ids.ts';
import { type DomainSeed, openDomain, sharedUrl } from '../support/domain.ts';
import type { Variables } from '../support/graphql-client.ts';
import { act, codeOf, read } from './admission-kit.ts';

let house: DomainSeed;

beforeAll(async () => {
  house = await openDomain();
});

const create = (input: Variables) => act(house.backend, 'createRoom', input);
const update = (roomName: string, settings: Variables) => act(house.backend, 'updateRoom', { roomName, settings });
const issuesOf = ({ issues }: Awaited<ReturnType<typeof create>>) => issues?.map(({ path }) => path.join('.'));

const defaults = {
  privacy: 'PUBLIC',
  nbf: null,
  exp: null,
  maxParticipants: null,
  enableKnocking: false,
  knockTimeoutSeconds: 600,
  knockCooldownSeconds: 60,
  title: null,
  meetingUrl: null,
  lobbyMessage: null,
  ownerOnlyBroadcast: false,
  enforceUniqueUserIds: false,
  ejectAtRoomExp: false,
  ejectAfterElapsedSeconds: null,
  startVideoOff: false,
  startAudioOff: false,
  enableScreenshare: true,
  lang: 'en',
};

const given = {
  privacy: 'PRIVATE',
  nbf: '2098-01-01T00:00:00.000Z',
  exp: '2099-01-01T00:00:00.000Z',
  maxParticipants: 12,
  enableKnocking: true,
  knockTimeoutSeconds: 30,
  knockCooldownSeconds: 0,
  title: 'Design review',
  meetingUrl: 'https://meet.example.com/{domain}/{room}?who={participant}#{credentials}',
  lobbyMessage: 'Please wait.\nSomebody will be with you.',
  ownerOnlyBroadcast: true,
  enforceUniqueUserIds: true,
  ejectAtRoomExp: true,
  ejectAfterElapsedSeconds: 3600,
  startVideoOff: true,
  startAudioOff: true,
  enableScreenshare: false,
  lang: 'pt-BR',
};

describe('a room', () => {
  test('has each of its settings in the two tables above, but for permissions, which have tests of their own', () => {
    const input = schema.getType('RoomSettingsInput');
    const settings = isInputObjectType(input) ? Object.keys(input.getFields()) : [];
    const others = settings.filter((name) => name !== 'permissions').toSorted();
    expect(Object.keys(defaults).toSorted()).toEqual(others);
    expect(Object.keys(given).toSorted()).toEqual(others);
  });

  test('has a name that nobody guesses, a URL, and the defaults, where nothing is said', async () => {
    const [first, second] = [await create({}), await create({ settings: null })];
    expect(first).toMatchObject({ ...defaults, ownerPresent: false, participantCount: 0 });
    // 22 characters of 64 are more than 128 bits.
    expect(first.name).toMatch(/^[A-Za-z0-9_-]{22,}$/);
    expect(first.name).not.toBe(second.name);
    expect(first).toMatchObject({ url: `${sharedUrl}/${house.server.domain}/${first.name}` });
  });

  test('has what was said, each setting of it, and null resets each one alone', async () => {
    const room = await create({ settings: given });
    expect(room).toMatchObject(given);
    for (const [field, value] of Object.entries(defaults)) {
      const rest = Object.fromEntries(Object.entries(given).filter(([name]) => name !== field));
      expect(await update(room.name ?? '', { [field]: null }), field).toMatchObject({ ...rest, [field]: value });
      await update(room.name ?? '', { [field]: given[field as keyof typeof given] });
    }
  });

  test('keeps what an update leaves out', async () => {
    const room = await create({ settings: given });
    expect(await update(room.name ?? '', {})).toMatchObject(given);
    expect(await update(room.name ?? '', { maxParticipants: 3 })).toMatchObject({ ...given, maxParticipants: 3 });
  });

  test.each([
    ['maxParticipants', 0],
    ['maxParticipants', -5],
    ['knockTimeoutSeconds', 0],
    ['knockCooldownSeconds', -1],
    ['ejectAfterElapsedSeconds', 0],
    ['exp', '2001-01-01T00:00:00Z'],
    ['lang', 'Klingon, please'],
    ['title', 'two\nlines'],
    ['title', 'x'.repeat(129)],
    ['meetingUrl', 'javascript:alert(1)'],
    ['meetingUrl', 'https://{room}.example.com/'],
    ['meetingUrl', 'https://meet.example.com/?{credentials}'],
    ['lobbyMessage', 'a\u202eb'],
    ['lobbyMessage', 'a\u0000b'],
  ])('refuses %s: %j by its name, when it is made and when it is changed, and stores nothing', async (field, value) => {
    const path = `input.settings.${field}`;
    expect(issuesOf(await create({ settings: { [field]: value } }))).toEqual([path]);
    const room = await house.backend.room({ lobbyMessage: 'As it was' });
    expect(issuesOf(await update(room.name, { startAudioOff: true, [field]: value }))).toEqual([path]);
    const query = `{ room(name: "${room.name}") { startAudioOff lobbyMessage } }`;
    expect(await read(house.backend, query)).toEqual({ room: { startAudioOff: false, lobbyMessage: 'As it was' } });
  });

  test('tells all that is wrong with it at once', async () => {
    const refused = await create({
      name: 'no spaces',
      settings: { maxParticipants: 0, lang: '?', nbf: given.exp, exp: given.nbf },
    });
    expect(new Set(issuesOf(refused))).toEqual(
      new Set(['input.name', 'input.settings.maxParticipants', 'input.settings.lang', 'input.settings.nbf']),
    );
  });

  test('takes overrides of what may be received, and refuses those that name nobody', async () => {
    const participantId = encodeId('Participant', '01932c4e-9b1f-7c3a-8d52-0123456789ab' as ParticipantId);
    const [ofUser, ofOne] = [
      { userId: 'u1', kinds: ['AUDIO'] },
      { participantId, kinds: ['VIDEO'] },
    ];
    const permissions = { canReceive: { base: ['VIDEO'], overrides: [ofUser, ofOne] }, canSend: [] };
    const room = await create({ settings: { permissions } });
    const shown = [
      { ...ofUser, participantId: null },
      { ...ofOne, userId: null },
    ];
    expect(room).toMatchObject({
      permissions: {
        hasPresence: true,
        canSend: [],
        canReceive: { base: ['VIDEO'], overrides: shown },
        canAdmin: [],
      },
    });
    const nobody = { permissions: { canReceive: { overrides: [{ kinds: [] }] } } };
    expect(issuesOf(await create({ settings: nobody }))).toEqual(['input.settings.permissions.canReceive.overrides.0']);
  });

  test.each(['', 'with space', 'ümlaut', 'slash/es', 'x'.repeat(129), 'a.b'])('is not called %j', async (name) => {
    expect(issuesOf(await create({ name }))).toEqual(['input.name']);
  });

  test('is made and deleted by keys with ROOMS alone, and changed by its owners too', async () => {
    const room = await house.backend.room();
    const [rooms, others] = [
      await house.backend.key(['ROOMS']),
      await house.backend.key(['TOKENS', 'ADMISSION', 'READ']),
    ];
    const owner = await room.owner();
    const settings = { roomName: room.name, settings: { startAudioOff: true } };
    const codes = async (caller: typeof house.anybody) => [
      codeOf(await act(caller, 'createRoom', {})),
      codeOf(await act(caller, 'updateRoom', settings)),
      codeOf(await act(caller, 'setRoomPrivacy', { roomName: room.name, privacy: 'PUBLIC' })),
    ];
    expect(await codes(rooms)).toEqual(['Room', 'Room', 'Room']);
    expect(await codes(owner)).toEqual(['FORBIDDEN', 'Room', 'Room']);
    expect(await codes(others)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
    expect(await codes(await room.guest())).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
    expect(await codes(house.anybody)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED']);
    const other = await house.backend.room();
    expect(codeOf(await act(owner, 'updateRoom', { ...settings, roomName: other.name }))).toBe('NOT_FOUND');
    expect(codeOf(await act(owner, 'deleteRoom', { roomName: room.name }))).toBe('FORBIDDEN');
    expect(codeOf(await act(others, 'deleteRoom', { roomName: room.name }))).toBe('FORBIDDEN');
    expect(codeOf(await act(rooms, 'deleteRoom', { roomName: room.name }))).toBe('DeletedRoom');
  });
});

describe('what holds for one person: token over room over domain, field by field', () => {
  test('permissions, language and media', async () => {
    const { backend, anybody } = await openDomain();
    const domain = { permissions: { canSend: ['VIDEO'], hasPresence: false, canReceive: { base: ['AUDIO'] } } };
    expect(codeOf(await act(backend, 'updateDomain', domain))).toBe('Domain');
    const room = await backend.room({ permissions: { hasPresence: true } });
    const join = async (claims: Variables) =>
      act(anybody, 'joinRoom', { roomName: room.name, token: (await room.token(claims)).jwt });
    const permissionsOf = async (claims: Variables) =>
      JSON.parse(JSON.stringify((await join(claims)).participant)).permissions;
    const received = { base: ['AUDIO'], overrides: [] };
    expect(await permissionsOf({})).toEqual({
      hasPresence: true,
      canSend: ['VIDEO'],
      canReceive: received,
      canAdmin: [],
    });
    const overrides = [{ userId: 'u1', participantId: null, kinds: ['VIDEO'] }];
    const permissions = { canSend: ['AUDIO'], canReceive: { overrides: [{ userId: 'u1', kinds: ['VIDEO'] }] } };
    expect(await permissionsOf({ permissions })).toEqual({
      hasPresence: true,
      canSend: ['AUDIO'],
      canReceive: { base: ['AUDIO'], overrides },
      canAdmin: [],
    });
  });

  test('ejections: a token that says either, replaces both of the room', async () => {
    const room = await house.backend.room({
      ejectAfterElapsedSeconds: 100,
      ejectAtRoomExp: true,
      exp: '2099-01-01T00:00:00Z',
    });
    const exp = new Date(Date.now() + 5_000_000).toISOString();
    const ejection = async (claims: Variables) => {
      const input = { roomName: room.name, token: (await room.token({ exp, ...claims })).jwt };
      const { participant } = JSON.parse(JSON.stringify(await act(house.anybody, 'joinRoom', input)));
      return participant.willEjectAt === null ? null : (Date.parse(participant.willEjectAt) - Date.now()) / 1000;
    };
    expect(await ejection({})).toBeCloseTo(100, -1);
    expect(await ejection({ ejectAfterElapsedSeconds: 400 })).toBeCloseTo(400, -1);
    expect(await ejection({ ejectAtTokenExp: true })).toBeCloseTo(5000, -1);
    expect(await ejection({ ejectAtTokenExp: false })).toBeNull();
    for (const [elapsed, first] of [
      [400, 400],
      [6000, 5000],
    ] as const) {
      const both = { ejectAtTokenExp: true, ejectAfterElapsedSeconds: elapsed };
      expect(await ejection(both), 'the earlier of the two').toBeCloseTo(first, -1);
    }
  });
});

describe('the list of rooms', () => {
  type Page = {
    readonly rooms: {
      readonly nodes: readonly { readonly name: string }[];
      readonly totalCount: number;
      readonly pageInfo: {
        readonly hasNextPage: boolean;
        readonly hasPreviousPage: boolean;
        readonly startCursor: string;
        readonly endCursor: string;
      };
    };
  };
  let own: DomainSeed;
  const list = async (args: Variables) => {
    const query = `query ($first: Int, $after: String, $last: Int, $before: String, $privacy: RoomPrivacy, $nameContains: String) {
      rooms(first: $first, after: $after, last: $last, before: $before, privacy: $privacy, nameContains: $nameContains) {
        nodes { name } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
    const { rooms } = await read<Page>(own.backend, query, args);
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = rooms.pageInfo;
    const more = `${hasPreviousPage ? '…' : ''}${rooms.nodes.map(({ name }) => name).join(' ')}${hasNextPage ? '…' : ''}`;
    return { more, total: rooms.totalCount, start: startCursor, end: endCursor };
  };

  beforeAll(async () => {
    own = await openDomain();
    for (const name of ['a1', 'b1', 'a2', 'b2', 'a3']) {
      const settings = { privacy: name.startsWith('a') ? 'PRIVATE' : 'PUBLIC' };
      expect(codeOf(await act(own.backend, 'createRoom', { name, settings }))).toBe('Room');
    }
  });

  test('newest first, and forwards page by page without gap or double', async () => {
    const first = await list({ first: 2 });
    expect(first).toMatchObject({ more: 'a3 b2…', total: 5 });
    const second = await list({ first: 2, after: first.end });
    expect(second).toMatchObject({ more: '…a2 b1…', total: 5 });
    expect(await list({ first: 2, after: second.end })).toMatchObject({ more: '…a1', total: 5 });
  });

  test('backwards as well, in the same order', async () => {
    const last = await list({ last: 2 });
    expect(last).toMatchObject({ more: '…b1 a1' });
    const before = await list({ last: 2, before: last.start });
    expect(before).toMatchObject({ more: '…b2 a2…' });
    expect(await list({ last: 9, before: before.start })).toMatchObject({ more: 'a3…' });
  });

  test.each(['first', 'last'])('%s takes 1 to 100', async (field) => {
    for (const size of [1, 100]) expect((await list({ [field]: size })).total).toBe(5);
  });

  test('a page stays where it is while rooms come', async () => {
    const first = await list({ first: 2 });
    await act(own.backend, 'createRoom', { name: 'newer' });
    expect(await list({ first: 2, after: first.end })).toMatchObject({ more: '…a2 b1…', total: 6 });
    await act(own.backend, 'deleteRoom', { roomName: 'newer' });
  });

  test('filtered by privacy and by name, counted so', async () => {
    expect(await list({ privacy: 'PRIVATE' })).toMatchObject({ more: 'a3 a2 a1', total: 3 });
    expect(await list({ nameContains: 'B' })).toMatchObject({ more: 'b2 b1', total: 2 });
    expect(await list({ privacy: 'PRIVATE', nameContains: '2' })).toMatchObject({ more: 'a2', total: 1 });
    expect(await list({ nameContains: '%' })).toMatchObject({ more: '', total: 0 });
  });

  const sizes = ['first', 'last'].flatMap((field) => [0, -1, 101, 1_000].map((size) => ({ [field]: size })));
  const forwards = [{ first: 1 }, { after: 'CURSOR' }];
  const backwards = [{ last: 1 }, { before: 'CURSOR' }];
  const mixed = forwards.flatMap((one) => backwards.map((other) => ({ ...one, ...other })));
  test.each<Variables>([...sizes, ...mixed, { after: 'nonsense' }, { before: 'bm9uc2Vuc2U' }])(
    'refuses %o by name',
    async (wanted) => {
      const { end } = await list({ first: 1 });
      const args = Object.fromEntries(
        Object.entries(wanted).map(([name, value]) => [name, value === 'CURSOR' ? end : value]),
      );
      const query = `query ($first: Int, $after: String, $last: Int, $before: String) {
        rooms(first: $first, after: $after, last: $last, before: $before) { nodes { name } } }`;
      const { body } = await own.backend.ask(query, args);
      expect(body.errors?.map(({ extensions }) => extensions?.code)).toEqual(['INVALID_INPUT']);
      expect(body.data).toEqual({ rooms: null });
    },
  );

  test('is for the backend alone', async () => {
    const room = await own.backend.room();
    for (const [caller, code] of [
      [own.anybody, 'UNAUTHENTICATED'],
      [await room.owner(), 'FORBIDDEN'],
    ] as const) {
      const { body } = await caller.ask('{ rooms { totalCount } }');
      expect(body.errors?.[0]?.extensions?.code).toBe(code);
    }
  });
});
