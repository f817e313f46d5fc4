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
      'People in the room, in order of joining; hidden owners and people without presence only to those who may see them.',
    args: pageArgs(t.arg),
    resolve: (view, args, context) =>
      ask(context, args, () => context.services.rooms.participants(context.caller, view, args)),
  }),
  knockRequests: t.field({
    type: KnockRequestConnection,
    nullable: true,
    description:
      'Knocks at this room, oldest first. Owners, admins and the backend (ADMISSION) only; null with an error to others.',
    args: {
      status: t.arg({
        type: [KnockStatus],
        description: 'Only knocks of these statuses: `[PENDING]` for who waits. Left out: all that are on record.',
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
      'Tokens that name this room, newest first. Owners, admins and the backend (TOKENS) only; null with an error to others.',
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
      'Who is kept out at this moment, newest first. Owners, admins and the backend (ADMISSION) only; null with an error to others.',
    args: pageArgs(t.arg),
    resolve: (view, args, context) => ask(context, args, () => context.services.rooms.bans(context.caller, view, args)),
  }),
  events: t.field({
    type: RoomEventConnection,
    nullable: true,
    description:
      'The record of all that happened, oldest first: who knocked, who decided, who came and went. Owners, admins and the backend only; null with an error to others. Kept for 30 days.',
    args: pageArgs(t.arg),
    resolve: (view, args, context) =>
      ask(context, args, () => context.services.rooms.events(context.caller, view, args)),
  }),
  liveStream: t.field({
    type: LiveStream,
    nullable: true,
    description: 'The live stream that runs, or the last one that ran; null: there was none.',
    resolve: (view, args, context) => ask(context, args, () => context.services.rooms.liveStream(context.caller, view)),
  }),
}));
