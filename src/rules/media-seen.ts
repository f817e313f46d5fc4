import type { MediaRights, MediaSource } from './media-rights.ts';

/** What is seen on a media server. */

export interface SeenTrack {
  readonly sid: string;
  /** Both are claims of the sender. */
  readonly source: MediaSource;
  readonly type: 'AUDIO' | 'VIDEO' | 'DATA';
  /** In lower case, such as `audio/opus`: of all that a track says of itself the one thing that is not a claim. Empty: not known yet. */
  readonly mimeType: string;
  readonly muted: boolean;
}

/** One connection, as the media server's list has it. */
export interface SeenPerson {
  readonly identity: string;
  /** Of this session: somebody who comes back has another. */
  readonly sid: string;
  /** Other kinds are the media server's own: recorders, agents, telephones. */
  readonly kind: 'STANDARD' | 'OTHER';
  /** JOINING: the signalling connection is open, and no media flow yet. DISCONNECTED: about to leave the list. */
  readonly state: 'JOINING' | 'JOINED' | 'ACTIVE' | 'DISCONNECTED';
  /** Since when this session is there, by the media server's clock. Null: it does not say. */
  readonly joinedAt: Date | null;
  readonly rights: MediaRights;
  readonly tracks: readonly SeenTrack[];
}

export type SeenStreamState = 'STARTING' | 'ACTIVE' | 'ENDING' | 'COMPLETE' | 'FAILED';

/** A live stream that the media server sends, or has sent. */
export interface SeenStream {
  readonly id: string;
  readonly room: string;
  /** It sends the whole room to a destination, as a live stream does: anything else on the server belongs to others. */
  readonly isOfRoom: boolean;
  readonly state: SeenStreamState;
  /** Since when it is sent, by the media server's clock. Null: it is not sent yet. */
  readonly startedAt: Date | null;
  /** Why it failed: without URLs, since they hold stream keys. Null: it has not failed. */
  readonly error: string | null;
}
