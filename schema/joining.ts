import type { JoinedView, MustKnockView } from '../src/services/services.ts';
import { builder } from './builder.ts';
import { KnockRequest, Participant, Room } from './refs.ts';
import { resultOf } from './result.ts';

const JoinRoomInput = builder.inputType('JoinRoomInput', {
  description: 'Which room to enter, and with what.',
  fields: (t) => ({
    roomName: t.string({ required: true, description: 'Name of the room.' }),
    domain: t.string({
      description: 'Name of the domain. Needed only by a caller without credential on a service with several domains.',
    }),
    token: t.string({
      description:
        'A meeting token: what stood behind `?t=` in the URL. Not together with knockToken. Empty: none. Beside a bearer that was let in already it must be of the same person, and not `knocking`: else INVALID_INPUT.',
    }),
    knockToken: t.string({
      description: 'What `knock` returned, once admitted. The knock token as bearer does the same.',
    }),
    userName: t.string({
      description:
        'The name to be shown to others: at most 128 characters. A name in the token, and the name that was admitted, win.',
    }),
    idempotencyKey: t.string({
      description:
        'A retry with the same key, and the same token or knock token, finds the first session: nothing is used up twice. With another one it is refused. 22 random characters or more; kept only as a hash, good for one room.',
    }),
    hidden: t.boolean({
      description: 'In the room as an owner, but not counted or shown: for an owner console. Owners only.',
    }),
  }),
});

const Joined = builder.objectRef<JoinedView>('Joined').implement({
  description: 'In. Open a subscription (`roomEvents`) with the session token, or call `heartbeat`, to keep the place.',
  fields: (t) => ({
    participant: t.expose('participant', { type: Participant, description: 'Oneself, as others see it from now on.' }),
    room: t.expose('room', { type: Room, description: 'The room; go on from its `cursor` and no event is missed.' }),
    sessionToken: t.exposeString('sessionToken', {
      description:
        'Bearer credential of this participant for queries, mutations and subscriptions. Keep it for this tab only.',
    }),
    mediaGrant: t.exposeString('mediaGrant', {
      description:
        "A short-lived signed statement (JWT, 2 minutes at most) of who was admitted with which permissions, for a media server: verify it with the service's JWKS.",
    }),
  }),
});

const MustKnock = builder.objectRef<MustKnockView>('MustKnock').implement({
  description: 'The room takes knocks: call `knock`, and join with its token once admitted.',
  fields: (t) => ({
    roomName: t.exposeString('roomName', { description: 'Name of the room.' }),
    ownerPresent: t.exposeBoolean('ownerPresent', { description: 'Is somebody in the room who can answer?' }),
    lobbyMessage: t.exposeString('lobbyMessage', {
      nullable: true,
      description: "The room's message to everyone who waits; null: none.",
    }),
  }),
});

const JoinRoomResult = resultOf('JoinRoomResult', {
  description: 'In, to knock first, or why not.',
  success: [Joined, MustKnock],
  refusals: ['EntryRefused', 'InvalidInput', 'RateLimited'],
  tell: (value) => (value.kind === 'Joined' ? Joined : MustKnock),
});

const LeaveRoomResult = resultOf('LeaveRoomResult', {
  description: 'The participant who left, or why nobody did.',
  success: [Participant],
  refusals: ['Forbidden'],
});

const HeartbeatResult = resultOf('HeartbeatResult', {
  description: 'Whose place is kept (a participant, or somebody who waits), or why none is.',
  success: [Participant, KnockRequest],
  refusals: ['Forbidden'],
  tell: (value) => ('knock' in value ? KnockRequest : Participant),
});

builder.mutationFields((t) => ({
  joinRoom: t.field({
    type: JoinRoomResult.type,
    description:
      'Enters a room. Anybody may try: into a public room without anything, else with a meeting token or an admitted knock. With the session token of this room as bearer it resumes: the same participant, no new use of a token, a new session token, a fresh grant.',
    args: { input: t.arg({ type: JoinRoomInput, required: true, description: 'Which room, and with what.' }) },
    resolve: (_root, args, context) =>
      JoinRoomResult.answer(context, args, () =>
        context.services.entry.join(context.caller, context.client, args.input),
      ),
  }),
  leaveRoom: t.field({
    type: LeaveRoomResult.type,
    description: 'Leaves the room. Bearer: the session token, which then only answers `viewer`.',
    resolve: (_root, args, context) =>
      LeaveRoomResult.answer(context, args, () => context.services.entry.leave(context.caller)),
  }),
  heartbeat: t.field({
    type: HeartbeatResult.type,
    description:
      'Keeps the place of a participant, or of somebody who waits, that holds no subscription open: call it every 15 seconds. Bearer: the session token or the knock token.',
    resolve: (_root, args, context) =>
      HeartbeatResult.answer(context, args, async () => {
        const beat = await context.services.entry.heartbeat(context.caller);
        return 'kind' in beat ? beat.view : beat;
      }),
  }),
}));
