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
import { ask, resultOf } from './guard.ts';
import { idField } from './ids.ts';
import { Node } from './node.ts';
import { Actor, KnockRequest } from './refs.ts';

export const KnockStatus = enumOf<KnockStatusValue>(
  'KnockStatus',
  'The status of a knock. PENDING changes to one of the others exactly once. ADMITTED can still become EXPIRED.',
  {
    PENDING: 'The knock is waiting for an answer.',
    ADMITTED: 'The knock was admitted: call `joinRoom` with the knock token before `exp`.',
    DENIED: 'An owner, an admin or the backend denied the knock.',
    CANCELLED: 'The knocker withdrew the knock, or left.',
    EXPIRED: 'Nobody answered in time, or the admission has ended; `reason` says which.',
  },
);

export const KnockReason = enumOf<KnockReasonValue>('KnockReason', 'Why a knock has its status.', {
  DECIDED: 'An owner, an admin or the backend decided the knock.',
  WITHDRAWN: 'The knocker withdrew the knock.',
  KNOCKER_LEFT: 'The knocker left: no connection and no heartbeat for 5 minutes.',
  TIMED_OUT: "Nobody answered within the room's knockTimeoutSeconds, or the admission's time is over.",
  ROOM_OPENED: 'The room became public, so everybody who waited was admitted.',
  ROOM_CLOSED: 'The room expired or was deleted.',
  KNOCKING_DISABLED: 'Knocking was switched off.',
  RECALLED: 'The admission was recalled, or its holder was ejected.',
});

KnockRequest.implement({
  description:
    'A knock: somebody asks to enter a room. Owners, admins of participants and the backend (ADMISSION) see all of it. The knocker sees their own knock, but not who decided it.',
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'KnockRequest', ({ knock }) => knock.id),
    roomName: t.exposeString('roomName', { description: 'The room that the knocker asks to enter.' }),
    userName: t.string({
      description:
        'The name of the knocker. If `verified` is false, anybody could have typed this name. Show it as text, never as markup.',
      resolve: ({ knock }) => knock.userName,
    }),
    userId: t.string({
      nullable: true,
      description: 'The userId that a meeting token confirms. Null: there is none.',
      resolve: ({ knock }) => knock.userId,
    }),
    verified: t.boolean({
      description: 'True: a meeting token confirms the name and userId. False: anybody could have typed the name.',
      resolve: ({ knock }) => knock.verified,
    }),
    message: t.string({
      description: "The knocker's message to the owners. Empty if there is none. Show it as text, never as markup.",
      resolve: ({ knock }) => knock.message ?? '',
    }),
    status: t.field({
      type: KnockStatus,
      description: 'The status of the knock.',
      resolve: ({ knock }) => knock.status,
    }),
    reason: t.field({
      type: KnockReason,
      nullable: true,
      description: 'The reason for the status. Null while PENDING.',
      resolve: ({ knock }) => decisionOn(knock)?.reason ?? null,
    }),
    connection: t.field({
      type: ConnectionState,
      description:
        'Whether the knocker is connected now. After 30 seconds without a subscription or heartbeat it is RECONNECTING; after 5 minutes the knock is CANCELLED.',
      resolve: ({ knock }) => ('connection' in knock ? knock.connection : 'LEFT'),
    }),
  }),
});

builder.objectFields(KnockRequest, (t) => ({
  position: t.int({
    nullable: true,
    description:
      "The knocker's position in the queue while PENDING, starting at 1. It is updated at most every 2 seconds. Null for other callers, who see the order of the list.",
    resolve: (view, _args, context) =>
      view.knock.status === 'PENDING'
        ? ask(context, {}, () => context.services.knocks.position(context.caller, view))
        : null,
  }),
  sameNetwork: t.int({
    nullable: true,
    description:
      'How many others from the same network are waiting without a meeting token. `banNetwork` would deny them too. Null for the knocker; only owners, admins and the backend see it.',
    resolve: (view, _args, context) =>
      ask(context, {}, () => context.services.knocks.sameNetwork(context.caller, view)),
  }),
  ownerPresent: t.exposeBoolean('ownerPresent', {
    description:
      'True: somebody who can answer the knock is in the room. False: the knock waits until such a person comes.',
  }),
  reply: t.string({
    nullable: true,
    description:
      "An owner's reply to the knocker, before or with the decision. Null: there is none. Show it as text, never as markup.",
    resolve: ({ knock }) => knock.reply,
  }),
  lobbyMessage: t.exposeString('lobbyMessage', {
    nullable: true,
    description: "The room's message to everyone who waits. Null: there is none.",
  }),
  requestedAt: t.field({
    type: 'DateTime',
    description: 'When the knocker knocked. Knocking again while PENDING does not change it.',
    resolve: ({ knock }) => knock.requestedAt,
  }),
  decidedAt: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'When the status changed from PENDING. Null while PENDING.',
    resolve: ({ knock }) => decisionOn(knock)?.at ?? null,
  }),
}));

builder.objectFields(KnockRequest, (t) => ({
  decidedBy: t.field({
    type: Actor,
    nullable: true,
    description: 'Who decided the knock. Only owners, admins and the backend see it; always null for the knocker.',
    resolve: (view, _args, { caller }) =>
      maySeeWhoDecided(caller, view) ? showActor(decisionOn(view.knock)?.by ?? null, 'SEES_ALL') : null,
  }),
  exp: t.field({
    type: 'DateTime',
    nullable: true,
    description:
      'While PENDING: when the knock expires. While ADMITTED: when the admission ends, after at most 4 hours. Neither is after the exp of a meeting token with ejectAtTokenExp.',
    resolve: ({ knock }) => endOf(knock),
  }),
  knockAgainAt: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'When this person can knock again after DENIED. Null: never, or at once.',
    resolve: ({ knock }) => (knock.status === 'DENIED' ? knock.knockAgainAt : null),
  }),
}));

/** Until when a wait lasts, or an admission. */
function endOf(knock: Knock): Date | null {
  if (knock.status === 'PENDING') return knock.exp;
  return knock.status === 'ADMITTED' ? knock.letsInUntil : null;
}

/** People who wait learn nothing about the meeting, even if they knocked without a credential, or with one of another room. */
function maySeeWhoDecided(caller: Caller, { knock, isOwn }: KnockView): boolean {
  if (isOwn) return false;
  return caller.kind === 'BACKEND' || (caller.kind === 'PARTICIPANT' && caller.roomId === knock.roomId);
}

export const KnockRequestConnection = connectionOf('KnockRequest', KnockRequest, {
  description: 'Knocks, oldest first.',
  counted: true,
});

const KnockInput = builder.inputType('KnockInput', {
  description: 'The room to knock at, and who knocks.',
  fields: (t) => ({
    roomName: t.string({ required: true, description: 'Name of the room.' }),
    domain: t.string({
      description:
        'Name of the domain. Only callers without a credential need it, and only if the service has several domains.',
    }),
    userName: t.string({
      required: true,
      description: 'The name to show to the owners: 1 to 128 characters. A name in the token takes precedence.',
    }),
    message: t.string({ description: 'A message to the owners: at most 500 characters, line breaks allowed.' }),
    token: t.string({
      description: 'A meeting token with `knocking: true`, which confirms who knocks. Empty text counts as none.',
    }),
    idempotencyKey: t.string({
      description:
        'Makes retries safe: a retry with the same key and the same token returns the first knock. With another token it is refused. At least 22 random characters; use a new key for each room. The service stores only a hash.',
    }),
  }),
});

const Knocked = builder.objectRef<{ readonly knock: KnockView; readonly knockToken: string }>('Knocked').implement({
  description: 'The knock was recorded. Owners who are in the room see it within a second.',
  fields: (t) => ({
    knockRequest: t.expose('knock', {
      type: KnockRequest,
      description: 'The new knock, or the open knock that this person already had.',
    }),
    knockToken: t.exposeString('knockToken', {
      description:
        'The bearer credential of this knocker. With it, follow the knock (`myKnock`), withdraw it (`cancelKnock`) and, after it was admitted, join the room (`joinRoom`), also again after a page reload. Keep it in this browser tab only.',
    }),
  }),
});

const KnockResult = resultOf('KnockResult', {
  description:
    'The knock, or the refusal. RateLimited: too many knocks from this address, or a knock was denied a moment ago.',
  success: [Knocked],
  refusals: ['EntryRefused', 'InvalidInput', 'RateLimited'],
});

const CancelKnockResult = resultOf('CancelKnockResult', {
  description: 'The withdrawn knock, or the refusal.',
  success: [KnockRequest],
  refusals: ['Forbidden', 'KnockAlreadyDecided'],
});

builder.mutationFields((t) => ({
  knock: t.field({
    type: KnockResult.type,
    description:
      'Asks to enter a room. Anybody may knock; no credential is needed. Knocking again while PENDING (with the knock token as bearer, the same verified userId, or the same idempotencyKey) updates the name and message, and keeps the position in the queue.',
    args: { input: t.arg({ type: KnockInput, required: true, description: 'The room, and who knocks.' }) },
    resolve: (_root, args, context) =>
      KnockResult.answer(context, args, () =>
        context.services.knocks.knock(context.caller, context.client, context.bearer, args.input),
      ),
  }),
  cancelKnock: t.field({
    type: CancelKnockResult.type,
    description:
      'The knocker withdraws their knock. Repeating the call has no further effect. Bearer: the knock token.',
    resolve: (_root, args, context) =>
      CancelKnockResult.answer(context, args, () => context.services.knocks.cancel(context.caller)),
  }),
}));

builder.queryField('knockRequests', (t) =>
  t.field({
    type: KnockRequestConnection,
    nullable: true,
    description:
      'Knocks, oldest first. `status: [PENDING]` gives the waiting list; to follow its changes, use `knockRequested`. Owners and admins see the knocks of their room; the backend (ADMISSION) sees one room or all.',
    args: {
      roomName: t.arg.string({
        description:
          'Only knocks at this room. If left out, participants get the knocks of their own room, and the backend gets those of all rooms.',
      }),
      status: t.arg({
        type: [KnockStatus],
        description:
          'Only knocks with one of these statuses. `[PENDING]` gives the waiting list. If left out, all recorded knocks.',
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
      'The waiting list as a stream. It starts with each knock that is PENDING now or was closed in the last ten minutes, oldest first. Then it sends each new knock, and sends a knock again when it changes (renamed, answered, decided, withdrawn, expired). To show the list, keep the PENDING knocks by id. Owners and admins in the room follow their room; the backend (ADMISSION) follows one room, or all rooms without roomName.',
    args: {
      roomName: t.arg.string({
        description:
          'Name of the room. If left out, participants follow their own room, and the backend follows all rooms.',
      }),
    },
    subscribe: (_root, args, context) =>
      ask(context, args, () => context.services.streams.knockRequested(context.caller, args.roomName ?? null)),
    resolve: (view) => view,
  }),
  myKnock: t.field({
    type: KnockRequest,
    description:
      "The knocker's own knock: first as it is now, then after each change. The stream stays open while ADMITTED, and completes after the final status. While the stream is open, the knocker is CONNECTED. Bearer: the knock token.",
    subscribe: (_root, args, context) => ask(context, args, () => context.services.streams.myKnock(context.caller)),
    resolve: (view) => view,
  }),
}));
