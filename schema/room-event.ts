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

/** What every event shows, whether it stands in the record or only tells a reader to begin anew. */
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
    "Something that happened in a room. Cursors are ordered within a room; hand the last one back as `after` to miss nothing. Objects show what holds now; what was true then is in the event's own fields. New types may be added: pass over those you do not know.",
  resolveType: (view) => ('resync' in view ? 'Resync' : view.event.type),
  fields: (t) => ({
    cursor: t.string({
      description: 'Its place in the order of the room: opaque, to be handed back as `roomEvents(after:)`.',
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
      description: '`id` of the room it happened in.',
      resolve: (view) => encodeId('Room', read(view).roomId),
    }),
    roomName: t.string({ description: 'Name of the room it happened in.', resolve: (view) => read(view).name }),
    by: t.field({
      type: Actor,
      nullable: true,
      description:
        'Who did it; null where nobody in particular did, and to guests where it was somebody whom others do not see.',
      resolve: (view) => ('resync' in view ? null : showActor(view.event.payload.by, view.reader)),
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
    description: 'The knock as it is now, which may be further than it was then.',
    resolve: (view) => present(view.knock),
  }),
});

implement('RoomCreated', 'The room was made. The first event of a room.', room);
implement(
  'RoomUpdated',
  'Settings of the room were changed: privacy, knocking, broadcast, texts, times or permissions.',
  room,
);
implement('RoomClosed', 'The room expired or was deleted. The last event of a room.', () => ({}));
implement('KnockRequested', 'Somebody knocked. To owners, admins and the backend.', knock);
implement('ParticipantJoined', 'Somebody came in.', participant);
implement(
  'ParticipantUpdated',
  'Name, connection, media or permissions changed. To the participant itself this is also the order to mute or to stop sharing.',
  participant,
);

implement(
  'KnockChanged',
  'A knock was renamed, written back to, decided, withdrawn or expired. To owners, admins and the backend.',
  (t) => ({
    ...knock(t),
    ...renamed('status', 'knockStatus', (options) =>
      t.field({
        type: KnockStatus,
        description: 'Its status right after this event.',
        ...options,
        resolve: ({ event }) => present(event.payload.knock).status,
      }),
    ),
    ...renamed('reason', 'knockReason', (options) =>
      t.field({
        type: KnockReason,
        nullable: true,
        description: 'Why it had that status; null while PENDING.',
        ...options,
        resolve: ({ event }) => event.payload.knock?.reason ?? null,
      }),
    ),
  }),
);

implement(
  'ParticipantLeft',
  'Somebody left or was put out. To the one concerned this is the last event, and says why; then the stream completes.',
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
  'To one participant: an owner asks to switch these on. Nothing changes until the participant does it, with `updateMyMedia`.',
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
      description: 'Its status right after this event.',
      ...options,
      resolve: ({ event }) => present(event.payload.liveStream).status,
    }),
  ),
}));

builder.objectRef<ResyncView>('Resync').implement({
  description:
    'The reader fell too far behind, or `after` is older than the record or not of this room: read the room again and go on from this cursor. It stands in no record.',
  interfaces: [RoomEvent],
});

builder.subscriptionField('roomEvents', (t) =>
  t.field({
    type: RoomEvent,
    description:
      "All that happens in the room, in order, without gap or double. A participant's open subscription keeps its place in the room. What the caller may not see is left out. Ends within a second when the right to it ends.",
    args: {
      roomName: t.arg.string({
        description:
          'The backend names the room (any scope; knocks only with ADMISSION). A participant follows its own and may leave it out.',
      }),
      after: t.arg.string({
        description:
          'Begin after this cursor: the last one seen, or `Room.cursor`. Left out: from now on. One that cannot be continued gives `Resync`.',
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
