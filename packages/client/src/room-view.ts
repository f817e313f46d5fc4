import {
  type JoinedFieldsFragment,
  type LeaveReason,
  type ParticipantFieldsFragment,
  RoomAndParticipantsDocument,
  type RoomAndParticipantsQuery,
  RoomEventsDocument,
  type RoomEventsSubscription,
  type RoomFieldsFragment,
} from './generated/graphql.ts';
import type { VestibuleError } from './refusal.ts';
import { createStore, type Store } from './store.ts';
import { followStream, type StreamState } from './stream.ts';
import type { Transport } from './transport.ts';
import { readViewer } from './viewer.ts';

export type Room = RoomFieldsFragment;
export type Participant = ParticipantFieldsFragment;
export type RoomEvent = RoomEventsSubscription['roomEvents'];

export interface RoomView {
  readonly room: Room;
  /** Who is inside, in order of joining. */
  readonly participants: readonly Participant[];
  readonly state: StreamState;
  /** Why oneself is not inside any more, also when it happened while nobody followed. Null: inside, or nobody knows. */
  readonly leaveReason: LeaveReason | null;
  /** Why it cannot be followed any more, where the service did not say that one has left. */
  readonly error: VestibuleError | null;
}

/**
 * The room as it is, kept up to date by its events across lost connections: none is missed, none counts twice. Where the
 * service says that some were lost, the room is read again. Followed while somebody looks, which keeps the place in the room.
 */
export function createRoomView(
  transport: Transport,
  joined: Pick<JoinedFieldsFragment, 'room' | 'participant'>,
  onEvent: (event: RoomEvent) => void,
): Store<RoomView> {
  let view: RoomView = { room: joined.room, participants: [], state: 'CONNECTING', leaveReason: null, error: null };
  return createStore<RoomView>(view, (set) => {
    const show = (change: Partial<RoomView>) => {
      view = { ...view, ...change };
      set(view);
    };
    return followRoom(transport, joined.room.name, {
      onRoom: (room, participants) => show({ room, participants }),
      onEvent: (event) => {
        show(apply(view, event, joined.participant.id));
        onEvent(event);
      },
      onState: (state) => show({ state }),
      onEnd: (error) => {
        if (error?.code !== 'UNAUTHENTICATED') show({ state: 'ENDED', error });
        // A session that ended while nobody followed it cannot be followed any more, but is still told.
        else
          readLeaveReason(transport).then(
            (leaveReason) => show({ state: 'ENDED', leaveReason, error: leaveReason === null ? error : null }),
            (failed: VestibuleError) => show({ state: 'ENDED', error: failed }),
          );
      },
    });
  });
}

async function readLeaveReason(transport: Transport): Promise<LeaveReason | null> {
  const viewer = await readViewer(transport);
  return viewer?.__typename === 'Participant' ? viewer.leaveReason : null;
}

interface RoomReader {
  readonly onRoom: (room: Room, participants: readonly Participant[]) => void;
  readonly onEvent: (event: RoomEvent) => void;
  readonly onState: (state: StreamState) => void;
  readonly onEnd: (error: VestibuleError | null) => void;
}

/** Reads the room, then its events from there on; after a `Resync` the same again. */
function followRoom(transport: Transport, name: string, reader: RoomReader): () => void {
  let stopStream: (() => void) | null = null;
  let isStopped = false;
  const start = async () => {
    const { room, participants } = await readRoom(transport, name);
    if (isStopped) return;
    reader.onRoom(room, participants);
    let after = room.cursor;
    stopStream = followStream(transport, {
      document: RoomEventsDocument,
      variables: () => ({ after }),
      onData: ({ roomEvents }) => {
        after = roomEvents.cursor;
        reader.onEvent(roomEvents);
        if (roomEvents.__typename !== 'Resync') return;
        stopStream?.();
        begin();
      },
      onState: reader.onState,
      onEnd: reader.onEnd,
    });
  };
  const begin = () => {
    start().catch((error: VestibuleError) => reader.onEnd(error));
  };
  begin();
  return () => {
    isStopped = true;
    stopStream?.();
  };
}

async function readRoom(transport: Transport, name: string) {
  const participants: Participant[] = [];
  let first: Room | null = null;
  for (let after: string | null = null; ; ) {
    const { room }: RoomAndParticipantsQuery = await transport.persist(RoomAndParticipantsDocument, { name, after });
    if (room === null) throw new TypeError('a participant’s own room can be read');
    // Events since the first page are told by the stream, whichever page shows them already.
    first ??= room;
    participants.push(...room.participants.nodes);
    if (!room.participants.pageInfo.hasNextPage) return { room: first, participants };
    after = room.participants.pageInfo.endCursor;
  }
}

function apply({ room, participants }: RoomView, event: RoomEvent, selfId: string): Partial<RoomView> {
  switch (event.__typename) {
    case 'RoomUpdated':
      return { room: event.room };
    case 'ParticipantJoined':
    case 'ParticipantUpdated': {
      const { participant } = event;
      const index = participants.findIndex(({ id }) => id === participant.id);
      if (participant.connection === 'LEFT') return {};
      return { participants: index === -1 ? [...participants, participant] : participants.with(index, participant) };
    }
    case 'ParticipantLeft': {
      const left = { participants: participants.filter(({ id }) => id !== event.participant.id) };
      return event.participant.id === selfId ? { ...left, leaveReason: event.leaveReason } : left;
    }
    default:
      return { room };
  }
}
