import type { Safely } from '../room/guarded.ts';
import type {
  BanView,
  EventView,
  KnockView,
  LiveStreamView,
  ParticipantView,
  ResyncView,
  RoomView,
} from '../room/views.ts';
import type { ActorReader } from '../rules/actor.ts';
import type { KnockAlreadyDecided } from '../rules/admission.ts';
import type { Caller, Client } from '../rules/caller.ts';
import type { ApiKey } from '../rules/domain.ts';
import type { EntryStep } from '../rules/entry.ts';
import type { BanId, KnockId, LiveStreamId, ParticipantId, RoomId } from '../rules/ids.ts';
import type { KnockStatus } from '../rules/knock-request.ts';
import type { LiveStreamStatus } from '../rules/live-stream.ts';
import type { MeetingToken } from '../rules/meeting-token.ts';
import type { PermissionsInput } from '../rules/permissions.ts';
import type {
  Conflict,
  EntryRefused,
  Forbidden,
  InvalidInput,
  NotFound,
  RateLimited,
  Refusal,
  Unavailable,
} from '../rules/refusal.ts';
import type { RoomPrivacy, RoomSettingsInput } from '../rules/room.ts';
import type { DomainService, MeetingTokenService, WebhookService } from './backend-services.ts';
import type { Act } from './budgets.ts';
import type { Page, PageArgs } from './page.ts';

// The use cases, by noun. Each authorises first, changes through the room writer or one guarded statement, and answers a value:
// refusals are returned, never thrown. Null stands for an id that could not be read. UNAVAILABLE may come from every one of them:
// the schema shows it as an error where the union has no member for it.

type Maybe<T> = T | null | undefined;
type Answer<T> = Promise<T | Unavailable>;

export interface RoomService {
  create(
    caller: Caller,
    input: { readonly name?: Maybe<string>; readonly settings?: Maybe<RoomSettingsInput> },
  ): Answer<RoomView | InvalidInput | Forbidden | Conflict | RateLimited>;
  update(
    caller: Caller,
    input: { readonly roomName: string; readonly settings: RoomSettingsInput },
  ): Answer<RoomView | InvalidInput | Forbidden | NotFound>;
  setPrivacy(
    caller: Caller,
    input: { readonly roomName: string; readonly privacy: RoomPrivacy; readonly enableKnocking?: Maybe<boolean> },
  ): Answer<RoomView | InvalidInput | Forbidden | NotFound>;
  delete(
    caller: Caller,
    roomName: string,
  ): Answer<{ readonly roomId: RoomId; readonly roomName: string } | Forbidden | NotFound>;
  /** Null: there is none, or it is none of this caller's business. */
  findByName(caller: Caller, name: string): Answer<RoomView | null | Forbidden>;
  findById(caller: Caller, id: RoomId): Answer<RoomView | null | Forbidden>;
  list(
    caller: Caller,
    args: PageArgs & { readonly privacy?: Maybe<RoomPrivacy>; readonly nameContains?: Maybe<string> },
  ): Answer<Page<RoomView> | Forbidden | InvalidInput>;
  participants(caller: Caller, room: RoomView, args: PageArgs): Answer<Page<ParticipantView> | Refusal>;
  bans(caller: Caller, room: RoomView, args: PageArgs): Answer<Page<BanView> | Refusal>;
  knockRequests(
    caller: Caller,
    room: RoomView,
    args: PageArgs & { readonly status?: Maybe<readonly KnockStatus[]> },
  ): Answer<Page<KnockView> | Refusal>;
  meetingTokens(caller: Caller, room: RoomView, args: PageArgs): Answer<Page<MeetingToken> | Refusal>;
  events(caller: Caller, room: RoomView, args: PageArgs): Answer<Page<EventView> | Refusal>;
  liveStream(caller: Caller, room: RoomView): Answer<LiveStreamView | null>;
}

export interface AccessView {
  readonly level: 'NONE' | 'LOBBY' | 'FULL';
  readonly refusal: EntryRefused | null;
  readonly ownerPresent: boolean;
  readonly lobbyMessage: string | null;
  /** Null with NONE. */
  readonly lang: string | null;
  /** With LOBBY, while a cool-down runs: until when. */
  readonly knockAgainAt: Date | null;
}

export interface JoinedView {
  readonly kind: 'Joined';
  readonly participant: ParticipantView;
  readonly room: RoomView;
  readonly sessionToken: string;
  readonly mediaGrant: string;
}

export interface MustKnockView {
  readonly kind: 'MustKnock';
  readonly roomName: string;
  readonly ownerPresent: boolean;
  readonly lobbyMessage: string | null;
}

export interface EntryService {
  access(
    caller: Caller,
    client: Client,
    ask: { readonly roomName: string; readonly domain?: Maybe<string>; readonly token?: Maybe<string> },
  ): Answer<AccessView | InvalidInput | RateLimited | Forbidden>;
  explain(
    caller: Caller,
    ask: { readonly roomName: string; readonly token?: Maybe<string>; readonly at?: Maybe<Date> },
  ): Answer<{ readonly access: AccessView; readonly steps: readonly EntryStep[] } | Forbidden>;
  join(
    caller: Caller,
    client: Client,
    input: {
      readonly roomName: string;
      readonly domain?: Maybe<string>;
      readonly token?: Maybe<string>;
      readonly knockToken?: Maybe<string>;
      readonly userName?: Maybe<string>;
      readonly idempotencyKey?: Maybe<string>;
      readonly hidden?: Maybe<boolean>;
    },
  ): Answer<JoinedView | MustKnockView | EntryRefused | InvalidInput | RateLimited | Forbidden>;
  leave(caller: Caller): Answer<ParticipantView | Forbidden>;
  heartbeat(
    caller: Caller,
  ): Answer<
    | { readonly kind: 'Participant'; readonly view: ParticipantView }
    | { readonly kind: 'KnockRequest'; readonly view: KnockView }
    | Forbidden
  >;
}

type KnockDecided = Answer<
  KnockView | (Omit<KnockAlreadyDecided, 'knock'> & { readonly knock: KnockView }) | Forbidden | NotFound | InvalidInput
>;
export interface DecideKnocksInput {
  readonly roomName: string;
  readonly knockIds?: Maybe<readonly (KnockId | null)[]>;
  readonly requestedBefore?: Maybe<Date>;
  readonly reply?: Maybe<string>;
}
type KnocksDecided = Answer<{ readonly knocks: readonly KnockView[] } | Forbidden | NotFound | InvalidInput>;

export interface KnockService {
  /** `bearer`: the raw credential of this request, given back as `knockToken` where it opens the knock already. */
  knock(
    caller: Caller,
    client: Client,
    bearer: string | null,
    input: {
      readonly roomName: string;
      readonly domain?: Maybe<string>;
      readonly userName: string;
      readonly message?: Maybe<string>;
      readonly token?: Maybe<string>;
      readonly idempotencyKey?: Maybe<string>;
    },
  ): Answer<
    { readonly knock: KnockView; readonly knockToken: string } | EntryRefused | InvalidInput | RateLimited | Forbidden
  >;
  cancel(
    caller: Caller,
  ): Answer<KnockView | (Omit<KnockAlreadyDecided, 'knock'> & { readonly knock: KnockView }) | Forbidden>;
  admit(caller: Caller, input: { readonly knockId: KnockId | null; readonly reply?: Maybe<string> }): KnockDecided;
  deny(
    caller: Caller,
    input: {
      readonly knockId: KnockId | null;
      readonly reply?: Maybe<string>;
      readonly ban?: Maybe<boolean>;
      readonly banNetwork?: Maybe<boolean>;
    },
  ): KnockDecided;
  admitMany(caller: Caller, input: DecideKnocksInput): KnocksDecided;
  denyMany(caller: Caller, input: DecideKnocksInput): KnocksDecided;
  reply(caller: Caller, input: { readonly knockId: KnockId | null; readonly reply: string }): KnockDecided;
  recall(
    caller: Caller,
    input: { readonly knockId: KnockId | null; readonly reply?: Maybe<string> },
  ): Answer<KnockView | Forbidden | NotFound | Conflict | InvalidInput>;
  /** The place in the queue from 1, for the knocker itself while it waits; null to everybody else. */
  position(caller: Caller, view: KnockView): Promise<number | null>;
  /** How many others wait who came from the same network without a meeting token, for whoever decides; null to others. */
  sameNetwork(caller: Caller, view: KnockView): Promise<number | null>;
  list(
    caller: Caller,
    roomName: string | null,
    args: PageArgs & { readonly status?: Maybe<readonly KnockStatus[]> },
  ): Answer<Page<KnockView> | Refusal>;
  findById(caller: Caller, id: KnockId): Answer<KnockView | null | Forbidden>;
}

interface MediaSwitches {
  readonly setAudio?: Maybe<boolean>;
  readonly setVideo?: Maybe<boolean>;
  readonly setScreenShare?: Maybe<boolean>;
  readonly permissions?: Maybe<PermissionsInput>;
}

export interface ParticipantService {
  update(
    caller: Caller,
    input: MediaSwitches & { readonly participantId: ParticipantId | null },
  ): Answer<ParticipantView | Forbidden | NotFound | InvalidInput>;
  updateMany(
    caller: Caller,
    input: MediaSwitches & {
      readonly roomName: string;
      readonly participantIds?: Maybe<readonly (ParticipantId | null)[]>;
    },
  ): Answer<{ readonly participants: readonly ParticipantView[] } | Forbidden | NotFound | InvalidInput>;
  eject(
    caller: Caller,
    input: {
      readonly roomName: string;
      readonly participantIds?: Maybe<readonly (ParticipantId | null)[]>;
      readonly userIds?: Maybe<readonly string[]>;
      readonly ban?: Maybe<boolean>;
      readonly banExp?: Maybe<Date>;
      readonly banNetwork?: Maybe<boolean>;
    },
  ): Answer<{ readonly participants: readonly ParticipantView[] } | Forbidden | NotFound | InvalidInput>;
  returnToLobby(
    caller: Caller,
    input: { readonly participantId: ParticipantId | null; readonly reply?: Maybe<string> },
  ): Answer<KnockView | Forbidden | NotFound | InvalidInput>;
  updateMyMedia(
    caller: Caller,
    input: { readonly audio?: Maybe<boolean>; readonly video?: Maybe<boolean>; readonly screenShare?: Maybe<boolean> },
  ): Answer<ParticipantView | Forbidden>;
  liftBan(caller: Caller, banId: BanId | null): Answer<BanView | Forbidden | NotFound>;
  findById(caller: Caller, id: ParticipantId): Answer<ParticipantView | null | Forbidden>;
  findBan(caller: Caller, id: BanId): Answer<BanView | null | Forbidden>;
  /** A fresh grant, only for the participant itself; null for everybody else. */
  mediaGrant(caller: Caller, view: ParticipantView): Promise<string | null>;
}

export interface LiveStreamService {
  start(
    caller: Caller,
    input: { readonly roomName: string; readonly destinations: readonly string[] },
  ): Answer<LiveStreamView | Forbidden | NotFound | Conflict | InvalidInput>;
  stop(caller: Caller, liveStreamId: LiveStreamId | null): Answer<LiveStreamView | Forbidden | NotFound>;
  report(
    caller: Caller,
    input: {
      readonly liveStreamId: LiveStreamId | null;
      readonly status: LiveStreamStatus;
      readonly error?: Maybe<string>;
    },
  ): Answer<LiveStreamView | Forbidden | NotFound | Conflict | InvalidInput>;
  findById(caller: Caller, id: LiveStreamId): Answer<LiveStreamView | null | Forbidden>;
  /** What this caller may know of people in the room whom others do not see. */
  readerOf(caller: Caller, view: LiveStreamView): Answer<ActorReader>;
}

export type Viewer =
  | { readonly kind: 'ApiKey'; readonly apiKey: ApiKey }
  | { readonly kind: 'Participant'; readonly view: ParticipantView }
  | { readonly kind: 'KnockRequest'; readonly view: KnockView };

export interface ViewerService {
  /** Null without a credential; UNAUTHENTICATED with one that is not known. */
  view(caller: Caller): Answer<Viewer | null | Forbidden>;
}

/** Streams start or refuse; once started they end by completing. `return()` frees all that they hold. */
export interface StreamService {
  knockRequested(caller: Caller, roomName: string | null): Answer<AsyncIterableIterator<KnockView> | Refusal>;
  myKnock(caller: Caller): Answer<AsyncIterableIterator<KnockView> | Refusal>;
  roomEvents(
    caller: Caller,
    args: { readonly roomName: string | null; readonly after: string | null },
  ): Answer<AsyncIterableIterator<EventView | ResyncView> | Refusal>;
}

export interface Services {
  readonly rooms: RoomService;
  readonly meetingTokens: MeetingTokenService;
  readonly entry: EntryService;
  readonly knocks: KnockService;
  readonly participants: ParticipantService;
  readonly liveStreams: LiveStreamService;
  readonly webhooks: WebhookService;
  readonly domains: DomainService;
  readonly viewer: ViewerService;
  readonly streams: StreamService;
  /** Counts what somebody in a room, or before it, does; null: go on. */
  readonly pace: (act: Act, caller: Caller, client: Client) => Answer<RateLimited | null>;
  /** For what one of these left to be asked for later. */
  readonly safely: Safely;
  /** The instant by the database's clock. */
  readonly now: () => Date;
  /** A room's URL, from the template of the settings. */
  readonly roomUrl: (room: { readonly name: string }, domain: { readonly name: string }) => string;
}
