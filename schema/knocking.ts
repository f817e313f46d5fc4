import type { KnockView } from '../src/room/views.ts';
import { builder } from './builder.ts';
import { pageArgs } from './connection.ts';
import { ask } from './guard.ts';
import { KnockRequestConnection, KnockStatus } from './knock-request.ts';
import { KnockRequest } from './refs.ts';
import { resultOf } from './result.ts';

const KnockInput = builder.inputType('KnockInput', {
  description: 'Who asks to come in where.',
  fields: (t) => ({
    roomName: t.string({ required: true, description: 'Name of the room.' }),
    domain: t.string({
      description: 'Name of the domain. Needed only by a caller without credential on a service with several domains.',
    }),
    userName: t.string({
      required: true,
      description: 'The name to be shown to the owners: not empty, at most 128 characters. A name in the token wins.',
    }),
    message: t.string({ description: 'A word to the owners: at most 500 characters, line breaks allowed.' }),
    token: t.string({ description: 'A meeting token with knocking: true; it vouches for who knocks. Empty: none.' }),
    idempotencyKey: t.string({
      description:
        'A retry with the same key, and the same token, finds the first knock. With another one it is refused. 22 random characters or more, made anew for each room; kept only as a hash.',
    }),
  }),
});

const Knocked = builder.objectRef<{ readonly knock: KnockView; readonly knockToken: string }>('Knocked').implement({
  description: 'The knock was put on record; owners who are there see it within a second.',
  fields: (t) => ({
    knockRequest: t.expose('knock', {
      type: KnockRequest,
      description: 'The knock: new, or the open one that this person had already.',
    }),
    knockToken: t.exposeString('knockToken', {
      description:
        'Bearer credential of this knocker: to follow (`myKnock`), take back and, once admitted, to enter with `joinRoom` (and re-enter after a refresh). Keep it for this tab only.',
    }),
  }),
});

const KnockResult = resultOf('KnockResult', {
  description: 'The knock, or why there is none. RateLimited: too many from here, or denied a moment ago.',
  success: [Knocked],
  refusals: ['EntryRefused', 'InvalidInput', 'RateLimited'],
});

const CancelKnockResult = resultOf('CancelKnockResult', {
  description: 'The knock that was taken back, or why it was not.',
  success: [KnockRequest],
  refusals: ['Forbidden', 'KnockAlreadyDecided'],
});

builder.mutationFields((t) => ({
  knock: t.field({
    type: KnockResult.type,
    description:
      'Asks to come in. Anybody may; no credential is needed. Knocking again while PENDING (same knock token as bearer, same verified userId, or same idempotencyKey) updates name and message and keeps the place.',
    args: { input: t.arg({ type: KnockInput, required: true, description: 'Which room, and who asks.' }) },
    resolve: (_root, args, context) =>
      KnockResult.answer(context, args, () =>
        context.services.knocks.knock(context.caller, context.client, context.bearer, args.input),
      ),
  }),
  cancelKnock: t.field({
    type: CancelKnockResult.type,
    description: 'The knocker takes its knock back. Bearer: the knock token. Twice is the same as once.',
    resolve: (_root, args, context) =>
      CancelKnockResult.answer(context, args, () => context.services.knocks.cancel(context.caller)),
  }),
}));

builder.queryField('knockRequests', (t) =>
  t.field({
    type: KnockRequestConnection,
    nullable: true,
    description:
      'Who knocked, oldest first; `status: [PENDING]` for who waits. Owners and admins for their room, the backend (ADMISSION) for one room or all. To keep up with it, follow `knockRequested`.',
    args: {
      roomName: t.arg.string({
        description: 'Only knocks at this room. Left out: a participant sees its own room, the backend all rooms.',
      }),
      status: t.arg({
        type: [KnockStatus],
        description: 'Only knocks of these statuses: `[PENDING]` for who waits. Left out: all that are on record.',
      }),
      ...pageArgs(t.arg),
    },
    resolve: (_root, args, context) =>
      ask(context, args, () => context.services.knocks.list(context.caller, args.roomName ?? null, args)),
  }),
);

builder.subscriptionFields((t) => ({
  knockRequested: t.field({
    type: KnockRequest,
    description:
      'The waiting list as a stream: first each knock that is PENDING now or was closed in the last ten minutes, oldest first; then each new one as it comes, and each one again when it changes (renamed, written back to, decided, withdrawn, expired). Keep those that are PENDING, by id. Owners and admins in the room follow their room; the backend (ADMISSION) one room, or with no roomName all.',
    args: {
      roomName: t.arg.string({
        description: 'Name of the room. A participant may leave it out; a backend that does follows all rooms.',
      }),
    },
    subscribe: (_root, args, context) =>
      ask(context, args, () => context.services.streams.knockRequested(context.caller, args.roomName ?? null)),
    resolve: (view) => view,
  }),
  myKnock: t.field({
    type: KnockRequest,
    description:
      "The knocker's own knock: as it is now, then each change; it stays open while ADMITTED, and completes after the final state. Bearer: the knock token. While it is open, the knocker counts as there.",
    subscribe: (_root, args, context) => ask(context, args, () => context.services.streams.myKnock(context.caller)),
    resolve: (view) => view,
  }),
}));
