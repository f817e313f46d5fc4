import { type AccessWatch, createAccessWatch, type DoorView } from './access-watch.ts';
import type { Client } from './client.ts';
import type { ServiceConnection } from './connection.ts';
import { createEntryWithin } from './entry.ts';
import type { Entry, EntryView } from './entry-view.ts';
import type { JoinView } from './join-view.ts';
import { Joiner } from './joiner.ts';
import { createKeeper, type TokenStorage } from './keeper.ts';
import { createMediaWishes, type MediaWish, type MediaWishes } from './media-wish.ts';
import type { VestibuleError } from './refusal.ts';
import type { KnockRequest, LiveStream, Participant, Room, RoomView } from './room-view.ts';
import type { Session } from './session.ts';
import { createStore, deriveStore, type Follow, followBoth, followInner, type Source, type Store } from './store.ts';
import {
  type PeopleActions,
  peopleActions,
  type RoomControls,
  roomControls,
  type WaitingListActions,
  waitingListActions,
} from './visit-actions.ts';

/** Which room, whose token, and what is kept of it. */
export interface VisitOptions {
  readonly roomName: string;
  /** Needed only on a service with several domains. */
  readonly domain?: string | undefined;
  /**
   * A meeting token: what stood behind `?t=` in the URL. Left out: this page does not know of one, so that a stay of before a refresh goes on,
   * whoever's it is. Null: nobody is signed in, so that what this tab has kept of somebody with a token is forgotten.
   */
  readonly token?: string | null | undefined;
  /** A session that a door has handed over to this page (`takeHandover`): the stay goes on with it, where it is one of this room. */
  readonly sessionToken?: string | undefined;
  /** Where this tab keeps its session and knock across a refresh. Left out: sessionStorage, where there is one. Null: nowhere. */
  readonly storage?: TokenStorage | null | undefined;
}

/** Something to follow, and what may be done with it: every adapter shows the two together. Actions never throw. */
export interface Noun<View extends object, Actions extends object> {
  readonly view: Store<View>;
  readonly actions: Actions;
}

interface WithError {
  /** Why it cannot be followed at the moment, or any more. */
  readonly error: VestibuleError | null;
}

/** Who waits, oldest first; nobody, to whoever does not answer knocks. */
export interface WaitingListView extends WithError {
  readonly waiting: readonly KnockRequest[];
}

/** Who is inside, in order of joining, and oneself. */
export interface PeopleView extends WithError {
  readonly participants: readonly Participant[];
  readonly me: Participant | null;
}

/** The room as it is. */
export interface RoomNowView extends WithError {
  readonly room: Room | null;
  /** The one that runs, or the last one that did. */
  readonly liveStream: LiveStream | null;
}

/** What oneself may send, receive and administer, as it is now. Null: not inside. */
export interface PermissionsView extends WithError {
  readonly permissions: Participant['permissions'] | null;
  readonly isOwner: boolean;
}

/** What an owner asks oneself to switch on. */
export interface WishView {
  readonly request: MediaWish | null;
  /**
   * Would a request be heard now? False: nobody is inside, the connection is lost, or news comes by asking alone (HEARTBEAT), which
   * brings no requests. What is asked meanwhile is not heard later by HEARTBEAT; a connection that comes back brings it.
   */
  readonly isHeard: boolean;
}

/**
 * One person's dealings with one room, from the door to the end, as stores that any framework can follow. The views of the room
 * are empty while nobody is inside.
 */
export interface Visit {
  readonly client: Client;
  readonly roomName: string;
  /** How the page stands with the service. */
  readonly connection: Store<ServiceConnection>;
  /** The session, while one is inside. */
  readonly session: Store<Session | null>;
  /** Holds on to the stay: joins, and leaves once all have let go. The answer lets go. */
  readonly hold: Joiner['hold'];
  readonly access: Noun<DoorView, Pick<AccessWatch, 'refresh'>>;
  readonly join: Noun<JoinView, Pick<Joiner, 'join' | 'leave' | 'readMedia'>>;
  readonly knock: Noun<EntryView, Pick<Entry, 'knock' | 'update' | 'cancel'>>;
  readonly waitingList: Noun<WaitingListView, WaitingListActions>;
  readonly participants: Noun<PeopleView, PeopleActions>;
  readonly room: Noun<RoomNowView, RoomControls>;
  readonly myPermissions: Noun<PermissionsView, object>;
  readonly mediaRequests: Noun<WishView, Pick<MediaWishes, 'accept' | 'decline'>>;
}

/** Asks nothing before somebody follows, and never throws. */
export function createVisit(client: Client, options: VisitOptions): Visit {
  const { roomName, domain = client.domain, sessionToken } = options;
  const token = options.token || undefined;
  const isNobody = token === undefined && options.token !== undefined && sessionToken === undefined;
  const place = { roomName, ...(domain ? { domain } : {}) };
  const keeper = createKeeper(options.storage, client, place, token);
  const wishes = createMediaWishes();
  const session = createSessionSource(wishes);
  const entry = createEntryWithin(client, { ...place, onJoined: (joined) => joiner.comeIn(joined) }, keeper, token);
  const joiner = new Joiner({ client, place, token, sessionToken, isNobody, keeper, entry, session });
  const followRoom = followInner(session, (joined) => joined?.view ?? null);
  const watch = createAccessWatch(client, { ...place, ...(token === undefined ? {} : { token }) });
  const { update, cancel } = entry;
  const knock: Entry['knock'] = async (words) => {
    await entry.knock(words);
    // The room was opened, or closed, since it asked for a knock: joining tells which.
    if (entry.view.get().refusal?.code === 'KNOCKING_DISABLED') await joiner.join({ userName: words.userName });
  };
  return {
    client,
    roomName,
    connection: client.connection,
    session,
    hold: joiner.hold,
    access: { view: watch.view, actions: { refresh: watch.refresh } },
    join: { view: joiner.view, actions: { join: joiner.join, leave: joiner.leave, readMedia: joiner.readMedia } },
    knock: { view: heldBy(entry.view, joiner), actions: { knock, update, cancel } },
    ...createRoomNouns(session, followRoom),
    mediaRequests: {
      view: deriveStore(followBoth(followRoom, wishes.view.subscribe), () => ({
        request: wishes.view.get().request,
        isHeard: session.get()?.view.get().hearsEvents ?? false,
      })),
      actions: { accept: wishes.accept, decline: wishes.decline },
    },
  };
}

type RoomNouns = Pick<Visit, 'waitingList' | 'participants' | 'room' | 'myPermissions'>;

function createRoomNouns(session: Store<Session | null>, followRoom: Follow): RoomNouns {
  const ofRoom = <View extends object>(pick: (view: RoomView | null) => View) =>
    deriveStore(followRoom, () => {
      const view = session.get()?.view.get() ?? null;
      return { ...pick(view), error: view?.error ?? null };
    });
  const nobody: readonly never[] = [];
  return {
    waitingList: {
      view: ofRoom((view) => ({ waiting: view?.waiting ?? nobody })),
      actions: waitingListActions(session),
    },
    participants: {
      view: ofRoom((view) => ({ participants: view?.participants ?? nobody, me: view?.me ?? null })),
      actions: peopleActions(session),
    },
    room: {
      view: ofRoom((view) => ({ room: view?.room ?? null, liveStream: view?.liveStream ?? null })),
      actions: roomControls(session),
    },
    myPermissions: {
      view: ofRoom((view) => ({ permissions: view?.me.permissions ?? null, isOwner: view?.me.isOwner ?? false })),
      actions: {},
    },
  };
}

/** Whoever is inside hears what owners ask of them, from the first moment on. */
function createSessionSource(wishes: MediaWishes): Source<Session | null> {
  const source = createStore<Session | null>(null);
  let detach = () => {};
  return {
    ...source,
    set: (session) => {
      if (session === source.get()) return;
      detach();
      detach = session === null ? () => {} : wishes.attach(session);
      source.set(session);
    },
  };
}

/** Whoever knocks goes on after a refresh, and keeps the place inside as long as they look; nobody leaves for it. */
function heldBy(view: Store<EntryView>, joiner: Joiner): Store<EntryView> {
  return {
    get: view.get,
    initial: view.initial,
    subscribe: (onChange) => {
      const unfollow = view.subscribe(onChange);
      const letGo = joiner.hold({ auto: false, leaves: false });
      return () => {
        letGo();
        unfollow();
      };
    },
  };
}
