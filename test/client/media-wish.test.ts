import { expect, test } from 'vitest';
import {
  createStore,
  type Outcome,
  type Participant,
  type RoomEvent,
  type Session,
  VestibuleError,
} from '../../packages/client/src/index.ts';
import { createMediaWishes } from '../../packages/client/src/media-wish.ts';
import { shownWith } from '../../packages/client/src/shown.ts';

/** A session in which somebody may ask for media. */
function openSession(more: Partial<Session> = {}) {
  const listeners = new Set<(event: RoomEvent) => void>();
  const session = {
    ...more,
    onEvent: (listener: (event: RoomEvent) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as Session;
  const tell = (event: object) => {
    for (const listener of listeners) listener(event as unknown as RoomEvent);
  };
  const ask = (media: object) =>
    tell({ __typename: 'MediaRequested', audio: false, video: false, screenShare: false, by: null, ...media });
  return { session, ask, tell };
}

test('what an owner asks for one after the other is asked together', () => {
  const wishes = createMediaWishes();
  const { session, ask } = openSession();
  wishes.attach(session);
  for (const name of ['audio', 'video', 'screenShare', 'audio']) ask({ [name]: true });
  expect(wishes.view.get().request).toEqual({ audio: true, video: true, screenShare: true, by: null });
});

test('of several things that are asked, those are asked still that are neither on nor forbidden', () => {
  const me = (on: object, canSend = ['AUDIO', 'VIDEO', 'SCREEN_VIDEO']) =>
    ({ audio: false, video: false, screenShare: false, ...on, permissions: { canSend } }) as unknown as Participant;
  const steps: readonly (readonly [Participant, object | null])[] = [
    [me({}), { audio: true, video: true, screenShare: true }],
    [me({ audio: true }), { audio: false, video: true, screenShare: true }],
    [me({ audio: true }, ['AUDIO', 'VIDEO']), { audio: false, video: true, screenShare: false }],
    [me({ audio: true, video: true }), null],
  ];
  const view = createStore({ me: me({}) });
  const wishes = createMediaWishes();
  const { session, ask, tell } = openSession({ view: view as unknown as Session['view'] });
  wishes.attach(session);
  ask({ audio: true, video: true, screenShare: true });
  for (const [now, request] of steps) {
    view.set({ me: now });
    tell({ __typename: 'ParticipantUpdated' });
    expect(wishes.view.get().request).toEqual(request === null ? null : { ...request, by: null });
  }
});

test('what was asked in one session is shown no more once it is over', () => {
  const wishes = createMediaWishes();
  const { session, ask } = openSession();
  const leave = wishes.attach(session);
  ask({ audio: true });
  leave();
  expect(wishes.view.get().request).toBeNull();
  ask({ video: true });
  expect(wishes.view.get().request).toBeNull();
});

test('what could not be switched on is asked still, and what was is not', async () => {
  const wishes = createMediaWishes();
  const sent: object[] = [];
  const away = () => Promise.reject(new VestibuleError('NETWORK', 'Nothing answers.'));
  const answers: (() => Promise<Outcome<Participant>>)[] = [
    away,
    async () => ({ isDone: true, value: { id: 'me' } as Participant }),
  ];
  const { session, ask } = openSession({
    updateMyMedia: async (input) => {
      sent.push(input);
      return (answers.shift() ?? away)();
    },
  });
  wishes.attach(session);
  ask({ audio: true, screenShare: true });
  const { request } = wishes.view.get();
  expect(await wishes.accept()).toMatchObject({ isDone: false, refusal: { code: 'NETWORK' } });
  expect(wishes.view.get().request).toBe(request);
  expect(await wishes.accept()).toMatchObject({ isDone: true });
  expect(wishes.view.get().request).toBeNull();
  expect(sent).toEqual([
    { audio: true, screenShare: true },
    { audio: true, screenShare: true },
  ]);
});

test('a page tells the trouble of what it shows before that of the connection', () => {
  const [own, everybodys] = ['FORBIDDEN', 'NETWORK'].map((code) => new VestibuleError(code, code));
  if (own === undefined || everybodys === undefined) throw new Error('two were made');
  const connection = { state: 'RECONNECTING', way: 'WEBSOCKET', error: everybodys } as const;
  expect(shownWith({ error: own }, connection).error).toBe(own);
  expect(shownWith({ error: null }, connection).error).toBe(everybodys);
});
