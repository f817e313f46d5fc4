import {
  AccessDocument,
  type AccessQuery,
  JoinDocument,
  type JoinRoomInput,
  KnockDocument,
  type KnockInput,
  type LeaveReason,
} from './generated/graphql.ts';
import { createKnock, type Knock } from './knock.ts';
import { type Outcome, type Refusal, toRefusal } from './refusal.ts';
import { readRoom } from './room-reading.ts';
import { createSession, type Session } from './session.ts';
import { createTransport, type Transport, type TransportOptions } from './transport.ts';
import { readViewer } from './viewer.ts';

export type ClientOptions = TransportOptions;

export type Access = NonNullable<AccessQuery['access']>;

/** How an attempt to join ended. */
export type Joining =
  | { readonly kind: 'JOINED'; readonly session: Session }
  /** The room takes knocks: knock first. */
  | { readonly kind: 'MUST_KNOCK'; readonly ownerPresent: boolean; readonly lobbyMessage: string | null }
  | { readonly kind: 'REFUSED'; readonly refusal: Refusal };

/** What a token of this tab stands for. */
export type Standing =
  | { readonly kind: 'INSIDE'; readonly session: Session }
  /** The session ended. After CONNECTION_LOST, `resume` brings the same participant back. */
  | { readonly kind: 'LEFT'; readonly leaveReason: LeaveReason }
  /** A knock, decided or not: go by its `status`. */
  | { readonly kind: 'KNOCKED'; readonly knock: Knock };

/** The service as a page sees it: nothing here needs an API key, and none belongs in a page. */
export interface Client {
  /** May I come in? Nothing is changed. */
  readonly access: (ask: {
    readonly roomName: string;
    readonly token?: string;
    readonly domain?: string;
  }) => Promise<Access>;
  /** Comes in. A lost answer is asked for again under the same key, so that no second participant comes of it. */
  readonly join: (input: JoinRoomInput) => Promise<Joining>;
  /** Returns to a session, after a refresh or a lost connection: the same participant, with a new session token. */
  readonly resume: (roomName: string, sessionToken: string) => Promise<Joining>;
  /** Knocks. A lost answer is asked for again under the same key, so that no second knock comes of it. */
  readonly knock: (input: KnockInput) => Promise<Outcome<Knock>>;
  /** Goes on with a knock, after a refresh; null: it is over and forgotten. */
  readonly resumeKnock: (knockToken: string) => Promise<Knock | null>;
  /**
   * Goes on after a refresh with whatever this token stands for, as it is: nothing is changed. Tells for a day how a session
   * or a knock ended, and that a session became a knock where somebody was sent back to the lobby. Null: nobody knows it.
   */
  readonly goOn: (token: string) => Promise<Standing | null>;
}

/** Opens nothing yet. Every method throws `VestibuleError` where the service cannot be reached. */
export function createClient(options: ClientOptions): Client {
  const anybody = createTransport(options, null);
  const join = async (input: JoinRoomInput, bearer: string | null): Promise<Joining> => {
    const { persist } = bearer === null ? anybody : createTransport(options, bearer);
    const keyed = { idempotencyKey: newIdempotencyKey(), ...input };
    const { joinRoom } = await persist(JoinDocument, { input: keyed });
    if (joinRoom.__typename === 'MustKnock') return { kind: 'MUST_KNOCK', ...joinRoom };
    if (joinRoom.__typename !== 'Joined') return { kind: 'REFUSED', refusal: toRefusal(joinRoom) };
    return { kind: 'JOINED', session: createSession(createTransport(options, joinRoom.sessionToken), joinRoom) };
  };
  return {
    access: async (ask) => {
      const { access } = await anybody.persist(AccessDocument, ask);
      // The field is nullable only so that an error on it leaves others standing, and there are no others here.
      if (access === null) throw new TypeError('access was neither answered nor refused');
      return access;
    },
    join: (input) => join(input, null),
    resume: (roomName, sessionToken) => join({ roomName }, sessionToken),
    knock: async (input) => {
      const keyed = { idempotencyKey: newIdempotencyKey(), ...input };
      const { knock } = await anybody.persist(KnockDocument, { input: keyed });
      if (knock.__typename !== 'Knocked') return { isDone: false, refusal: toRefusal(knock) };
      const { knockToken, knockRequest } = knock;
      return { isDone: true, value: createKnock(createTransport(options, knockToken), knockToken, knockRequest) };
    },
    resumeKnock: async (knockToken) => {
      const standing = await findStanding(createTransport(options, knockToken), knockToken);
      return standing?.kind === 'KNOCKED' ? standing.knock : null;
    },
    goOn: (token) => findStanding(createTransport(options, token), token),
  };
}

async function findStanding(transport: Transport, token: string): Promise<Standing | null> {
  const viewer = await readViewer(transport);
  if (viewer?.__typename === 'KnockRequest') return { kind: 'KNOCKED', knock: createKnock(transport, token, viewer) };
  if (viewer?.__typename !== 'Participant') return null;
  if (viewer.leaveReason !== null) return { kind: 'LEFT', leaveReason: viewer.leaveReason };
  const reading = await readRoom(transport, viewer.roomName);
  const joined = { sessionToken: token, mediaGrant: viewer.mediaGrant ?? '', participant: viewer, room: reading.room };
  return { kind: 'INSIDE', session: createSession(transport, joined, reading) };
}

/** 192 random bits: the same request, sent again with them, is done once, and whoever has them gets the answer again. */
export function newIdempotencyKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(24))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
