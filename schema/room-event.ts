import type { EventView, ResyncView } from '../src/room/views.ts';
import { showActor } from '../src/rules/actor.ts';
import { encodeCursor, encodeId, type RoomId } from '../src/rules/ids.ts';
import type { RequestedMedia } from '../src/rules/room-event.ts';
import { builder, type Types } from './builder.ts';
import { connectionOf } from './connection.ts';
import { LeaveReason } from './enum.ts';
import { ask } from './guard.ts';
import { KnockReason, KnockStatus } from './knock-request.ts';
import { LiveStreamStatus } from './live-stream.ts';
import { Actor, KnockRequest, LiveStream, Participant, Room, RoomEvent } from './refs.ts';

/** What every event shows, including the one that only tells a reader to begin again. */
function read(view: EventView | ResyncView): {
  readonly roomId: RoomId;
  readonly name: string;
  readonly seq: number;
  readonly at: Date;
} {
  if ('resync' in view) {
    const { id, name, version } = view.room;
    return { roomId: id, name, seq: version, at: view.at };
  }
  const { roomId, seq, at } = view.event;
  return { roomId, name: view.roomName, seq, at };
}

RoomEvent.implement({
  description:
    "Something that happened in a room. Events have an order within their room: send the last cursor as `after` to miss nothing. Objects inside an event show their current state; the event's own fields show the state at that time. New event types may be added: ignore those that you do not know.",
  resolveType: (view) => ('resync' in view ? 'Resync' : view.event.type),
  fields: (t) => ({
    cursor: t.string({
      description: 'The position of the event in its room. It is opaque; send it back as `roomEvents(after:)`.',
      resolve: (view) => {
        const { roomId, seq } = read(view);
        return encodeCursor(roomId, seq);
      },
    }),
    at: t.field({
      type: 'DateTime',
      description: "When it happened, by the service's clock.",
      resolve: (view) => read(view).at,
    }),
    roomId: t.id({
      description: '`id` of the room in which it happened.',
      resolve: (view) => encodeId('Room', read(view).roomId),
    }),
    roomName: t.string({ description: 'Name of the room in which it happened.', resolve: (view) => read(view).name }),
    by: t.field({
      type: Actor,
      nullable: true,
      description: 'Who did it. Null: nobody in particular, or somebody whom this caller cannot see.',
      resolve: (view) => ('resync' in view ? null : showActor(view.event.payload.by, view.seenBy)),
    }),
  }),
});

export const RoomEventConnection = connectionOf('RoomEvent', RoomEvent, {
  description: "A room's record, oldest first.",
});

type Fields = (
  t: PothosSchemaTypes.ObjectFieldBuilder<Types, EventView>,
) => Record<string, PothosSchemaTypes.FieldRef<Types>>;

function implement(name: Exclude<EventView['event']['type'], 'Internal'>, description: string, fields: Fields): void {
  builder.objectRef<EventView>(name).implement({ description, interfaces: [RoomEvent], fields });
}

/** Services hand an event out together with what it speaks of. */
function present<T>(thing: T | null | undefined): T {
  if (thing === null || thing === undefined) throw new Error('An event came without what it speaks of.');
  return thing;
}

type Field = PothosSchemaTypes.FieldRef<Types>;

/** One field under two names: events of several types can be asked for their own under names of their own, without aliases. */
function renamed(
  before: string,
  name: string,
  define: (options: { readonly deprecationReason?: string }) => Field,
): Record<string, Field> {
  return { [name]: define({}), [before]: define({ deprecationReason: `Use ${name}.` }) };
}

const room: Fields = (t) => ({
  room: t.field({ type: Room, description: 'The room as it is now.', resolve: (view) => present(view.room) }),
});
const participant: Fields = (t) => ({
  participant: t.field({
    type: Participant,
    description: 'The participant as they are now.',
    resolve: (view) => present(view.participant),
  }),
});
const knock: Fields = (t) => ({
  knockRequest: t.field({
    type: KnockRequest,
    description: 'The knock as it is now. It may have changed since the event.',
    resolve: (view) => present(view.knock),
  }),
});

implement('RoomCreated', 'The room was created. This is the first event of a room.', room);
implement(
  'RoomUpdated',
  'Settings of the room were changed: privacy, knocking, broadcast, texts, times or permissions.',
  room,
);
implement('RoomClosed', 'The room expired or was deleted. This is the last event of a room.', () => ({}));
implement('KnockRequested', 'Somebody knocked. Only owners, admins and the backend get this event.', knock);
implement('ParticipantJoined', 'Somebody joined the room.', participant);
implement(
  'ParticipantUpdated',
  'The name, connection, media or permissions of a participant changed. For the participant, this is also the order to mute or to stop sharing.',
  participant,
);

implement(
  'KnockChanged',
  'A knock was renamed, answered with a reply, decided or withdrawn, or it expired. Only owners, admins and the backend get this event.',
  (t) => ({
    ...knock(t),
    ...renamed('status', 'knockStatus', (options) =>
      t.field({
        type: KnockStatus,
        description: 'The status right after this event.',
        ...options,
        resolve: ({ event }) => present(event.payload.knock).status,
      }),
    ),
    ...renamed('reason', 'knockReason', (options) =>
      t.field({
        type: KnockReason,
        nullable: true,
        description: 'The reason for that status. Null while PENDING.',
        ...options,
        resolve: ({ event }) => event.payload.knock?.reason ?? null,
      }),
    ),
  }),
);

implement(
  'ParticipantLeft',
  'Somebody left or was removed. For that person this is the last event: it says why, and then the stream completes.',
  (t) => ({
    ...participant(t),
    ...renamed('reason', 'leaveReason', (options) =>
      t.field({
        type: LeaveReason,
        description: 'Why they are no longer in the room.',
        ...options,
        resolve: ({ event }) => present(event.payload.participant?.reason),
      }),
    ),
  }),
);

implement(
  'MediaRequested',
  'An owner asks one participant to switch media on. Only that participant gets this event. Nothing changes until the participant calls `updateMyMedia`.',
  (t) => {
    const asked = (kind: keyof RequestedMedia, what: string) =>
      t.boolean({
        description: `True: please switch your ${what} on.`,
        resolve: ({ event }) => event.payload.media?.[kind] ?? false,
      });
    return {
      audio: asked('audio', 'microphone'),
      video: asked('video', 'camera'),
      screenShare: asked('screenShare', 'screen share'),
    };
  },
);

implement('LiveStreamChanged', 'A live stream started, went live, stopped or failed.', (t) => ({
  liveStream: t.field({
    type: LiveStream,
    description: 'The live stream as it is now.',
    resolve: (view) => present(view.liveStream),
  }),
  ...renamed('status', 'liveStreamStatus', (options) =>
    t.field({
      type: LiveStreamStatus,
      description: 'The status right after this event.',
      ...options,
      resolve: ({ event }) => present(event.payload.liveStream).status,
    }),
  ),
}));

builder.objectRef<ResyncView>('Resync').implement({
  description:
    'The caller missed too many events, or `after` is too old or from another room. Read the room again, and continue from this cursor. Records do not contain this event.',
  interfaces: [RoomEvent],
});

builder.subscriptionField('roomEvents', (t) =>
  t.field({
    type: RoomEvent,
    description:
      "All events of a room, in order, without gaps or duplicates. Events that the caller may not see are left out. A participant's open subscription keeps their place in the room. When the right to the stream ends, it completes within a second.",
    args: {
      roomName: t.arg.string({
        description:
          'Name of the room. Required for the backend (any scope; knocks only with ADMISSION). Participants follow their own room, and can leave it out.',
      }),
      after: t.arg.string({
        description:
          'Start after this cursor: the cursor of the last event that you saw, or `Room.cursor`. Default: only new events. If the stream cannot continue from this cursor, it sends `Resync`: so it does where participants who may not read `Room.events` begin more than 15 minutes before they joined.',
      }),
    },
    subscribe: (_root, args, context) =>
      ask(context, args, () =>
        context.services.streams.roomEvents(context.caller, {
          roomName: args.roomName ?? null,
          after: args.after ?? null,
        }),
      ),
    resolve: (view) => view,
  }),
);
