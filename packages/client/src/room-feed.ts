import type { ConnectionPhase } from './connection.ts';
import { type JoinedFieldsFragment, type LeaveReason, RoomEventsDocument } from './generated/graphql.ts';
import { sendHeartbeat } from './heartbeat.ts';
import { patiently } from './patience.ts';
import { sessionIsOver, VestibuleError } from './refusal.ts';
import { type Reading, readRoom, readWaiting } from './room-reading.ts';
import { answersKnocks, applyEvent, type RoomEvent, type RoomView } from './room-view.ts';
import { createStore, type Source } from './store.ts';
import { followStream } from './stream.ts';
import type { Transport } from './transport.ts';
import { readViewer } from './viewer.ts';

/** Called with each event, once the view shows it, and with the view as it was before. */
export type EventListener = (event: RoomEvent, before: RoomView) => void;

interface FeedListeners {
  readonly onEvent: EventListener;
  /** The room was read as a whole. */
  readonly onRead: (room: Reading['room']) => void;
}

export interface RoomFeed {
  readonly view: Source<RoomView>;
  /** Reads the room, so that the view shows it before anybody follows. */
  readonly load: () => Promise<void>;
}

/**
 * The room as it is, kept up to date across lost connections: it is read once, and then each event changes the view. A new
 * connection goes on after the last event's cursor, so that none is missed and none counts twice. Where the service says
 * that some were lost (`Resync`), the room is read again, and followed from there. All of it goes on while somebody looks,
 * which keeps the place in the room.
 *
 * @param reading the room, where it was read already
 */
export function createRoomFeed(
  transport: Transport,
  { room, participant: me }: Pick<JoinedFieldsFragment, 'room' | 'participant'>,
  reading: Reading | null,
  told: FeedListeners,
): RoomFeed {
  let fresh = reading;
  const first = reading ?? { room, me, participants: [], waiting: [], liveStream: null };
  const view = createStore<RoomView>({ ...first, state: 'CONNECTING', ...quiet }, () => {
    const stop = followRoom(transport, room.name, fresh, createReader(transport, view, told));
    // What was read before is good for the first who looks: later ones would have to hear all that happened since.
    fresh = null;
    return stop;
  });
  return {
    view,
    load: async () => {
      fresh = await readRoom(transport, room.name);
      view.set({ ...view.get(), ...fresh });
    },
  };
}

const quiet = { hearsEvents: false, leaveReason: null, error: null } as const;

interface RoomReader {
  readonly onRoom: (reading: Reading) => void;
  readonly onEvent: (event: RoomEvent) => void;
  /** @param hearsEvents false: where it is open, by asking alone */
  readonly onState: (state: ConnectionPhase, error: VestibuleError | null, hearsEvents: boolean) => void;
  /** @param isWanted nobody has stopped, or begun again */
  readonly onEnd: (error: VestibuleError | null, isWanted: () => boolean) => void;
}

/** Writes into the view what it hears. */
function createReader(transport: Transport, view: Source<RoomView>, { onEvent, onRead }: FeedListeners): RoomReader {
  const show = (change: Partial<RoomView>) => view.set({ ...view.get(), ...change });
  /** What was told since the list of who waits began to be read: newer than what is read. */
  let told: RoomEvent[] | null = null;
  const readQueue = async () => {
    const since: RoomEvent[] = [];
    told = since;
    const isWanted = () => told === since && view.get().state !== 'CLOSED';
    const { longestPauseMs } = transport;
    const waiting = await patiently(() => readWaiting(transport), { isWanted, longestPauseMs });
    if (!isWanted()) return;
    told = null;
    const knocks = since.filter((event) => 'knockRequest' in event);
    if (answersKnocks(view.get().me)) view.set(knocks.reduce(applyEvent, { ...view.get(), waiting }));
  };
  return {
    onRoom: (reading) => {
      told = null;
      show(reading);
      onRead(reading.room);
    },
    onEvent: (event) => {
      transport.clock?.learnPast(event.at);
      const before = view.get();
      const after = applyEvent(before, event);
      view.set(after);
      told?.push(event);
      onEvent(event, before);
      // Whoever is made an admin meanwhile sees who waits from now on. What fails for good ends the stream too, which tells it.
      if (answersKnocks(after.me) && !answersKnocks(before.me)) readQueue().catch(() => undefined);
    },
    onState: (state, error, hearsEvents) => show({ state, error, hearsEvents: hearsEvents && state === 'OPEN' }),
    onEnd: (error, isWanted) => {
      const over = { state: 'CLOSED', waiting: [], hearsEvents: false } as const;
      const { longestPauseMs } = transport;
      const onTrouble = (trouble: VestibuleError) =>
        show({ state: 'RECONNECTING', error: trouble, hearsEvents: false });
      const told = view.get().leaveReason;
      patiently(() => readEnd(transport, told, error), { longestPauseMs, isWanted, onTrouble }).then(
        (end) => show({ ...over, ...end }),
        (failed: VestibuleError) => isWanted() && show({ ...over, error: failed }),
      );
    },
  };
}

type End = Pick<RoomView, 'leaveReason' | 'error'>;

/** Why it is over. A session that ended while nobody followed it cannot be followed any more, but is still told. */
async function readEnd(transport: Transport, told: LeaveReason | null, error: VestibuleError | null): Promise<End> {
  if (told !== null) return { leaveReason: told, error: null };
  const viewer = await readViewer(transport);
  if (viewer === null)
    return { leaveReason: null, error: error ?? new VestibuleError('UNAUTHENTICATED', sessionIsOver) };
  // From then on the session's token is that of a knock.
  if (viewer.__typename === 'KnockRequest') return { leaveReason: 'RETURNED_TO_LOBBY', error: null };
  const leaveReason = viewer.__typename === 'Participant' ? viewer.leaveReason : null;
  return { leaveReason, error: leaveReason === null ? error : null };
}

/** Reads the room, then its events from there on; after a `Resync` the same again. Answers how to stop. */
function followRoom(transport: Transport, name: string, first: Reading | null, reader: RoomReader): () => void {
  let stopStream: (() => void) | null = null;
  let isStopped = false;
  const { longestPauseMs } = transport;
  const onTrouble = (error: VestibuleError) => reader.onState('RECONNECTING', error, false);
  const isWanted = () => !isStopped;
  const around = { longestPauseMs, isWanted, onTrouble };
  const start = async (known: Reading | null) => {
    const reading = known ?? (await patiently(() => readRoom(transport, name), around));
    if (isStopped) return;
    reader.onRoom(reading);
    let after = reading.room.cursor;
    let hearsEvents = true;
    stopStream = followStream(transport, {
      document: RoomEventsDocument,
      variables: () => {
        hearsEvents = true;
        return { after };
      },
      poll: async () => {
        hearsEvents = false;
        await sendHeartbeat(transport);
        const now = await readRoom(transport, name);
        after = now.room.cursor;
        if (!isStopped) reader.onRoom(now);
      },
      onData: ({ roomEvents }) => {
        after = roomEvents.cursor;
        reader.onEvent(roomEvents);
        if (roomEvents.__typename !== 'Resync') return;
        stopStream?.();
        begin(null);
      },
      onState: (state, error) => reader.onState(state, error, hearsEvents),
      onEnd: (error) => reader.onEnd(error, isWanted),
    });
  };
  const begin = (known: Reading | null) => {
    start(known).catch((error: VestibuleError) => {
      if (isWanted()) reader.onEnd(error, isWanted);
    });
  };
  begin(first);
  return () => {
    isStopped = true;
    stopStream?.();
  };
}
