import {
  type RoomPrivacy,
  RoomRecordDocument,
  type RoomSettingsInput,
  SetRoomPrivacyDocument,
  StartLiveStreamDocument,
  StopLiveStreamDocument,
  UpdateRoomDocument,
} from './generated/graphql.ts';
import { type Outcome, outcome } from './refusal.ts';
import type { LiveStream, Room, RoomEvent, RoomView } from './room-view.ts';
import type { Source } from './store.ts';
import type { Transport } from './transport.ts';

/** A part of what happened in a room, oldest first. */
export interface RecordPage {
  readonly events: readonly RoomEvent[];
  /** Did more happen since the last of these? */
  readonly hasMore: boolean;
}

/** What may be done with the room itself. The view shows at once what came of a change. */
export interface RoomActions {
  /** PRIVATE: whoever comes from now on needs a token or a knock. PUBLIC: everybody who waits is let in. */
  readonly setPrivacy: (privacy: RoomPrivacy) => Promise<Outcome<Room>>;
  readonly updateRoom: (settings: RoomSettingsInput) => Promise<Outcome<Room>>;
  /** @param destinations rtmp(s), srt or https URLs */
  readonly startLiveStream: (destinations: readonly string[]) => Promise<Outcome<LiveStream>>;
  readonly stopLiveStream: (liveStreamId: string) => Promise<Outcome<LiveStream>>;
  /** What happened in the room, from its beginning or after the event of this cursor. */
  readonly readRecord: (after: string | null) => Promise<RecordPage>;
}

export function createRoomActions({ ask }: Transport, roomName: string, view: Source<RoomView>): RoomActions {
  const show = (change: Partial<RoomView>) => view.set({ ...view.get(), ...change });
  const changed = (done: Outcome<Room>) => {
    if (done.isDone) show({ room: done.value });
    return done;
  };
  const streamed = (done: Outcome<LiveStream>) => {
    if (done.isDone) show({ liveStream: done.value });
    return done;
  };
  return {
    setPrivacy: async (privacy) => {
      const { setRoomPrivacy } = await ask(SetRoomPrivacyDocument, { input: { roomName, privacy } });
      return changed(outcome(setRoomPrivacy, 'Room'));
    },
    updateRoom: async (settings) =>
      changed(outcome((await ask(UpdateRoomDocument, { input: { roomName, settings } })).updateRoom, 'Room')),
    startLiveStream: async (destinations) => {
      const input = { roomName, destinations: [...destinations] };
      return streamed(outcome((await ask(StartLiveStreamDocument, { input })).startLiveStream, 'LiveStream'));
    },
    stopLiveStream: async (liveStreamId) =>
      streamed(outcome((await ask(StopLiveStreamDocument, { liveStreamId })).stopLiveStream, 'LiveStream')),
    readRecord: async (after) => {
      const events = (await ask(RoomRecordDocument, { name: roomName, after })).room?.events;
      return { events: events?.nodes ?? [], hasMore: events?.pageInfo.hasNextPage ?? false };
    },
  };
}
