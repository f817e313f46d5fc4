import { beforeAll, describe, expect, it } from 'vitest';
import { openDomain } from '../support/domain.ts';
import type { ParticipantSeed, RoomSeed, Seed } from '../support/seed.ts';
import {
  change,
  cursorOf,
  type EventStream,
  followFromJoining,
  followKnocks,
  type Happened,
  type Person,
  personFields,
  personOf,
  promptly,
  read,
  type Said,
} from './room-kit.ts';

let backend: Seed;

beforeAll(async () => {
  ({ backend } = await openDomain());
});

/** What may be asked for, and what whoever is asked must be allowed to send. */
const switches = { setAudio: 'AUDIO', setVideo: 'VIDEO', setScreenShare: 'SCREEN_VIDEO' } as const;
const media = ['AUDIO', 'VIDEO', 'SCREEN_AUDIO', 'SCREEN_VIDEO', 'CUSTOM_AUDIO', 'CUSTOM_VIDEO'];

type Cast = {
  readonly room: RoomSeed;
  readonly owner: ParticipantSeed;
  readonly admin: ParticipantSeed;
  readonly guest: ParticipantSeed;
  readonly other: ParticipantSeed;
  /** The streams of the guest, and of another who looks on. */
  readonly own: EventStream;
  readonly others: EventStream;
};

async function gather(): Promise<Cast> {
  const room = await backend.waitingRoom();
  const after = await cursorOf(backend, room.name);
  const owner = await room.owner();
  const admin = await room.guest({ userName: 'Ada Admin', permissions: { canAdmin: ['PARTICIPANTS'] } });
  const guest = await room.guest();
  const other = await room.guest({ userName: 'Otto Other' });
  const own = await followFromJoining(guest, after);
  await own.find(({ participant }) => participant?.id === other.id);
  const others = await followFromJoining(other, after, 'SSE');
  return { room, owner, admin, guest, other, own, others };
}

const update = (caller: Pick<Seed, 'ask'>, participantId: string, input: object) =>
  change<Said & Person>(
    caller,
    'updateParticipant',
    { participantId, ...input },
    `... on Participant { ${personFields} } ... on InvalidInput { issues { path } }`,
  );

/** What the guest itself and the one who looks on are told within a second. */
async function toldBoth({ own, others, guest }: Cast): Promise<Happened> {
  const isAbout = ({ participant }: Happened) => participant?.id === guest.id;
  const told = await own.find(isAbout, promptly);
  const seen = await others.find(isAbout, promptly);
  expect(seen.cursor).toBe(told.cursor);
  return told;
}

describe('updateParticipant', () => {
  it.each(['admin', 'owner'] as const)('by an %s mutes others, who are told to, and others see it', async (who) => {
    const cast = await gather();
    const muted = await update(cast[who], cast.guest.id, { setAudio: false, setVideo: false });
    expect(muted).toMatchObject({ __typename: 'Participant', audio: false, video: false });
    expect(await toldBoth(cast)).toMatchObject({
      __typename: 'ParticipantUpdated',
      participant: { audio: false, video: false },
    });
    const again = await change(cast.guest, 'updateMyMedia', { audio: true }, '... on Participant { audio video }');
    expect(again).toMatchObject({ audio: true, video: false });
  });

  it('ends a screen share', async () => {
    const cast = await gather();
    await change(cast.guest, 'updateMyMedia', { screenShare: true });
    expect(await toldBoth(cast)).toMatchObject({ participant: { screenShare: true } });
    await update(cast.admin, cast.guest.id, { setScreenShare: false });
    expect(await toldBoth(cast)).toMatchObject({ participant: { screenShare: false } });
  });

  it('by an owner asks to switch on: the one who is meant alone is told, and nothing changes until it does', async () => {
    const cast = await gather();
    const { guest, owner, own, others } = cast;
    await update(owner, guest.id, { setAudio: false });
    await toldBoth(cast);
    expect(await update(owner, guest.id, { setAudio: true, setScreenShare: true })).toMatchObject({ audio: false });
    const asked = await own.next(promptly);
    expect(asked).toMatchObject({ __typename: 'MediaRequested', audio: true, video: false, screenShare: true });
    expect(asked.by).toEqual({ kind: 'PARTICIPANT', name: 'Olga Owner' });
    await change(guest, 'updateMyMedia', { audio: true });
    expect((await others.next(promptly)).__typename).toBe('ParticipantUpdated');
  });

  type Attempt = readonly [string, (cast: Cast) => Promise<Said>, Partial<Said>];
  it.each<Attempt>([
    ...Object.keys(switches).map((field): Attempt => {
      const ask = ({ admin, guest }: Cast) => update(admin, guest.id, { [field]: true });
      return [`an admin asks to switch on by ${field}`, ask, { code: 'FORBIDDEN' }];
    }),
    ...Object.entries(switches).map(([field, kind]): Attempt => {
      const permissions = { canSend: media.filter((one) => one !== kind) };
      const ask = ({ owner, guest }: Cast) => update(owner, guest.id, { [field]: true, permissions });
      return [`who is asked by ${field} may not send it`, ask, { issues: [{ path: ['input', field] }] }];
    }),
    [
      'an admin names admins',
      ({ admin, guest }) => update(admin, guest.id, { permissions: { canAdmin: ['PARTICIPANTS'] } }),
      { code: 'FORBIDDEN' },
    ],
    [
      'an admin mutes an owner',
      ({ admin, owner }) => update(admin, owner.id, { setAudio: false }),
      { code: 'FORBIDDEN' },
    ],
    [
      'a guest mutes a guest',
      ({ other, guest }) => update(other, guest.id, { setAudio: false }),
      { code: 'FORBIDDEN' },
    ],
    ['nothing is said to change', ({ owner, guest }) => update(owner, guest.id, {}), { code: 'INVALID_INPUT' }],
    [
      'an owner is to be no admin',
      ({ owner }) => update(owner, owner.id, { permissions: { canAdmin: [] } }),
      { issues: [{ path: ['input', 'permissions', 'canAdmin'] }] },
    ],
    [
      'nobody has this id',
      ({ owner }) => update(owner, `participant_${'0'.repeat(32)}`, { setAudio: false }),
      { code: 'NOT_FOUND' },
    ],
    ['it is no id', ({ owner }) => update(owner, 'somebody', { setAudio: false }), { code: 'NOT_FOUND' }],
    [
      'who is meant is in another room',
      async ({ owner }) => update(owner, (await (await backend.room()).guest()).id, { setAudio: false }),
      { code: 'NOT_FOUND' },
    ],
    [
      'who is meant has left',
      async ({ owner, other }) => {
        await other.ask('mutation { leaveRoom { __typename } }');
        return update(owner, other.id, { setAudio: false });
      },
      { code: 'NOT_FOUND' },
    ],
  ])('is refused, and nothing is changed, when %s', async (_name, attempt, refusal) => {
    const cast = await gather();
    const people = [cast.owner, cast.admin, cast.guest];
    const before = await Promise.all(people.map(({ id }) => personOf(backend, id)));
    expect(await attempt(cast)).toMatchObject(refusal);
    expect(await Promise.all(people.map(({ id }) => personOf(backend, id)))).toEqual(before);
  });

  it('of permissions counts at once: what may not be sent is off, and stays off', async () => {
    const cast = await gather();
    await update(cast.admin, cast.guest.id, { permissions: { canSend: ['VIDEO'] } });
    const told = await toldBoth(cast);
    expect(told).toMatchObject({ participant: { audio: false, video: true, permissions: { canSend: ['VIDEO'] } } });
    expect(await change(cast.guest, 'updateMyMedia', { audio: true })).toMatchObject({ code: 'FORBIDDEN' });
    expect((await personOf(backend, cast.guest.id)).audio).toBe(false);
  });

  it('makes a guest an admin, who then sees the people who wait', async () => {
    const cast = await gather();
    const knocker = await cast.room.knocker();
    expect(await (await followKnocks(cast.guest)).refused()).toBe('FORBIDDEN');
    await update(cast.owner, cast.guest.id, { permissions: { canAdmin: ['PARTICIPANTS'] } });
    expect(await (await followKnocks(cast.guest)).next()).toMatchObject({ id: knocker.knockId });
    expect(await change(cast.guest, 'admitKnock', { knockId: knocker.knockId })).toMatchObject({
      __typename: 'KnockRequest',
    });
  });
});

describe('updateParticipants', () => {
  const updateAll = ({ room }: Cast, caller: Pick<Seed, 'ask'>, input: object) =>
    change<Said & { participants: readonly Person[] }>(
      caller,
      'updateParticipants',
      { roomName: room.name, ...input },
      `... on ParticipantsUpdated { participants { ${personFields} } }`,
    );

  it('mutes all but the owners', async () => {
    const cast = await gather();
    const { participants } = await updateAll(cast, cast.admin, { setAudio: false });
    expect(participants.map(({ id, audio }) => [id, audio])).toEqual([
      [cast.admin.id, false],
      [cast.guest.id, false],
      [cast.other.id, false],
    ]);
    expect((await personOf(backend, cast.owner.id)).audio).toBe(true);
    expect(await toldBoth(cast)).toMatchObject({ participant: { audio: false } });
  });

  it('changes exactly those that are named, or none of them', async () => {
    const cast = await gather();
    const { guest, other, owner } = cast;
    const once = await updateAll(cast, owner, { participantIds: [guest.id, guest.id], setVideo: false });
    expect(once.participants.map(({ id }) => id)).toEqual([guest.id]);
    await update(owner, other.id, { setAudio: false });
    const told = [await cast.own.next(promptly), await cast.own.next(promptly)];
    expect(told.map(({ participant }) => participant?.id)).toEqual([guest.id, other.id]);
    expect([(await personOf(backend, guest.id)).video, (await personOf(backend, other.id)).video]).toEqual([
      false,
      true,
    ]);
    const withStranger = { participantIds: [other.id, `participant_${'0'.repeat(32)}`], setVideo: false };
    expect(await updateAll(cast, owner, withStranger)).toMatchObject({ code: 'NOT_FOUND' });
    expect((await personOf(backend, other.id)).video).toBe(true);
  });

  it('answers those whom it changed or asked, and nobody else; one who is named alone is answered all the same', async () => {
    const cast = await gather();
    const { admin, guest, other, owner } = cast;
    const answered = async (input: object) => (await updateAll(cast, owner, input)).participants.map(({ id }) => id);
    await update(owner, guest.id, { setAudio: false, permissions: { canSend: ['VIDEO'] } });
    expect(await answered({ setAudio: false })).toEqual([admin.id, other.id]);
    expect(await answered({ setAudio: false })).toEqual([]);
    expect(await answered({ participantIds: [guest.id, other.id], permissions: { canSend: ['VIDEO'] } })).toEqual([
      other.id,
    ]);
    expect(await answered({ setAudio: true })).toEqual([admin.id]);
    expect(await answered({ setVideo: true })).toEqual([admin.id, guest.id, other.id]);
    expect(await update(owner, guest.id, { setAudio: false })).toMatchObject({ id: guest.id, audio: false });
  });

  it('asks each of all for what it may send, and passes over who may send none of it', async () => {
    const cast = await gather();
    await update(cast.owner, cast.guest.id, { permissions: { canSend: ['AUDIO'] } });
    await toldBoth(cast);
    await update(cast.owner, cast.admin.id, { permissions: { canSend: [] } });
    await updateAll(cast, cast.owner, { setAudio: true, setVideo: true });
    const isRequest = ({ __typename }: Happened) => __typename === 'MediaRequested';
    expect(await cast.own.find(isRequest)).toMatchObject({ audio: true, video: false });
    expect(await cast.others.find(isRequest)).toMatchObject({ audio: true, video: true });
  });
});

describe('effective permissions', () => {
  it('are the token over the room over the domain, field by field, and a change of each is told at once', async () => {
    const { backend: own } = await openDomain();
    const room = await own.room();
    const after = await cursorOf(own, room.name);
    const plain = await room.guest();
    const named = await room.guest({ userName: 'Tom Token', permissions: { canSend: ['AUDIO', 'VIDEO'] } });
    const stream = await followFromJoining(plain, after);
    await stream.find(({ participant }) => participant?.id === named.id);
    const next = async () => {
      const { participant, by } = await stream.find(({ __typename }) => __typename === 'ParticipantUpdated', promptly);
      expect(by).toEqual({ kind: 'BACKEND', name: 'all of it' });
      return [participant?.userName, participant?.permissions.canSend, participant?.permissions.canAdmin];
    };
    await change(own, 'updateDomain', { permissions: { canSend: ['VIDEO'], canAdmin: ['STREAMING'] } });
    expect([await next(), await next()]).toEqual([
      ['Gustav Guest', ['VIDEO'], ['STREAMING']],
      ['Tom Token', ['AUDIO', 'VIDEO'], ['STREAMING']],
    ]);
    await change(own, 'updateRoom', { roomName: room.name, settings: { permissions: { canSend: ['AUDIO'] } } });
    expect(await next()).toEqual(['Gustav Guest', ['AUDIO'], ['STREAMING']]);
    await change(own, 'updateDomain', { permissions: null });
    expect([await next(), await next()]).toEqual([
      ['Gustav Guest', ['AUDIO'], []],
      ['Tom Token', ['AUDIO', 'VIDEO'], []],
    ]);
  });

  it('let only owners send while ownerOnlyBroadcast is on: switching tells everyone at once', async () => {
    const cast = await gather();
    const { room, owner, guest, own } = cast;
    const settings = (ownerOnlyBroadcast: boolean) => ({ roomName: room.name, settings: { ownerOnlyBroadcast } });
    expect(await change(cast.admin, 'updateRoom', settings(true))).toMatchObject({ code: 'FORBIDDEN' });
    await change(owner, 'updateRoom', settings(true));
    const silent = { audio: false, video: false, permissions: { canSend: [] } };
    expect(await toldBoth(cast)).toMatchObject({ participant: silent });
    expect(await change(guest, 'updateMyMedia', { audio: true })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await update(owner, guest.id, { setAudio: true })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await personOf(backend, owner.id)).toMatchObject({ audio: true, permissions: { canSend: media } });
    const late = await room.guest({ userName: 'Lena Late' });
    expect(await personOf(backend, late.id)).toMatchObject(silent);
    await change(owner, 'updateRoom', settings(false));
    const isGuest = ({ participant }: Happened) => participant?.id === guest.id;
    expect(await own.find(isGuest, promptly)).toMatchObject({
      participant: { audio: false, permissions: { canSend: media } },
    });
  });
});

describe('returnToLobby', () => {
  it('sends somebody back to wait: the session ends, and its token follows the new knock', async () => {
    const { room, owner, guest, own } = await gather();
    const knocks = await followKnocks(owner);
    const sent = await change<{ id: string }>(
      owner,
      'returnToLobby',
      { participantId: guest.id, reply: 'one moment' },
      '... on KnockRequest { id }',
    );
    expect((await own.ended(promptly)).at(-1)).toMatchObject({
      leaveReason: 'RETURNED_TO_LOBBY',
      participant: { id: guest.id },
    });
    expect(await knocks.next(promptly)).toMatchObject({ id: sent.id, status: 'PENDING', reply: 'one moment' });
    const query = '{ viewer { ... on KnockRequest { id status position reply } } }';
    expect((await read<{ viewer: object }>(guest, query)).viewer).toMatchObject({ id: sent.id, reply: 'one moment' });
    const enter = { roomName: room.name, knockToken: guest.sessionToken };
    expect(await change(backend, 'joinRoom', enter)).toMatchObject({ code: 'KNOCK_PENDING' });
    await change(owner, 'admitKnock', { knockId: sent.id });
    expect(await change(backend, 'joinRoom', enter)).toMatchObject({ __typename: 'Joined' });
  });

  it('has the meeting token count as one that must knock until somebody admits, and takes no new use of it', async () => {
    const room = await backend.waitingRoom();
    const { jwt } = await room.token({ maxUses: 1, userId: 'u-3' });
    const guest = await room.join({ token: jwt });
    const enter = { roomName: room.name, token: jwt };
    const knock = await change<{ id: string }>(
      backend,
      'returnToLobby',
      { participantId: guest.id },
      '... on KnockRequest { id }',
    );
    expect(await change(backend, 'joinRoom', enter)).toMatchObject({ __typename: 'MustKnock' });
    await change(backend, 'admitKnock', { knockId: knock.id });
    const back = { roomName: room.name, knockToken: guest.sessionToken };
    expect(await change(backend, 'joinRoom', back)).toMatchObject({ __typename: 'Joined' });
    expect(await change(backend, 'joinRoom', enter)).toMatchObject({ code: 'TOKEN_USED_UP' });
  });

  it('is refused for owners, for people who are not inside, and in a room without a lobby', async () => {
    const { owner, admin, guest } = await gather();
    const send = (participantId: string) => change(admin, 'returnToLobby', { participantId });
    expect(await send(owner.id)).toMatchObject({ code: 'FORBIDDEN' });
    await guest.ask('mutation { leaveRoom { __typename } }');
    expect(await send(guest.id)).toMatchObject({ code: 'NOT_FOUND' });
    const open = await (await backend.room()).guest();
    expect(await change(backend, 'returnToLobby', { participantId: open.id })).toMatchObject({ code: 'INVALID_INPUT' });
  });
});
