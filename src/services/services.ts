import type { Safely } from '../room/trouble.ts';
import type { Caller, Client } from '../rules/caller.ts';
import type { RateLimited, ToldOutcome } from '../rules/refusal.ts';
import type { Act } from './budgets.ts';
import type { DomainService } from './domain.ts';
import type { EntryService } from './entry/access.ts';
import type { FrontService } from './front.ts';
import type { KnockService } from './knock-request.ts';
import type { LiveStreamService } from './live-stream.ts';
import type { MediaServerService } from './media-server.ts';
import type { MeetingTokenService } from './meeting-token.ts';
import type { ParticipantService } from './participant.ts';
import type { RoomService } from './room.ts';
import type { SigningKeyService } from './signing-key.ts';
import type { StreamService } from './stream.ts';
import type { ViewerService } from './viewer.ts';
import type { WebhookService } from './webhook.ts';

/**
 * The use cases, by noun. Each authorises first, changes through the room writer or one guarded statement, and answers a value: refusals
 * are returned, never thrown. Ids from clients are branded UUIDs here; null is an id that could not be read. If the database fails, the
 * service throws, and `safely`, through which the schema calls every service, turns that into UNAVAILABLE.
 */
export interface Services {
  readonly rooms: RoomService;
  readonly meetingTokens: MeetingTokenService;
  readonly entry: EntryService;
  readonly front: FrontService;
  readonly knocks: KnockService;
  readonly participants: ParticipantService;
  readonly liveStreams: LiveStreamService;
  readonly webhooks: WebhookService;
  readonly domains: DomainService;
  readonly mediaServers: MediaServerService;
  readonly signingKeys: SigningKeyService;
  readonly viewer: ViewerService;
  readonly streams: StreamService;
  /** Counts what somebody in a room, or at its door, does. Null: they may go on. */
  readonly pace: (act: Act, caller: Caller, client: Client) => Promise<RateLimited | null>;
  /** Calls one of these services, or a read that one of them left for later. */
  readonly safely: Safely;
  /** Tells operators of a decision as it is answered. Never throws. */
  readonly tell: (decision: ToldDecision) => void;
  /** What the database's clock says now. */
  readonly now: () => Date;
  /** A room's URL, from the template of the settings. */
  readonly roomUrl: (room: { readonly name: string }, domain: { readonly name: string }) => string;
}

/** What a service decided, in words from closed sets: nothing in it names a person, a room or a credential. */
export interface ToldDecision extends ToldOutcome {
  /** The operation of the API that asked. */
  readonly operation: string;
  readonly caller: Caller;
}
