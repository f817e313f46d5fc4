import type { EntryStep as EntryStepShape } from '../src/rules/entry.ts';
import type { AccessView, JoinedView, MustKnockView } from '../src/services/services.ts';
import { builder } from './builder.ts';
import { enumOf } from './enum.ts';
import { ask } from './guard.ts';
import { KnockRequest, Participant, Room } from './refs.ts';
import { EntryRefused } from './refusals.ts';
import { resultOf } from './result.ts';

const AccessLevel = enumOf<AccessView['level']>('AccessLevel', 'May this caller come in, and how?', {
  NONE: 'Not at all; `refusal` says why.',
  LOBBY: 'By knocking: call `knock`, and wait to be admitted.',
  FULL: 'At once: call `joinRoom`.',
});

const Access = builder.objectRef<AccessView>('Access').implement({
  description: 'Which door to show: a Join button, a form to knock, or why neither.',
  fields: (t) => ({
    level: t.expose('level', { type: AccessLevel, description: 'Which door.' }),
    refusal: t.expose('refusal', {
      type: EntryRefused,
      nullable: true,
      description: 'With NONE: why. Null with the others.',
    }),
    ownerPresent: t.exposeBoolean('ownerPresent', {
      description: 'Is somebody in the room who can answer a knock? Always false with NONE.',
    }),
    lobbyMessage: t.exposeString('lobbyMessage', {
      nullable: true,
      description: "The room's message to everyone who waits. Always null with NONE.",
    }),
    knockAgainAt: t.expose('knockAgainAt', {
      type: 'DateTime',
      nullable: true,
      description: 'With LOBBY, after a denial: when this caller may knock (again). Null: now.',
    }),
    now: t.field({
      type: 'DateTime',
      description: "The service's clock, for pages that show times: never judge an instant by the device's own clock.",
      resolve: (_access, _args, { services }) => services.now(),
    }),
    lang: t.exposeString('lang', {
      nullable: true,
      description:
        "Language tag to speak to this person in: the token's, else the room's, else the domain's. Always null with NONE.",
    }),
  }),
});

const EntryStep = builder.objectRef<EntryStepShape>('EntryStep').implement({
  description: 'One rule that was looked at.',
  fields: (t) => ({
    rule: t.exposeString('rule', { description: 'Name of the rule.' }),
    passed: t.exposeBoolean('passed', { description: 'False: this rule refused, and no rule after it was asked.' }),
    detail: t.exposeString('detail', { description: 'What it saw, in a sentence for people. Do not parse it.' }),
  }),
});

interface ExplanationShape {
  readonly access: AccessView;
  readonly steps: readonly EntryStepShape[];
}

const EntryExplanation = builder.objectRef<ExplanationShape>('EntryExplanation').implement({
  description:
    "Each rule that was looked at, in order, and what it said. For the domain's backend, to answer 'why could they not get in?'.",
  fields: (t) => ({
    access: t.expose('access', { type: Access, description: 'What came out of it.' }),
    steps: t.expose('steps', {
      type: [EntryStep],
      description: 'The rules in the order in which they were asked; the last one spoke.',
    }),
  }),
});

builder.queryFields((t) => ({
  access: t.field({
    type: Access,
    nullable: true,
    description:
      'May I come in? Anybody may ask; nothing is changed, and no use of a token is taken. A missing room and a closed one look the same. Too many questions from one place: a RATE_LIMITED error. Not over GET together with a token.',
    args: {
      roomName: t.arg.string({ required: true, description: 'Name of the room.' }),
      domain: t.arg.string({
        description:
          'Name of the domain. Needed only by a caller without credential on a service with several domains.',
      }),
      token: t.arg.string({
        description: 'The meeting token that would be used: what stands behind `?t=` in the URL. Empty: none.',
      }),
    },
    resolve: (_root, args, context) =>
      ask(context, args, () => context.services.entry.access(context.caller, context.client, args)),
  }),
  explainEntry: t.field({
    type: EntryExplanation,
    nullable: true,
    description:
      'Why may somebody come in, or not? The same rules in the same order as `joinRoom`, each with what it saw. Backend only (any scope). Not over GET together with a token.',
    args: {
      roomName: t.arg.string({ required: true, description: 'Name of the room; it need not exist.' }),
      token: t.arg.string({ description: 'The meeting token that they had. Left out: as a guest.' }),
      at: t.arg({
        type: 'DateTime',
        description: 'As if it were this moment, with the room as it stands now. Left out: now.',
      }),
    },
    resolve: (_root, args, context) => ask(context, args, () => context.services.entry.explain(context.caller, args)),
  }),
}));

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
