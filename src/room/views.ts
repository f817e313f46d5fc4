import type { ActorReader } from '../rules/actor.ts';
import type { Ban } from '../rules/ban.ts';
import type { Caller } from '../rules/caller.ts';
import type { Knock } from '../rules/knock-request.ts';
import type { LiveStream } from '../rules/live-stream.ts';
import type { Participant } from '../rules/participant.ts';
import type { DomainDefaults, Room } from '../rules/room.ts';
import type { RoomEvent } from '../rules/room-event.ts';

// What services hand out: a thing, with what is needed around it to show it. All of a view was true at one version.

export interface RoomView {
  /** `room.version` is where the room's events stand. */
  readonly room: Room;
  readonly domain: DomainDefaults;
  readonly ownerPresent: boolean;
  readonly participantCount: number;
  /** Who reads it, where that is not the operation's own caller: somebody who has just joined. */
  readonly readAs?: Caller;
}

export interface ParticipantView {
  readonly participant: Participant;
  readonly room: Room;
  readonly domain: DomainDefaults;
  readonly readAs?: Caller;
}

export interface KnockView {
  readonly knock: Knock;
  readonly roomName: string;
  readonly lobbyMessage: string | null;
  readonly ownerPresent: boolean;
  /** The answer goes to the knocker itself, whatever credential came with the question. */
  readonly isOwn?: true;
  /** As a stream of the knocker tells it; left out: it is counted where it is asked for. */
  readonly position?: number | null;
}

export interface BanView {
  readonly ban: Ban;
  readonly roomName: string;
}

export interface LiveStreamView {
  readonly liveStream: LiveStream;
  readonly roomName: string;
  /** What its reader may know of people whom others do not see; left out: it is found out from who asks. */
  readonly reader?: ActorReader;
}

/** An event with the things it speaks of, as they are now. */
export interface EventView {
  readonly event: RoomEvent;
  /** What its readers may know of people whom others do not see: nothing, but for what `showTo` hands out. */
  readonly reader: ActorReader;
  readonly roomName: string;
  /** With room events. */
  readonly room: RoomView | null;
  /** With knock events. */
  readonly knock: KnockView | null;
  /** With participants' events. */
  readonly participant: ParticipantView | null;
  readonly liveStream: LiveStreamView | null;
}

/** The reader fell too far behind, or its cursor is not of this record: read the room again and go on from `room.version`. */
export interface ResyncView {
  readonly resync: true;
  readonly at: Date;
  readonly room: Pick<Room, 'id' | 'name' | 'version'>;
}
