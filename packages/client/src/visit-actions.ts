import type {
  EjectParticipantsInput,
  RoomPrivacy,
  RoomSettingsInput,
  UpdateMyMediaInput,
} from './generated/graphql.ts';
import type { DenyOptions } from './knock-actions.ts';
import type { Ban, ParticipantActions } from './participant-actions.ts';
import { asRefusal, type Outcome, settled, VestibuleError } from './refusal.ts';
import type { KnockRequest, LiveStream, Participant, Room } from './room-view.ts';
import type { Session } from './session.ts';
import type { Store } from './store.ts';

type Done<Value> = Promise<Outcome<Value>>;

/** What owners, and admins of participants, do with those who wait. */
export interface WaitingListActions {
  readonly admit: (knockId: string, reply?: string) => Done<KnockRequest>;
  readonly deny: (knockId: string, options?: DenyOptions) => Done<KnockRequest>;
  /** All who are shown, and nobody unseen. */
  readonly admitAll: (reply?: string) => Done<readonly KnockRequest[]>;
  readonly denyAll: (reply?: string) => Done<readonly KnockRequest[]>;
  /** Writes back without deciding. */
  readonly reply: (knockId: string, reply: string) => Done<KnockRequest>;
  /** Denies, and keeps this person out from now on; with `banNetwork` also guests from their network: ask `countSameNetwork` before. */
  readonly ban: (knockId: string, options?: Omit<DenyOptions, 'ban'>) => Done<KnockRequest>;
  /** Takes an admission back, as long as its holder is not inside: the undo of `admit`. */
  readonly recall: (knockId: string, reply?: string) => Done<KnockRequest>;
  /** How many others wait who came from the same network. */
  readonly countSameNetwork: (knockId: string) => Done<number | null>;
}

/** What may be done with those who are inside; `updateMyMedia` is for everybody about themselves. */
export interface PeopleActions extends Pick<ParticipantActions, 'updateParticipant' | 'updateParticipants'> {
  readonly eject: (whom: Omit<EjectParticipantsInput, 'roomName'>) => Done<readonly Participant[]>;
  readonly returnToLobby: (participantId: string, reply?: string) => Done<KnockRequest>;
  readonly readBans: () => Done<readonly Ban[]>;
  readonly liftBan: (banId: string) => Done<Ban>;
  readonly updateMyMedia: (input: UpdateMyMediaInput) => Done<Participant>;
}

/** What owners do with the room itself. */
export interface RoomControls {
  readonly updateRoom: (settings: RoomSettingsInput) => Done<Room>;
  readonly setPrivacy: (privacy: RoomPrivacy) => Done<Room>;
  readonly startLiveStream: (destinations: readonly string[]) => Done<LiveStream>;
  readonly stopLiveStream: (liveStreamId: string) => Done<LiveStream>;
}

type InSession = <Value>(work: (session: Session) => Done<Value>) => Done<Value>;

/** Whoever is not inside is told so; a service that cannot be asked is a refusal like another. */
export function within<Value>(
  store: Pick<Store<Session | null>, 'get'>,
  work: (session: Session) => Done<Value>,
): Done<Value> {
  const session = store.get();
  if (session !== null) return settled(work(session));
  const error = new VestibuleError('UNAUTHENTICATED', 'Nobody is inside here. Join the room first.');
  return Promise.resolve({ isDone: false, refusal: asRefusal(error) });
}

function inSession(store: Store<Session | null>): InSession {
  return (work) => within(store, work);
}

async function done<Value>(work: Promise<Value>): Done<Value> {
  return { isDone: true, value: await work };
}

export function waitingListActions(store: Store<Session | null>): WaitingListActions {
  const inside = inSession(store);
  const shown = ({ view }: Session) => view.get().waiting.map(({ id }) => id);
  return {
    admit: (knockId, reply) => inside((session) => session.admit(knockId, reply)),
    deny: (knockId, options) => inside((session) => session.deny(knockId, options)),
    admitAll: (reply) => inside((session) => session.admitAll(shown(session), reply)),
    denyAll: (reply) => inside((session) => session.denyAll(shown(session), reply)),
    reply: (knockId, reply) => inside((session) => session.reply(knockId, reply)),
    ban: (knockId, options) => inside((session) => session.deny(knockId, { ...options, ban: true })),
    recall: (knockId, reply) => inside((session) => session.recall(knockId, reply)),
    countSameNetwork: (knockId) => inside((session) => done(session.countSameNetwork(knockId))),
  };
}

export function peopleActions(store: Store<Session | null>): PeopleActions {
  const inside = inSession(store);
  return {
    updateParticipant: (input) => inside((session) => session.updateParticipant(input)),
    updateParticipants: (input) => inside((session) => session.updateParticipants(input)),
    eject: (whom) => inside((session) => session.eject(whom)),
    returnToLobby: (participantId, reply) => inside((session) => session.returnToLobby(participantId, reply)),
    readBans: () => inside((session) => done(session.readBans())),
    liftBan: (banId) => inside((session) => session.liftBan(banId)),
    updateMyMedia: (input) => inside((session) => session.updateMyMedia(input)),
  };
}

export function roomControls(store: Store<Session | null>): RoomControls {
  const inside = inSession(store);
  return {
    updateRoom: (settings) => inside((session) => session.updateRoom(settings)),
    setPrivacy: (privacy) => inside((session) => session.setPrivacy(privacy)),
    startLiveStream: (destinations) => inside((session) => session.startLiveStream(destinations)),
    stopLiveStream: (liveStreamId) => inside((session) => session.stopLiveStream(liveStreamId)),
  };
}
