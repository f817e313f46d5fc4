import type { KnockView } from '../src/room/views.ts';
import { showActor } from '../src/rules/actor.ts';
import type { Caller } from '../src/rules/caller.ts';
import {
  decisionOn,
  type Knock,
  type KnockReason as KnockReasonValue,
  type KnockStatus as KnockStatusValue,
} from '../src/rules/knock-request.ts';
import { builder } from './builder.ts';
import { connectionOf, pageArgs } from './connection.ts';
import { ConnectionState, enumOf } from './enum.ts';
import { ask } from './guard.ts';
import { idField, Node } from './node.ts';
import { Actor, KnockRequest } from './refs.ts';
import { resultOf } from './result.ts';

export const KnockStatus = enumOf<KnockStatusValue>(
  'KnockStatus',
  'Where a knock stands. PENDING moves to one of the others exactly once; ADMITTED may still become EXPIRED.',
  {
    PENDING: 'Waits for an answer.',
    ADMITTED: 'Was let in: `joinRoom` with the knock token, until `exp`.',
    DENIED: 'An owner, an admin or the backend said no.',
    CANCELLED: 'The knocker took it back, or went away.',
    EXPIRED: 'Ran out unanswered, or its admission has ended; `reason` says which.',
  },
);

export const KnockReason = enumOf<KnockReasonValue>(
  'KnockReason',
  'Why a knock has the status it has, beyond the status itself.',
  {
    DECIDED: 'An owner, an admin or the backend decided.',
    WITHDRAWN: 'The knocker took it back.',
    KNOCKER_LEFT: 'The knocker went away: no connection and no heartbeat for 5 minutes.',
    TIMED_OUT: "Nobody answered in the room's knockTimeoutSeconds, or the admission's time is over.",
    ROOM_OPENED: 'The room went public, and everybody who waited was let in.',
    ROOM_CLOSED: 'The room expired or was deleted.',
    KNOCKING_DISABLED: 'Knocking was switched off.',
    RECALLED: 'An admission was taken back, or its holder ejected.',
  },
);

KnockRequest.implement({
  description:
    'Somebody asks to come in. Owners, admins of participants and the backend (ADMISSION) see the whole; the knocker sees its own, without who decided.',
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'KnockRequest', ({ knock }) => knock.id),
    roomName: t.exposeString('roomName', { description: 'The room it asks to enter.' }),
    userName: t.string({
      description:
        'The name that the knocker gave. Unless `verified`, anybody could have typed it. Show it as text, never as markup.',
      resolve: ({ knock }) => knock.userName,
    }),
    userId: t.string({
      nullable: true,
      description: 'The userId that a meeting token vouches for; null without one.',
      resolve: ({ knock }) => knock.userId,
    }),
    verified: t.boolean({
      description: 'True: a meeting token vouches for name and userId. False: anybody could have typed the name.',
      resolve: ({ knock }) => knock.verified,
    }),
    message: t.string({
      description: 'What the knocker wrote to the owners; empty when none was left. Show it as text, never as markup.',
      resolve: ({ knock }) => knock.message ?? '',
    }),
    status: t.field({ type: KnockStatus, description: 'Where it stands.', resolve: ({ knock }) => knock.status }),
    reason: t.field({
      type: KnockReason,
      nullable: true,
      description: 'Why it stands there; null while PENDING.',
      resolve: ({ knock }) => decisionOn(knock)?.reason ?? null,
    }),
    connection: t.field({
      type: ConnectionState,
      description:
        'Is the knocker there at this moment? After 30 seconds without subscription or heartbeat RECONNECTING, after 5 minutes CANCELLED.',
      resolve: ({ knock }) => ('connection' in knock ? knock.connection : 'LEFT'),
    }),
  }),
});

builder.objectFields(KnockRequest, (t) => ({
  position: t.int({
    nullable: true,
    description:
      'For the knocker itself while PENDING: place in the queue from 1, brought up to date at most every 2 seconds. Null to others, who have the order.',
    resolve: (view, _args, context) =>
      view.knock.status === 'PENDING'
        ? ask(context, {}, () => context.services.knocks.position(context.caller, view))
        : null,
  }),
  sameNetwork: t.int({
    nullable: true,
    description:
      'To owners, admins and the backend: how many others wait without a meeting token who came from the same network, so that `banNetwork` surprises nobody. Null to the knocker.',
    resolve: (view, _args, context) =>
      ask(context, {}, () => context.services.knocks.sameNetwork(context.caller, view)),
  }),
  ownerPresent: t.exposeBoolean('ownerPresent', {
    description: 'Is somebody in the room who can answer? If not, the knock waits for one to come.',
  }),
  reply: t.string({
    nullable: true,
    description:
      'What an owner wrote back, while waiting or with the decision; null: nothing. Show it as text, never as markup.',
    resolve: ({ knock }) => knock.reply,
  }),
  lobbyMessage: t.exposeString('lobbyMessage', {
    nullable: true,
    description: "The room's message to everyone who waits; null: none.",
  }),
  requestedAt: t.field({
    type: 'DateTime',
    description: 'Since when it waits. Knocking again while PENDING does not change it.',
    resolve: ({ knock }) => knock.requestedAt,
  }),
  decidedAt: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'When it left PENDING; null until then.',
    resolve: ({ knock }) => decisionOn(knock)?.at ?? null,
  }),
}));

builder.objectFields(KnockRequest, (t) => ({
  decidedBy: t.field({
    type: Actor,
    nullable: true,
    description: 'Who decided. To owners, admins and the backend only: always null to the knocker.',
    resolve: (view, _args, { caller }) =>
      maySeeWhoDecided(caller, view) ? showActor(decisionOn(view.knock)?.by ?? null, 'SEES_ALL') : null,
  }),
  exp: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'While PENDING: when it expires. While ADMITTED: how long it lets in, 4 hours at most.',
    resolve: ({ knock }) => endOf(knock),
  }),
  knockAgainAt: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'After DENIED: when this person may knock again; null: never, or nothing stands in the way.',
    resolve: ({ knock }) => (knock.status === 'DENIED' ? knock.knockAgainAt : null),
  }),
}));

/** Until when a wait lasts, or an admission. */
function endOf(knock: Knock): Date | null {
  if (knock.status === 'PENDING') return knock.exp;
  return knock.status === 'ADMITTED' ? knock.letsInUntil : null;
}

/** Those who wait learn nothing of the meeting, also where a knock is answered to one without credential or with that of another room. */
function maySeeWhoDecided(caller: Caller, { knock, isOwn }: KnockView): boolean {
  if (isOwn) return false;
  return caller.kind === 'BACKEND' || (caller.kind === 'PARTICIPANT' && caller.roomId === knock.roomId);
}

export const KnockRequestConnection = connectionOf('KnockRequest', KnockRequest, {
  description: 'Knocks, oldest first.',
  counted: true,
});

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
