import { BanConnection } from './ban.ts';
import { builder } from './builder.ts';
import { pageArgs } from './connection.ts';
import { ask } from './guard.ts';
import { KnockRequestConnection, KnockStatus } from './knock-request.ts';
import { MeetingTokenConnection } from './meeting-token.ts';
import { ParticipantConnection } from './participant.ts';
import { LiveStream, Room } from './refs.ts';
import { RoomEventConnection } from './room-event.ts';

// What belongs to a room. Each asks for rights of its own, so that a participant may hold a Room without seeing who waits.
builder.objectFields(Room, (t) => ({
  participants: t.field({
    type: ParticipantConnection,
    description:
      'Participants in the room, in the order in which they joined. Hidden owners and participants without presence are included only for callers who may see them.',
    args: pageArgs(t.arg),
    resolve: (view, args, context) =>
      ask(context, args, () => context.services.rooms.participants(context.caller, view, args)),
  }),
  knockRequests: t.field({
    type: KnockRequestConnection,
    nullable: true,
    description:
      'Knocks at this room, oldest first. Owners, admins and the backend (ADMISSION) only; other callers get null with an error.',
    args: {
      status: t.arg({
        type: [KnockStatus],
        description:
          'Only knocks with one of these statuses. `[PENDING]` gives the waiting list. If left out, all recorded knocks.',
      }),
      ...pageArgs(t.arg),
    },
    resolve: (view, args, context) =>
      ask(context, args, () => context.services.rooms.knockRequests(context.caller, view, args)),
  }),
  meetingTokens: t.field({
    type: MeetingTokenConnection,
    nullable: true,
    description:
      'Meeting tokens for this room, newest first. Owners, admins and the backend (TOKENS) only; other callers get null with an error.',
    args: pageArgs(t.arg),
    resolve: (view, args, context) =>
      ask(context, args, () => context.services.rooms.meetingTokens(context.caller, view, args)),
  }),
}));

builder.objectFields(Room, (t) => ({
  bans: t.field({
    type: BanConnection,
    nullable: true,
    description:
      'The bans that apply now, newest first. Owners, admins and the backend (ADMISSION) only; other callers get null with an error.',
    args: pageArgs(t.arg),
    resolve: (view, args, context) => ask(context, args, () => context.services.rooms.bans(context.caller, view, args)),
  }),
  events: t.field({
    type: RoomEventConnection,
    nullable: true,
    description:
      'The record of all events, oldest first: who knocked, who decided, who joined and left. Kept for 30 days. Owners, admins and the backend only; other callers get null with an error.',
    args: pageArgs(t.arg),
    resolve: (view, args, context) =>
      ask(context, args, () => context.services.rooms.events(context.caller, view, args)),
  }),
  liveStream: t.field({
    type: LiveStream,
    nullable: true,
    description: 'The current live stream, or the last one. Null: there was none.',
    resolve: (view, args, context) => ask(context, args, () => context.services.rooms.liveStream(context.caller, view)),
  }),
}));
