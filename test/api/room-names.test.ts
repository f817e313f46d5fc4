import { beforeAll, describe, expect, test } from 'vitest';
import { moveClock } from '../support/database.ts';
import { type Caller, callerOf } from '../support/seed.ts';
import { accessOf, act, codeOf, type House, keyNamed, openHouse, read } from './admission-kit.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});

const createRoom = (name: string, settings = {}, backend = house.backend) =>
  act(backend, 'createRoom', {
    name,
    settings: { privacy: 'PRIVATE', enableKnocking: true, knockCooldownSeconds: 0, ...settings },
  });

describe('the name of a room', () => {
  test('is its own while it lives: made at once by many, it is made once', async () => {
    const made = await Promise.all(Array.from({ length: 10 }, () => createRoom('once-only')));
    expect(made.map(codeOf).sort()).toEqual([...Array(9).fill('NAME_TAKEN'), 'Room']);
  });

  test('that cannot be a name belongs to no room, and does not disturb others who ask at the same moment', async () => {
    await createRoom('asked-for');
    const ask = (name: string) =>
      house.backend.ask<{ room: { name: string } | null }>('query ($name: String!) { room(name: $name) { name } }', {
        name,
      });
    const names = ['asked-for', 'a\\b', '{"', 'asked-for', 'nul\u0000', '', 'x'.repeat(200), '\ud800', 'never-made'];
    const answers = await Promise.all(names.map(ask));
    const found = answers.map(({ body }) => body.data?.room?.name ?? null);
    expect(found).toEqual(names.map((name) => (name === 'asked-for' ? name : null)));
    expect(JSON.stringify(answers)).not.toContain('UNAVAILABLE');
  });

  test('tells upper from lower case', async () => {
    expect([codeOf(await createRoom('Case')), codeOf(await createRoom('case'))]).toEqual(['Room', 'Room']);
  });

  test('is free again after deletion, and nothing of the old room opens the new one', async () => {
    const name = 'again';
    const old = await createRoom(name);
    const token = (claims: object) => act(house.backend, 'createMeetingToken', { roomName: name, ...claims });
    const ownerToken = (await token({ isOwner: true })).jwt;
    const knockingToken = (await token({ knocking: true, userId: 'nora-1' })).jwt;
    const banned = await act(house.anybody, 'knock', { roomName: name, userName: 'N', token: knockingToken });
    await act(house.backend, 'denyKnock', { knockId: banned.knockRequest?.id, ban: true });
    const key = keyNamed('old-and-new');
    const admitted = await act(house.anybody, 'knock', {
      roomName: name,
      userName: 'Nora',
      token: ownerToken,
      idempotencyKey: key,
    });
    await act(house.backend, 'admitKnock', { knockId: admitted.knockRequest?.id });
    const joined = await act(house.anybody, 'joinRoom', { roomName: name, token: ownerToken, idempotencyKey: key });
    expect(codeOf(joined)).toBe('Joined');
    await act(house.backend, 'deleteRoom', { roomName: name });
    const anew = await createRoom(name);
    expect(anew.id).not.toBe(old.id);

    const join = (input: object) => act(house.anybody, 'joinRoom', { roomName: name, ...input }).then(codeOf);
    expect(await join({ token: ownerToken })).toBe('TOKEN_FOR_OTHER_ROOM');
    expect(await join({ token: ownerToken, idempotencyKey: key })).toBe('TOKEN_FOR_OTHER_ROOM');
    expect(await join({ knockToken: admitted.knockToken })).toBe('KNOCK_CLOSED');
    expect((await accessOf(house.anybody, name, ownerToken)).refusal?.code).toBe('TOKEN_FOR_OTHER_ROOM');
    const knock = (input: object) => act(house.anybody, 'knock', { roomName: name, userName: 'N', ...input });
    expect(codeOf(await knock({ token: knockingToken }))).toBe('TOKEN_FOR_OTHER_ROOM');
    const first = await knock({ idempotencyKey: key });
    expect(first.knockRequest?.id).not.toBe(admitted.knockRequest?.id);
    expect(first.knockToken).not.toBe(admitted.knockToken);
    // The ban was the old room's: the same person knocks here.
    const fresh = (await token({ knocking: true, userId: 'nora-1' })).jwt;
    expect(codeOf(await knock({ token: fresh }))).toBe('Knocked');
    const lists = await read(
      house.backend,
      `{ room(name: "${name}") {
      participantCount bans { nodes { id } } meetingTokens { nodes { userId } } knockRequests { totalCount } } }`,
    );
    expect(lists).toEqual({
      room: {
        participantCount: 0,
        bans: { nodes: [] },
        meetingTokens: { nodes: [{ userId: 'nora-1' }] },
        knockRequests: { totalCount: 2 },
      },
    });
  });

  test('is free again once the exp has passed, whether or not anybody has swept', async () => {
    const { backend, database, anybody } = await openHouse();
    const exp = new Date(Date.now() + 60_000);
    await createRoom('expires', { exp }, backend);
    const token = await act(backend, 'createMeetingToken', { roomName: 'expires', isOwner: true });
    await moveClock(database, { seconds: 61 });
    await act(anybody, 'joinRoom', { roomName: 'expires', token: token.jwt });
    expect(codeOf(await createRoom('expires', {}, backend))).toBe('Room');
    expect(codeOf(await act(anybody, 'joinRoom', { roomName: 'expires', token: token.jwt }))).toBe(
      'TOKEN_FOR_OTHER_ROOM',
    );
    expect(await read(backend, '{ rooms { totalCount } }')).toEqual({ rooms: { totalCount: 1 } });
  });

  test('is nobody’s once the room that had it last was deleted, though an older one only expired', async () => {
    const { backend, database, anybody } = await openHouse();
    const exp = new Date(Date.now() + 60_000).toISOString();
    await createRoom('twice-over', { exp }, backend);
    const old = (await act(backend, 'createMeetingToken', { roomName: 'twice-over' })).jwt;
    await moveClock(database, { seconds: 61 });
    expect((await accessOf(anybody, 'twice-over')).refusal?.code).toBe('ROOM_EXPIRED');
    expect(codeOf(await createRoom('twice-over', {}, backend))).toBe('Room');
    await act(backend, 'deleteRoom', { roomName: 'twice-over' });
    const any = (await act(backend, 'createMeetingToken', { anyRoom: true })).jwt;
    for (const token of [undefined, old, any]) {
      const shown = { roomName: 'twice-over', ...(token !== undefined && { token }) };
      expect((await accessOf(anybody, 'twice-over', token)).refusal?.code).toBe('ENTRY_NOT_ALLOWED');
      expect(codeOf(await act(anybody, 'joinRoom', shown))).toBe('ENTRY_NOT_ALLOWED');
      expect(codeOf(await act(anybody, 'knock', { ...shown, userName: 'Nora' }))).toBe('ENTRY_NOT_ALLOWED');
    }
  });

  test('means the new room, even for people who joined or were banned in the old one a moment ago', async () => {
    const { backend, database, anybody, server } = await openHouse();
    const roomName = 'hall';
    const key = keyNamed('joined-twice');
    const join = async (claims: object, caller: Pick<Caller, 'ask'> = anybody) => {
      const { jwt } = await act(backend, 'createMeetingToken', { roomName, ...claims });
      return act(caller, 'joinRoom', { roomName, token: jwt, idempotencyKey: key + Object.values(claims).join() });
    };
    await createRoom(roomName, { exp: new Date(Date.now() + 60_000) }, backend);
    await join({ userId: 'ben' });
    const nora = await join({ userId: 'nora' });
    await act(backend, 'ejectParticipants', { roomName, userIds: ['ben'], ban: true });
    expect(codeOf(await join({ userId: 'ben' }))).toBe('BANNED');
    await moveClock(database, { seconds: 61 });
    expect(codeOf(await createRoom(roomName, {}, backend))).toBe('Room');

    expect(codeOf(await join({ userId: 'ben' }))).toBe('Joined');
    const again = await join({ userId: 'nora' }, callerOf(server, nora.sessionToken));
    expect(codeOf(again)).toBe('Joined');
    expect(again.participant?.id).not.toBe(nora.participant?.id);
    const inside = await read(backend, `{ room(name: "${roomName}") { participants { nodes { id userName } } } }`);
    expect(inside).toMatchObject({ room: { participants: { nodes: [{}, { id: again.participant?.id }] } } });
  });

  test('a room that is over stays readable to the backend, with its record', async () => {
    const room = await createRoom('record');
    await act(house.anybody, 'knock', { roomName: 'record', userName: 'Nora' });
    await act(house.backend, 'deleteRoom', { roomName: 'record' });
    const query = `{ room(name: "record") { id } node(id: "${room.id}") { ... on Room { name events { nodes { __typename by { kind } } } } } }`;
    const events = [
      ['RoomCreated', 'BACKEND'],
      ['KnockRequested', 'KNOCKER'],
      ['KnockChanged', 'BACKEND'],
      ['RoomClosed', 'BACKEND'],
    ].map(([__typename, kind]) => ({ __typename, by: { kind } }));
    expect(await read(house.backend, query)).toEqual({
      room: null,
      node: { name: 'record', events: { nodes: events } },
    });
  });
});
