import type { ServiceClock } from './clock.ts';
import type { ServiceConnection } from './connection.ts';
import {
  AccessDocument,
  type AccessQuery,
  DoorPageDocument,
  type DoorPageQuery,
  JoinDocument,
  type JoinRoomInput,
  KnockDocument,
  type KnockInput,
  type LeaveReason,
} from './generated/graphql.ts';
import { createKnock, type Knock } from './knock.ts';
import { type Outcome, type Refusal, sessionIsOver, toRefusal, VestibuleError } from './refusal.ts';
import { readRoom } from './room-reading.ts';
import { type ClientOptions, createServiceLink, type RoomPlace, type ServiceLink } from './service.ts';
import { createSession, type Session } from './session.ts';
import { shareAsking } from './shared-asking.ts';
import type { Store } from './store.ts';
import { createTransport } from './transport.ts';
import { readViewer } from './viewer.ts';

/** May somebody come in? The fields of `Access` in the schema. */
export type Access = NonNullable<AccessQuery['access']>;

/** How a domain's pages look: fields of `DoorPage` in the schema. */
export type DoorPage = NonNullable<DoorPageQuery['doorPage']>;

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
  | { readonly kind: 'LEFT'; readonly leaveReason: LeaveReason; readonly roomName: string }
  /** A knock, decided or not: go by its `status`. */
  | { readonly kind: 'KNOCKED'; readonly knock: Knock };

/** The service as a page sees it: nothing here needs an API key, and none belongs in a page. */
export interface Client {
  /** Where the service is, as `createClient` was given it, without the slash or /graphql at its end. */
  readonly url: string;
  /** The domain of the rooms, for whatever does not name another. Undefined: the service's only one, or `default`. */
  readonly domain: string | undefined;
  /** May I come in? Nothing is changed. */
  readonly access: (ask: {
    readonly roomName: string;
    readonly token?: string;
    readonly domain?: string;
  }) => Promise<Access>;
  /**
   * Comes in. A lost answer is asked for again under the same key, so that no second participant comes of it. Each call is another
   * participant; but the same call once more, before the first was answered, is the same one, and `leave` of the session that the
   * earlier call got leaves nothing: React's StrictMode runs effects twice. In components prefer `useJoin` or `createVisit`, which
   * also go on after a refresh.
   */
  readonly join: (input: JoinRoomInput) => Promise<Joining>;
  /** Returns to a session, after a refresh or a lost connection: the same participant, with a new session token. */
  readonly resume: (roomName: string, sessionToken: string) => Promise<Joining>;
  /**
   * Knocks. A lost answer is asked for again under the same key, so that no second knock comes of it. The same call once more,
   * before the first was answered, is the same knock.
   */
  readonly knock: (input: KnockInput) => Promise<Outcome<Knock>>;
  /** How a domain's pages look, and which sites may show them in a frame; without a domain, those of the client's. */
  readonly doorPage: (ask?: { readonly domain?: string }) => Promise<DoorPage | null>;
  /** Goes on with a knock, after a refresh; null: it is over and forgotten. */
  readonly resumeKnock: (knockToken: string) => Promise<Knock | null>;
  /**
   * Goes on after a refresh with whatever this token stands for, as it is: nothing is changed. Tells for a day how a session
   * or a knock ended, and that a session became a knock where somebody was sent back to the lobby. Null: nobody knows it.
   */
  readonly goOn: (token: string) => Promise<Standing | null>;
  /** How this client stands with the service, over all that it asks and follows. */
  readonly connection: Store<ServiceConnection>;
  /** The service's clock, by which its instants are to be judged. */
  readonly clock: ServiceClock;
}

/** Opens nothing yet, and never throws. Every method throws `VestibuleError` where the service cannot be asked. */
export function createClient(options: ClientOptions): Client {
  return createClientOf(createServiceLink(options));
}

export function createClientOf(service: ServiceLink): Client {
  const joinOnce = shareAsking((input: JoinRoomInput) => join(service, input, null));
  const knockOnce = shareAsking((input: KnockInput) => knock(service, input));
  return {
    url: service.url,
    domain: service.inDomain.domain,
    access: (ask) => askAccess(service, ask),
    doorPage: async (ask = {}) => {
      const variables = { domain: null, ...service.inDomain, ...ask };
      return (await createTransport(service, null, null).persist(DoorPageDocument, variables)).doorPage;
    },
    join: async (input) => {
      const { answer, isLast } = await joinOnce(input);
      return answer.kind === 'JOINED' ? { ...answer, session: leftBy(answer.session, isLast) } : answer;
    },
    resume: async (roomName, sessionToken) => join(service, { roomName }, given(sessionToken)),
    knock: async (input) => (await knockOnce(input)).answer,
    resumeKnock: async (knockToken) => {
      const standing = await findStanding(service, given(knockToken));
      return standing?.kind === 'KNOCKED' ? standing.knock : null;
    },
    goOn: async (token) => findStanding(service, given(token)),
    connection: service.board.view,
    clock: service.clock,
  };
}

async function askAccess(service: ServiceLink, ask: RoomPlace & { readonly token?: string }): Promise<Access> {
  const variables = { domain: null, ...service.inDomain, ...ask };
  const { access } = await createTransport(service, null, ask).persist(AccessDocument, variables);
  // The field is nullable only so that an error on it leaves others standing, and there are no others here.
  if (access === null) throw new TypeError('access was neither answered nor refused');
  service.clock.learn(access.now);
  return access;
}

/** At the door, since no answer to a knocker says what time it is. Once, since nobody waits for it. */
async function askTime(service: ServiceLink, { roomName }: RoomPlace): Promise<void> {
  const variables = { domain: null, token: null, ...service.inDomain, roomName };
  const { access } = await createTransport(service, null, { roomName }).ask(AccessDocument, variables);
  if (access !== null) service.clock.learn(access.now);
}

/** Whoever has asked again since goes on with the same session. */
function leftBy(session: Session, isLast: () => boolean): Session {
  const stay = async () => ({ isDone: true, value: session.view.get().me }) as const;
  return { ...session, leave: () => (isLast() ? session.leave() : stay()) };
}

async function join(service: ServiceLink, input: JoinRoomInput, bearer: string | null): Promise<Joining> {
  // A credential says by itself which domain it is of.
  const inDomain = bearer === null ? service.inDomain : {};
  const keyed = { idempotencyKey: newIdempotencyKey(), ...inDomain, ...input };
  const { joinRoom } = await createTransport(service, bearer, keyed).persist(JoinDocument, { input: keyed });
  if (joinRoom.__typename === 'MustKnock') return { kind: 'MUST_KNOCK', ...joinRoom };
  if (joinRoom.__typename !== 'Joined') return { kind: 'REFUSED', refusal: toRefusal(joinRoom) };
  service.clock.learnPast(joinRoom.participant.joinedAt);
  return { kind: 'JOINED', session: createSession(createTransport(service, joinRoom.sessionToken, keyed), joinRoom) };
}

async function knock(service: ServiceLink, input: KnockInput): Promise<Outcome<Knock>> {
  const keyed = { idempotencyKey: newIdempotencyKey(), ...service.inDomain, ...input };
  const { knock: answer } = await createTransport(service, null, keyed).persist(KnockDocument, { input: keyed });
  if (answer.__typename !== 'Knocked') return { isDone: false, refusal: toRefusal(answer) };
  const { knockToken, knockRequest } = answer;
  service.clock.learnPast(knockRequest.requestedAt);
  const transportOf = (token: string) => createTransport(service, token, keyed);
  return { isDone: true, value: createKnock(transportOf, knockToken, knockRequest) };
}

/** Nobody's token is not a token: the service would be asked as anybody. @throws {VestibuleError} */
function given(token: string | null | undefined): string {
  if (token) return token;
  throw new VestibuleError(
    'UNAUTHENTICATED',
    'No token was given. Give the session or knock token that this tab has kept.',
  );
}

async function findStanding(service: ServiceLink, token: string, isAgain = false): Promise<Standing | null> {
  const viewer = await readViewer(createTransport(service, token, null));
  if (viewer?.__typename === 'ApiKey' || viewer === null) return null;
  // Now that the room is known, all that follows goes to where the room is kept.
  const transport = createTransport(service, token, viewer);
  if (viewer.__typename === 'KnockRequest') {
    // A knock tells of the past alone, and when one may knock again is judged by the service's clock.
    if (!service.clock.isKnown()) await askTime(service, viewer).catch(() => undefined);
    return { kind: 'KNOCKED', knock: createKnock((other) => createTransport(service, other, viewer), token, viewer) };
  }
  const { leaveReason, roomName } = viewer;
  if (leaveReason !== null) return { kind: 'LEFT', leaveReason, roomName };
  const reading = await readRoom(transport, viewer.roomName).catch(orNullIfOver);
  // It ended between the two questions, of which the first one tells how.
  if (reading === null && !isAgain) return findStanding(service, token, true);
  if (reading === null) throw new VestibuleError('UNAUTHENTICATED', sessionIsOver);
  const { media, meetingUrl } = viewer;
  const meeting = { mediaGrant: viewer.mediaGrant ?? '', media, meetingUrl };
  const joined = { ...meeting, sessionToken: token, participant: viewer, room: reading.room };
  return { kind: 'INSIDE', session: createSession(transport, joined, reading) };
}

function orNullIfOver(error: unknown): null {
  if (error instanceof VestibuleError && ['UNAUTHENTICATED', 'FORBIDDEN'].includes(error.code)) return null;
  throw error;
}

/** 192 random bits: the same request, sent again with them, is done once, and whoever has them gets the answer again. */
export function newIdempotencyKey(): string {
  if (typeof globalThis.crypto?.getRandomValues !== 'function') throw new VestibuleError('NO_RANDOM', tellRandom);
  return [...crypto.getRandomValues(new Uint8Array(24))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const tellRandom =
  'This platform has no crypto.getRandomValues, which the keys of requests are made with. Load a polyfill before this client, such as react-native-get-random-values.';
