import { vi } from 'vitest';
import {
  type Actor,
  createStore,
  type KnockRequest,
  type Outcome,
  type Participant,
  type Refusal,
  type Room,
  type RoomEvent,
  type RoomView,
} from '../../packages/client/src/index.ts';
import { Desk } from '../../web/console/queue/desk.ts';
import { knockOf } from './queue-play.ts';

// A host's desk, and a service that answers what a test says.

export const start = Date.UTC(2026, 0, 1, 12);

export const host: Participant = {
  ...{ id: 'host', roomName: 'room', userName: 'Hedda', userId: 'h', verified: true, isOwner: true, knockId: null },
  ...{ joinedAt: new Date(start).toISOString(), leftAt: null, connection: 'CONNECTED', mediaConnection: null },
  ...{ audio: false, video: false, screenShare: false, willEjectAt: null, leaveReason: null },
  permissions: { hasPresence: true, canSend: [], canAdmin: ['PARTICIPANTS'], canReceive: { base: [], overrides: [] } },
};

export const knockRoom: Room = {
  ...{
    id: 'room',
    name: 'room',
    title: null,
    url: 'http://localhost/d/room',
    privacy: 'PRIVATE',
    enableKnocking: true,
  },
  ...{ lobbyMessage: null, ownerOnlyBroadcast: false, maxParticipants: null, ownerPresent: true, participantCount: 1 },
  ...{ nbf: null, exp: null, startAudioOff: false, startVideoOff: false, enableScreenshare: true, lang: 'en' },
  cursor: '0',
};

export const done = <Value>(value: Value): Outcome<Value> => ({ isDone: true, value });

export function refused(code: string, knockRequest: KnockRequest | null = null): Outcome<never> {
  const refusal: Refusal = { code, message: '', retryAfterSeconds: null, opensAt: null, issues: [], knockRequest };
  return { isDone: false, refusal };
}

/** A knock that was decided. */
export const decided = (
  knock: KnockRequest,
  status: KnockRequest['status'],
  decidedBy: Actor | null,
): KnockRequest => ({
  ...knock,
  ...{ status, decidedBy, decidedAt: new Date(start).toISOString() },
});

/** One host's desk with these people before it, and a service that answers what a test says. */
export function open(names: readonly string[], room: Room = knockRoom) {
  const knocks = new Map(names.map((name, place) => [name, knockOf(name, place)]));
  const view = createStore<RoomView>({
    ...{ room, me: host, participants: [host], waiting: [...knocks.values()], liveStream: null },
    ...{ state: 'OPEN', hearsEvents: true, leaveReason: null, error: null },
  });
  const listeners = new Set<(event: RoomEvent, before: RoomView) => void>();
  const knockOfName = (name: string): KnockRequest => knocks.get(name) ?? knockOf(name, 0);
  const session = {
    view,
    onEvent: (listener: (event: RoomEvent, before: RoomView) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    admit: vi.fn(async (id: string): Promise<Outcome<KnockRequest>> => done(knockOfName(id))),
    deny: vi.fn(async (id: string): Promise<Outcome<KnockRequest>> => done(knockOfName(id))),
    admitAll: vi.fn(async (): Promise<Outcome<readonly KnockRequest[]>> => done([])),
    denyAll: vi.fn(async (): Promise<Outcome<readonly KnockRequest[]>> => done([])),
    recall: vi.fn(async (id: string): Promise<Outcome<KnockRequest>> => done(knockOfName(id))),
    returnToLobby: vi.fn(async (): Promise<Outcome<KnockRequest>> => done(knockOfName('ada'))),
    eject: vi.fn(async (): Promise<Outcome<readonly Participant[]>> => done([])),
  };
  const desk = new Desk({
    ...{ session, clock: { now: () => Date.now() }, nameOf: (actor: Actor | null) => actor?.name ?? null },
    sentBackWord: () => 'One more moment.',
  });
  const stop = desk.start();
  const standing = (id: string) => desk.queue.get().rows.find(({ knock }) => knock.id === id)?.standing;
  /** An event that tells of a knock. */
  const hear = (knockRequest: KnockRequest, by = knockRequest.decidedBy) => {
    const event = { __typename: 'KnockChanged', knockReason: knockRequest.reason, knockRequest, by } as RoomEvent;
    for (const listener of listeners) listener(event, view.get());
  };
  return { desk, session, view, stop, standing, knockOfName, hear };
}
