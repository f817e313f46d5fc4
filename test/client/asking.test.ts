import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { affinityOf } from '../../packages/client/src/affinity.ts';
import { createConnectionBoard } from '../../packages/client/src/connection.ts';
import {
  type ClientOptions,
  createClient,
  createStore,
  type Session,
  VestibuleError,
} from '../../packages/client/src/index.ts';
import { createParticipantActions } from '../../packages/client/src/participant-actions.ts';
import { createRoomActions } from '../../packages/client/src/room-actions.ts';
import type { RoomView } from '../../packages/client/src/room-view.ts';
import type { Transport } from '../../packages/client/src/transport.ts';
import { waitingListActions } from '../../packages/client/src/visit-actions.ts';

type Asked = { readonly url: string; readonly input: unknown };
type Sent = { readonly [Key in 'credentials' | 'keepalive']: RequestInit[Key] | undefined };

/** A service that answers each field with this. */
function answering(answers: Readonly<Record<string, object | null>>, options: Partial<ClientOptions> = {}) {
  const asked: Asked[] = [];
  const sent: Sent[] = [];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    sent.push({ credentials: init?.credentials, keepalive: init?.keepalive });
    const { query, variables } = JSON.parse(String(init?.body));
    asked.push({ url: String(url), input: variables.input ?? variables });
    const field = Object.keys(answers).find((name) => new RegExp(`\\b${name}\\b`).test(query)) ?? '';
    return Response.json({ data: { [field]: answers[field] } });
  };
  return { asked, sent, client: createClient({ url: 'https://meet.example.com/', fetch, ...options }) };
}

const joined = {
  __typename: 'Joined',
  sessionToken: 'session',
  mediaGrant: 'grant',
  participant: { id: 'me' },
  room: { name: 'weekly' },
};

async function join(answers: Readonly<Record<string, object | null>>, options: Partial<ClientOptions> = {}) {
  const { asked, sent, client } = answering({ ...answers, joinRoom: joined }, options);
  const joining = await client.join({ roomName: 'weekly' });
  if (joining.kind !== 'JOINED') throw new Error('not joined');
  return { session: joining.session, asked, sent };
}

const knock = { __typename: 'KnockRequest', id: 'k' };
const decided = { __typename: 'KnocksDecided', knockRequests: [knock] };
const person = { __typename: 'Participant', id: 'p' };
const room = { __typename: 'Room', name: 'weekly' };
const stream = { __typename: 'LiveStream', id: 's' };
const places = ['rtmps://a.example/live', 'https://b.example/whip'];

describe('what somebody in a room does reaches the service whole', () => {
  test.each<[string, object, object, (session: Session) => Promise<unknown>]>([
    ['admitKnock', { knockId: 'k', reply: 'Come in' }, knock, ({ admit }) => admit('k', 'Come in')],
    ['denyKnock', { knockId: 'k', reply: null, ban: null }, knock, ({ deny }) => deny('k')],
    ['denyKnock', { knockId: 'k', reply: 'No', ban: true }, knock, ({ deny }) => deny('k', { reply: 'No', ban: true })],
    [
      'denyKnock',
      { knockId: 'k', reply: null, ban: true, banNetwork: true },
      knock,
      (session) => waitingListActions(createStore<Session | null>(session)).ban('k', { banNetwork: true }),
    ],
    [
      'admitKnocks',
      { roomName: 'weekly', knockIds: ['k', 'l'], reply: 'Hello' },
      decided,
      ({ admitAll }) => admitAll(['k', 'l'], 'Hello'),
    ],
    [
      'denyKnocks',
      { roomName: 'weekly', knockIds: ['k', 'l'], reply: 'Full' },
      decided,
      ({ denyAll }) => denyAll(['k', 'l'], 'Full'),
    ],
    ['replyToKnock', { knockId: 'k', reply: 'Soon' }, knock, ({ reply }) => reply('k', 'Soon')],
    [
      'updateParticipant',
      { participantId: 'p', setAudio: false },
      person,
      ({ updateParticipant }) => updateParticipant({ participantId: 'p', setAudio: false }),
    ],
    [
      'ejectParticipants',
      { roomName: 'weekly', userIds: ['u'], ban: true },
      { __typename: 'ParticipantsEjected', participants: [person] },
      ({ eject }) => eject({ userIds: ['u'], ban: true }),
    ],
    [
      'returnToLobby',
      { participantId: 'p', reply: 'A moment' },
      knock,
      ({ returnToLobby }) => returnToLobby('p', 'A moment'),
    ],
    ['updateMyMedia', { video: true }, person, ({ updateMyMedia }) => updateMyMedia({ video: true })],
    ['recallAdmission', { knockId: 'k', reply: 'Later' }, knock, ({ recall }) => recall('k', 'Later')],
    [
      'updateParticipants',
      { roomName: 'weekly', setAudio: false },
      { __typename: 'ParticipantsUpdated', participants: [person] },
      ({ updateParticipants }) => updateParticipants({ setAudio: false }),
    ],
    ['liftBan', { banId: 'b' }, { __typename: 'Ban', id: 'b' }, ({ liftBan }) => liftBan('b')],
    ['setRoomPrivacy', { roomName: 'weekly', privacy: 'PUBLIC' }, room, ({ setPrivacy }) => setPrivacy('PUBLIC')],
    [
      'updateRoom',
      { roomName: 'weekly', settings: { lobbyMessage: 'Soon', title: null } },
      room,
      ({ updateRoom }) => updateRoom({ lobbyMessage: 'Soon', title: null }),
    ],
    [
      'startLiveStream',
      { roomName: 'weekly', destinations: places },
      stream,
      ({ startLiveStream }) => startLiveStream(places),
    ],
    ['stopLiveStream', { liveStreamId: 's' }, stream, ({ stopLiveStream }) => stopLiveStream('s')],
  ])('%s %j', async (field, input, answer, act) => {
    const { session, asked } = await join({ [field]: answer });
    expect(await act(session)).toMatchObject({ isDone: true });
    expect(asked.at(-1)).toEqual({
      url: `https://meet.example.com/graphql?a=${affinityOf('default', 'weekly')}`,
      input,
    });
  });
});

test('the domain of a client is that of every room that names none, by which its process is chosen', async () => {
  const about = (domain: string) => `https://meet.example.com/graphql?a=${affinityOf(domain, 'weekly')}`;
  const { session, asked } = await join({ admitKnock: knock }, { domain: 'acme' });
  await session.admit('k');
  expect(asked.map(({ url }) => url)).toEqual([about('acme'), about('acme')]);
  const { asked: others, client } = answering({ joinRoom: joined }, { domain: 'acme' });
  await client.resume('weekly', 'vs_session');
  await client.join({ roomName: 'weekly', domain: 'other' });
  expect(others.map(({ url }) => url)).toEqual([about('acme'), about('other')]);
});

test('no request takes cookies along, and one that is the last of its page outlives the page', async () => {
  const { session, sent } = await join({ denyKnock: knock });
  await session.deny('k');
  await session.deny('k', { atLast: true });
  const plain = { credentials: 'omit', keepalive: undefined };
  expect(sent).toEqual([plain, plain, { ...plain, keepalive: true }]);
});

test('a session that has ended has no media grant', async () => {
  const { session } = await join({ viewer: null });
  await expect(session.freshMediaGrant()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

describe('what is asked too often', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('is asked again when the service said, and not before', async () => {
    let count = 0;
    const fetch: typeof globalThis.fetch = async () => {
      count += 1;
      const extensions = { code: 'RATE_LIMITED', retryAfterSeconds: 30 };
      return Response.json(count === 1 ? { errors: [{ message: 'Wait.', extensions }] } : { data: { access: {} } });
    };
    const client = createClient({ url: 'https://meet.example.com', fetch });
    const answer = client.access({ roomName: 'weekly' });
    await vi.advanceTimersByTimeAsync(29_999);
    expect(count).toBe(1);
    // The service has answered: no line is lost.
    expect(client.connection.get()).toMatchObject({ state: 'OPEN', error: null });
    await vi.advanceTimersByTimeAsync(1);
    expect(count).toBe(2);
    await answer;
  });

  test('says with the refusal of an action when to try again', async () => {
    const error = new VestibuleError('RATE_LIMITED', 'Wait.', 30);
    const session = { admit: () => Promise.reject(error) } as unknown as Session;
    expect(await waitingListActions(createStore<Session | null>(session)).admit('k')).toEqual({
      isDone: false,
      refusal: {
        ...{ code: 'RATE_LIMITED', message: 'Wait.', retryAfterSeconds: 30 },
        ...{ opensAt: null, issues: [], knockRequest: null },
      },
    });
  });
});

test('the banned are read to the last, each page after the one before', async () => {
  const asked: unknown[] = [];
  const ask = async (_document: unknown, { after }: { after: string | null }) => {
    asked.push(after);
    const place = asked.length;
    const pageInfo = { hasNextPage: place < 3, endCursor: `page ${place}` };
    return { room: { bans: { nodes: [{ id: `ban ${place}` }], pageInfo } } };
  };
  const { readBans } = createParticipantActions({ ask } as unknown as Transport, 'weekly', createStore({} as RoomView));
  expect(await readBans()).toEqual(['ban 1', 'ban 2', 'ban 3'].map((id) => ({ id })));
  expect(asked).toEqual([null, 'page 1', 'page 2']);
});

test.each([true, false])('the record of a room says whether more happened: %s', async (hasNextPage) => {
  const events = { nodes: [{ __typename: 'RoomCreated' }], pageInfo: { hasNextPage } };
  const transport = { ask: async () => ({ room: { events } }) } as unknown as Transport;
  const { readRecord } = createRoomActions(transport, 'weekly', createStore({} as RoomView));
  expect(await readRecord(null)).toEqual({ events: events.nodes, hasMore: hasNextPage });
});

test('of several streams the one that stands worst is told, whichever came first', () => {
  const worstFirst = ['CLOSED', 'RECONNECTING', 'CONNECTING', 'OPEN'] as const;
  for (const [place, worse] of worstFirst.entries()) {
    for (const better of worstFirst.slice(place)) {
      for (const states of [
        [worse, better],
        [better, worse],
      ]) {
        const board = createConnectionBoard(() => 'WEBSOCKET');
        board.onAnswer();
        const [first] = states.map((state) => {
          const stream = board.addStream();
          stream.set(state, null);
          return stream;
        });
        expect(board.view.get().state).toBe(worse);
        first?.end();
        expect(board.view.get().state).toBe(states[1]);
      }
    }
  }
});
