import type { DomainId, MediaServerId } from './ids.ts';

export const mediaServerKinds = ['LIVEKIT', 'JITSI'] as const;
export type MediaServerKind = (typeof mediaServerKinds)[number];

/** NOT_ASKED: nothing is ever asked of this kind. */
export type MediaServerState = 'OK' | 'UNREACHABLE' | 'REFUSED' | 'NOT_ASKED';

interface MediaServerBase {
  readonly id: MediaServerId;
  readonly domainId: DomainId;
  /** Where clients connect. */
  readonly url: string;
  /** LIVEKIT: the API key, which is the `iss` of its tokens. JITSI: the application id. */
  readonly apiKey: string;
  readonly state: MediaServerState;
  /** A sentence of ours on the last call that failed; null while all is well. */
  readonly lastError: string | null;
  readonly checkedAt: Date | null;
  readonly createdAt: Date;
  /** Since when another one, or none, is in its place. Its rooms there are closed; it is kept for the retention time. */
  readonly endedAt: Date | null;
}

/** Everything that is decided in a room is carried out on it. */
export interface LivekitServer extends MediaServerBase {
  readonly kind: 'LIVEKIT';
  /** Where the service reaches its API; null: at `url`. */
  readonly apiUrl: string | null;
  /** Whether connections to it pass the gate, as its owner says. */
  readonly gate: boolean;
  /** Whether the gate refuses, as the last look from outside saw; null: there is none, or it cannot be reached from here. */
  readonly gateHolds: boolean | null;
}

/** It lets in by a token with what holds then; nothing is asked of it. */
export interface JitsiServer extends MediaServerBase {
  readonly kind: 'JITSI';
  /** The `sub` of its tokens. */
  readonly tenant: string;
  /** With an RS256 key: its id. Null: tokens are signed with a shared secret (HS256). */
  readonly keyId: string | null;
}

/** A media server as it is on record. Its secret is kept elsewhere, sealed. */
export type MediaServerRecord = LivekitServer | JitsiServer;

/** Which media server a domain has. A new one has a new id, so that all but its state is the same for ever. */
export type MediaServerRef = Pick<MediaServerRecord, 'id' | 'kind'>;

/** The media server on which decisions of this domain are carried out. Null: none is connected, or one that is never asked. */
export function carriedOutOn({ mediaServer }: { readonly mediaServer: MediaServerRef | null }): MediaServerId | null {
  return mediaServer?.kind === 'LIVEKIT' ? mediaServer.id : null;
}

/** How one participant connects to the media server. */
export interface MediaAccess {
  readonly kind: MediaServerKind;
  readonly url: string;
  /** The room's name on the media server. */
  readonly room: string;
  readonly token: string;
  /** Until when the token lets its holder connect. Connected people stay. */
  readonly exp: Date;
}
