import { beforeAll, describe, expect, test } from 'vitest';
import { createClient, type RoomEvent, type RoomView, type Session } from '../../packages/client/src/index.ts';
import { createTestDatabase } from '../support/database.ts';
import { openDomain } from '../support/domain.ts';
import { type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { follow, joinAs } from './client-kit.ts';

let server: TestServer;
let backend: Seed;

beforeAll(async () => {
  server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  backend = seed(server);
});

const client = () => createClient({ url: server.url });

async function waitingRoom(claims = {}): Promise<{ room: RoomSeed; owner: Session }> {
  const room = await backend.waitingRoom();
  return { room, owner: await joinAs(server.url, room, { isOwner: true, userName: 'Olga', ...claims }) };
}

const names = (people: readonly { readonly userName: string }[]) => people.map(({ userName }) => userName);

describe('going on with a token', () => {
  test('a session is as it was, the room read already', async () => {
    const { room, owner } = await waitingRoom();
    await room.knocker({ userName: 'Nora' });
    const standing = await client().goOn(owner.sessionToken);
    if (standing?.kind !== 'INSIDE') throw new Error(`not inside: ${standing?.kind}`);
    const { session } = standing;
    expect(session.sessionToken).toBe(owner.sessionToken);
    expect(session.mediaGrant.split('.')).toHaveLength(3);
    const view = session.view.get();
    expect([view.me.id, names(view.participants), names(view.waiting)]).toEqual([
      owner.participant.id,
      ['Olga'],
      ['Nora'],
    ]);
    // And what happens from then on is told, though nobody followed yet.
    await room.guest({ userName: 'Meanwhile' });
    await follow(session.view).until(({ participants }) => names(participants).includes('Meanwhile'));
  });

  test('a session that ended says how', async () => {
    const { room, owner } = await waitingRoom();
    const guest = await joinAs(server.url, room, {});
    await owner.eject({ participantIds: [guest.participant.id] });
    expect(await client().goOn(guest.sessionToken)).toEqual({
      kind: 'LEFT',
      leaveReason: 'EJECTED',
      roomName: room.name,
    });
  });

  describe('that is over while nobody follows it, at a service that is away for longer than one asks at once', () => {
    /** The first dozen of questions are answered by nobody. */
    const away = () => {
      let left = 12;
      const fetch: typeof globalThis.fetch = async (url, init) => {
        if (!String(init?.body).includes('WhoAmI') || left === 0) return globalThis.fetch(url, init);
        left -= 1;
        return Response.json({ errors: [{ message: 'Wait.', extensions: { code: 'UNAVAILABLE' } }] });
      };
      return { fetch, longestPauseMs: 20 };
    };

    test('a session says how, once it answers', async () => {
      const { room, owner } = await waitingRoom();
      const guest = await joinAs(server.url, room, {}, away());
      await owner.eject({ participantIds: [guest.participant.id] });
      const { leaveReason } = await follow(guest.view).until(({ state }) => state === 'CLOSED');
      expect(leaveReason).toBe('EJECTED');
    });

    test('a knock says how, once it answers', async () => {
      const { room, owner } = await waitingRoom();
      const knocked = await createClient({ url: server.url, ...away() }).knock({
        roomName: room.name,
        userName: 'Nora',
      });
      if (!knocked.isDone) throw new Error(knocked.refusal.code);
      const { id } = knocked.value.view.get().knockRequest;
      await owner.deny(id);
      const { knockRequest } = await follow(knocked.value.view).until(({ state }) => state === 'CLOSED');
      expect(knockRequest.status).toBe('DENIED');
    });
  });

  test('somebody who was sent back to the lobby knocks with the token of their session', async () => {
    const { room, owner } = await waitingRoom();
    const guest = await joinAs(server.url, room, { userName: 'Gustav' });
    await owner.returnToLobby(guest.participant.id);
    const { leaveReason, error } = await follow(guest.view).until(({ state }) => state === 'CLOSED');
    expect([leaveReason, error]).toEqual(['RETURNED_TO_LOBBY', null]);
    const standing = await client().goOn(guest.sessionToken);
    if (standing?.kind !== 'KNOCKED') throw new Error(`no knock: ${standing?.kind}`);
    const { knockRequest } = standing.knock.view.get();
    expect([knockRequest.userName, knockRequest.status]).toEqual(['Gustav', 'PENDING']);
    await follow(standing.knock.view).until(({ state }) => state === 'OPEN');
  });

  test('a knock is told however it stands, and nobody’s token is nobody', async () => {
    const { room, owner } = await waitingRoom();
    const { knockToken, knockId } = await room.knocker();
    await owner.deny(knockId, { reply: 'Not today' });
    const standing = await client().goOn(knockToken);
    const knock = standing?.kind === 'KNOCKED' ? standing.knock.view.get().knockRequest : null;
    expect([knock?.status, knock?.reply]).toEqual(['DENIED', 'Not today']);
    expect(await client().goOn(`vq_${'A'.repeat(43)}`)).toBeNull();
  });
});

describe('the view', () => {
  test('shows everybody, however many are inside', async () => {
    const domain = await openDomain();
    const room = await domain.backend.room();
    const all = Array.from({ length: 130 }, (_, index) => `Guest ${index}`);
    for (let from = 0; from < all.length; from += 26)
      await Promise.all(all.slice(from, from + 26).map((userName) => room.guest({ userName })));
    const guest = await joinAs(domain.server.url, room, { userName: 'Last' }, { domain: domain.server.domain });
    await guest.load();
    expect(names(guest.view.get().participants).toSorted()).toEqual([...all, 'Last'].toSorted());
  });

  test('tells each event with how it was before', async () => {
    const { room, owner } = await waitingRoom();
    const told: [RoomEvent, RoomView][] = [];
    owner.onEvent((event, before) => told.push([event, before]));
    const view = follow(owner.view);
    await view.until(({ participants }) => participants.length === 1);
    await room.knocker({ userName: 'Nora' });
    await view.until(({ waiting }) => waiting.length === 1);
    const found = told.find(([{ __typename }]) => __typename === 'KnockRequested');
    expect(found?.[1].waiting).toEqual([]);
  });

  test('shows the people who wait to everybody who may answer, for exactly as long as they may', async () => {
    const { room, owner } = await waitingRoom();
    const helper = await joinAs(server.url, room, { userName: 'Helga' });
    await room.knocker({ userName: 'Nora' });
    const gone = await room.knocker({ userName: 'Gone' });
    const view = follow(helper.view);
    await view.until(({ participants }) => participants.length === 2);
    const setAdmin = (canAdmin: readonly 'PARTICIPANTS'[]) =>
      owner.updateParticipant({ participantId: helper.participant.id, permissions: { canAdmin: [...canAdmin] } });
    for (const waiting of [['Nora', 'Gone'], ['Nora']]) {
      expect(helper.view.get().waiting).toEqual([]);
      await setAdmin(['PARTICIPANTS']);
      await view.until((now) => names(now.waiting).join() === waiting.join());
      await setAdmin([]);
      await view.until((now) => now.waiting.length === 0 && !now.me.permissions.canAdmin.includes('PARTICIPANTS'));
      await gone.ask('mutation { cancelKnock { __typename } }');
    }
  });

  test('forgets no event that comes while the waiting list is read', async () => {
    const { room, owner } = await waitingRoom();
    const isTold = Promise.withResolvers<void>();
    const late: typeof fetch = async (url, request) => {
      const answer = await fetch(url, request);
      if (!String(request?.body).includes('WaitingKnocks')) return answer;
      const text = await answer.text();
      await gone.ask('mutation { cancelKnock { __typename } }');
      await isTold.promise;
      return new Response(text);
    };
    const helper = await joinAs(server.url, room, { userName: 'Helga' }, { fetch: late });
    await room.knocker({ userName: 'Nora' });
    const gone = await room.knocker({ userName: 'Gone' });
    helper.onEvent((event) => {
      if (event.__typename === 'KnockChanged' && event.knockStatus === 'CANCELLED') isTold.resolve();
    });
    const view = follow(helper.view);
    await view.until(({ participants }) => participants.length === 2);
    await owner.updateParticipant({
      participantId: helper.participant.id,
      permissions: { canAdmin: ['PARTICIPANTS'] },
    });
    const { waiting } = await view.until((now) => now.waiting.length > 0);
    expect(names(waiting)).toEqual(['Nora']);
  });

  test('goes on for an admin whose right ends while it is read', async () => {
    const { room } = await waitingRoom();
    const refusing: typeof fetch = async (url, request) => {
      if (!String(request?.body).includes('WaitingKnocks')) return fetch(url, request);
      return Response.json({ errors: [{ message: 'No longer.', extensions: { code: 'FORBIDDEN' } }] });
    };
    const admin = await joinAs(server.url, room, { isOwner: true }, { fetch: refusing });
    const { waiting, error } = await follow(admin.view).until(({ state }) => state === 'OPEN');
    expect([waiting, error]).toEqual([[], null]);
  });

  test('is read for as long as it takes, however few attempts a request has', async () => {
    const { room } = await waitingRoom();
    let calls = 0;
    const busyAtFirst: typeof fetch = (url, request) => {
      if (!String(request?.body).includes('RoomAndParticipants')) return fetch(url, request);
      calls += 1;
      return calls > 4 ? fetch(url, request) : Promise.reject(new TypeError('nobody there'));
    };
    const options = { fetch: busyAtFirst, attempts: 1, longestPauseMs: 20 };
    const session = await joinAs(server.url, room, {}, options);
    const view = follow(session.view);
    await view.until(({ state }) => state === 'RECONNECTING');
    await view.until(({ state }) => state === 'OPEN');
    expect(calls).toBe(5);
  });
});

describe('what one does', () => {
  test('is shown at once, whether or not its event comes', async () => {
    const { room, owner } = await waitingRoom();
    const { participant } = await joinAs(server.url, room, { userName: 'Gustav' });
    const [first, second] = [await room.knocker({ userName: 'First' }), await room.knocker({ userName: 'Second' })];
    await owner.load();
    const view = () => owner.view.get();
    expect(names(view().waiting)).toEqual(['First', 'Second']);
    await owner.reply(second.knockId, 'Soon');
    expect(view().waiting.map(({ reply }) => reply)).toEqual([null, 'Soon']);
    await owner.admit(first.knockId);
    expect(names(view().waiting)).toEqual(['Second']);
    await owner.updateRoom({ lobbyMessage: 'Welcome' });
    expect(view().room.lobbyMessage).toBe('Welcome');
    await owner.setPrivacy('PUBLIC');
    expect(view().room.privacy).toBe('PUBLIC');
    await owner.updateMyMedia({ audio: true });
    expect(view().me.audio).toBe(true);
    await owner.updateParticipant({ participantId: participant.id, permissions: { canSend: [] } });
    expect(view().participants.find(({ id }) => id === participant.id)?.permissions.canSend).toEqual([]);
    await owner.startLiveStream(['rtmps://live.example.com/app']);
    expect(view().liveStream?.status).toBe('STARTING');
    await owner.stopLiveStream(view().liveStream?.id ?? '');
    expect(view().liveStream?.status).not.toBe('STARTING');
  });

  test('too late takes from the list whom somebody else has answered, and tells who did', async () => {
    const { room, owner } = await waitingRoom();
    const { knockId } = await room.knocker();
    const other = await joinAs(server.url, room, { isOwner: true, userName: 'Otto' });
    await owner.load();
    await other.admit(knockId);
    const late = await owner.deny(knockId);
    const refusal = late.isDone ? null : late.refusal;
    expect([refusal?.code, refusal?.knockRequest?.status]).toEqual(['KNOCK_ALREADY_DECIDED', 'ADMITTED']);
    expect(refusal?.knockRequest?.decidedBy).toEqual({ kind: 'PARTICIPANT', name: 'Otto' });
    expect(owner.view.get().waiting).toEqual([]);
  });

  test('about many, about bans, and on record', async () => {
    const { room, owner } = await waitingRoom();
    const guest = await joinAs(server.url, room, { userName: 'Gustav' });
    await guest.updateMyMedia({ audio: true });
    const muted = await owner.updateParticipants({ setAudio: false });
    expect(muted.isDone && names(muted.value)).toEqual(['Gustav']);
    const { knockId } = await room.knocker({ userName: 'Nora' });
    await room.knocker({ userName: 'Neighbour' });
    expect(await owner.countSameNetwork(knockId)).toBe(1);
    await owner.deny(knockId, { ban: true });
    const [ban] = await owner.readBans();
    expect(ban).toMatchObject({ userName: 'Nora', network: false });
    expect(await owner.liftBan(ban?.id ?? '')).toMatchObject({ isDone: true });
    expect(await owner.readBans()).toEqual([]);
    await expect(guest.readBans()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const { events, hasMore } = await owner.readRecord(null);
    expect(events.map(({ __typename }) => __typename)).toContain('KnockChanged');
    expect(hasMore).toBe(false);
    const later = await owner.readRecord(events[0]?.cursor ?? null);
    expect(later.events.map(({ cursor }) => cursor)).toEqual(events.slice(1).map(({ cursor }) => cursor));
  });
});
