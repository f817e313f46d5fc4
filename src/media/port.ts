import type { MediaRights } from '../rules/media-rights.ts';
import type { SeenPerson, SeenStream } from '../rules/media-seen.ts';

/*
 * What the service asks of a media server that carries out its decisions. Rules and reconciler know this port and no product behind it.
 * How people connect is signed without asking anybody, so it is not part of this.
 */

/** It did not do it. `error` is a sentence of ours, and never what the server wrote. */
export interface MediaFailure {
  /** UNREACHABLE: no answer, or one that nothing can be made of: try again. REFUSED: the key is not accepted. */
  readonly outcome: 'UNREACHABLE' | 'REFUSED';
  readonly error: string;
}

/** GONE: there is no such room, person or stream: done as well, where that is what was wanted. */
export type MediaOutcome = { readonly outcome: 'DONE' } | { readonly outcome: 'GONE' } | MediaFailure;

export type MediaAnswer<T> = ({ readonly outcome: 'DONE' } & T) | MediaFailure;

/**
 * One domain's media server. Every method is one call with a time limit of its own, may be repeated, and never throws. `room` is the
 * room's name there (`Room.id`), `identity` the person's (`Participant.id`).
 */
export interface MediaServer {
  /** Does it answer, and accept the key? Nothing changes there. */
  readonly greet: () => Promise<MediaAnswer<object>>;
  /** The room is there afterwards, made now or before. */
  readonly ensureRoom: (room: string) => Promise<MediaOutcome>;
  /** Everybody in the room, also those who are only connecting. A room that is not there is an empty one. */
  readonly look: (room: string) => Promise<MediaAnswer<{ readonly people: readonly SeenPerson[] }>>;
  /** Replaces all that the person may do. */
  readonly allow: (room: string, identity: string, rights: MediaRights) => Promise<MediaOutcome>;
  /** Only for a track of the list just read: an absent one costs seconds. The person may unmute. */
  readonly mute: (room: string, identity: string, trackSid: string) => Promise<MediaOutcome>;
  /** Ends the person's connection. */
  readonly remove: (room: string, identity: string) => Promise<MediaOutcome>;
  /** Everybody is out, and the room is gone. */
  readonly closeRoom: (room: string) => Promise<MediaOutcome>;
  /** The names of all rooms there, whoever made them. */
  readonly rooms: () => Promise<MediaAnswer<{ readonly names: readonly string[] }>>;
  /** Not to be repeated blindly: each call starts one more stream. */
  readonly startStream: (
    room: string,
    destinations: readonly string[],
  ) => Promise<MediaAnswer<{ readonly stream: SeenStream }> | { readonly outcome: 'GONE' }>;
  readonly stopStream: (streamId: string) => Promise<MediaOutcome>;
  /** Streams of this room, those that have ended lately too. `isAble` false: the server has nothing that sends streams. */
  readonly streams: (
    room: string,
  ) => Promise<MediaAnswer<{ readonly isAble: boolean; readonly streams: readonly SeenStream[] }>>;
}
