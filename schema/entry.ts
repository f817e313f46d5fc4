import type { EntryStep as EntryStepShape } from '../src/rules/entry.ts';
import { isRefusal } from '../src/rules/refusal.ts';
import type { AccessView } from '../src/services/entry/access.ts';
import type { JoinedView, MustKnockView } from '../src/services/entry/join.ts';
import { builder } from './builder.ts';
import { enumOf } from './enum.ts';
import { ask, resultOf } from './guard.ts';
import { MediaAccess } from './media-access.ts';
import { KnockRequest, Participant, Room } from './refs.ts';
import { EntryRefused } from './refusals.ts';

const AccessLevel = enumOf<AccessView['level']>('AccessLevel', 'Whether and how this caller can enter the room.', {
  NONE: 'The caller cannot enter; `refusal` says why.',
  LOBBY: 'The caller must knock: call `knock`, and wait to be admitted.',
  FULL: 'The caller can enter at once: call `joinRoom`.',
});

const Access = builder.objectRef<AccessView>('Access').implement({
  description: 'What to show the caller: a Join button, a form to knock, or the reason why neither is possible.',
  fields: (t) => ({
    level: t.expose('level', { type: AccessLevel, description: 'Whether and how the caller can enter.' }),
    refusal: t.expose('refusal', {
      type: EntryRefused,
      nullable: true,
      description: 'The reason for NONE. Null with other levels.',
    }),
    ownerPresent: t.exposeBoolean('ownerPresent', {
      description: 'True: somebody who can answer a knock is in the room. Always false with NONE.',
    }),
    lobbyMessage: t.exposeString('lobbyMessage', {
      nullable: true,
      description: "The room's message to everyone who waits. Null: there is none. Always null with NONE.",
    }),
    roomTitle: t.exposeString('roomTitle', {
      nullable: true,
      description: "The room's title, for the page's heading. Null: it has none. Always null with NONE.",
    }),
    startAudioOff: t.exposeBoolean('startAudioOff', {
      description:
        "True: this person's microphone is off when they come in: from the token, else from the room. Always false with NONE.",
    }),
    startVideoOff: t.exposeBoolean('startVideoOff', {
      description:
        "True: this person's camera is off when they come in: from the token, else from the room. Always false with NONE.",
    }),
    knockAgainAt: t.expose('knockAgainAt', {
      type: 'DateTime',
      nullable: true,
      description: 'With LOBBY: when this caller can knock. Set after a denial. Null: now.',
    }),
    now: t.field({
      type: 'DateTime',
      description:
        'The current time of the service. Compare times with this, because the clock of the device can be wrong.',
      resolve: (_access, _args, { services }) => services.now(),
    }),
    lang: t.exposeString('lang', {
      nullable: true,
      description:
        'The language tag for this person: from the token, else from the room, else from the domain. Always null with NONE.',
    }),
  }),
});

const EntryStep = builder.objectRef<EntryStepShape>('EntryStep').implement({
  description: 'One rule that the service checked.',
  fields: (t) => ({
    rule: t.exposeString('rule', { description: 'Name of the rule.' }),
    passed: t.exposeBoolean('passed', {
      description: 'False: this rule refused the entry, and the service checked no further rule.',
    }),
    detail: t.exposeString('detail', {
      description: 'What the rule found, as a sentence for people. Do not parse it.',
    }),
  }),
});

interface ExplanationShape {
  readonly access: AccessView;
  readonly steps: readonly EntryStepShape[];
}

const EntryExplanation = builder.objectRef<ExplanationShape>('EntryExplanation').implement({
  description:
    "Each rule that the service checked, in order, with its result. It answers the question why somebody could not get in. For the domain's backend.",
  fields: (t) => ({
    access: t.expose('access', { type: Access, description: 'The result of the rules.' }),
    steps: t.expose('steps', {
      type: [EntryStep],
      description: 'The rules in the order in which they were checked. The last one decided.',
    }),
  }),
});

builder.queryFields((t) => ({
  access: t.field({
    type: Access,
    nullable: true,
    description:
      'Says whether and how the caller can enter a room. Anybody may ask. The query changes nothing and uses no token up. A room that does not exist and a room that is closed to the caller look the same. Too many requests from one address get a RATE_LIMITED error. With a token, GET is not allowed.',
    args: {
      roomName: t.arg.string({ required: true, description: 'Name of the room.' }),
      domain: t.arg.string({
        description:
          'Name of the domain. Only callers without a credential need it, and only if the service has several domains.',
      }),
      token: t.arg.string({
        description: 'The meeting token to join with: the text after `?t=` in the URL. Empty text counts as none.',
      }),
    },
    resolve: (_root, args, context) =>
      ask(context, args, () => context.services.entry.access(context.caller, context.client, args)),
  }),
  explainEntry: t.field({
    type: EntryExplanation,
    nullable: true,
    description:
      'Explains why somebody can or cannot enter a room. It checks the same rules in the same order as `joinRoom`, and says what each rule found. Backend only (any scope). With a token, GET is not allowed.',
    args: {
      roomName: t.arg.string({ required: true, description: 'Name of the room. The room does not have to exist.' }),
      token: t.arg.string({ description: 'The meeting token of that person. If left out, they are a guest.' }),
      at: t.arg({
        type: 'DateTime',
        description: 'Check the rules as if this were the current time, with the room as it is now. Default: now.',
      }),
    },
    resolve: (_root, args, context) => ask(context, args, () => context.services.entry.explain(context.caller, args)),
  }),
}));

const JoinRoomInput = builder.inputType('JoinRoomInput', {
  description: 'The room to join, and the credentials to join with.',
  fields: (t) => ({
    roomName: t.string({ required: true, description: 'Name of the room.' }),
    domain: t.string({
      description:
        'Name of the domain. Only callers without a credential need it, and only if the service has several domains.',
    }),
    token: t.string({
      description:
        'A meeting token: the text after `?t=` in the URL. Empty text counts as none. Cannot be combined with knockToken. If the bearer credential was already admitted, the token must belong to the same person and must not have `knocking`, otherwise the answer is INVALID_INPUT.',
    }),
    knockToken: t.string({
      description:
        'The knock token from `knock`, after the knock was admitted. You can send it as the bearer credential instead.',
    }),
    userName: t.string({
      description:
        'The name to show to others, at most 128 characters. A name in the token, or the name that was admitted, takes precedence.',
    }),
    idempotencyKey: t.string({
      description:
        'Makes retries safe: a retry with the same key and the same token or knock token returns the first session, and uses nothing up again. With another token it is refused. At least 22 random characters; use a new key for each room. The service stores only a hash.',
    }),
    hidden: t.boolean({
      description:
        'True: join as an owner without being shown or counted, for example for an owner console. Owners only. Default: false.',
    }),
  }),
});

const Joined = builder.objectRef<JoinedView>('Joined').implement({
  description:
    'The caller has joined. To keep the place, open a subscription (`roomEvents`) with the session token, or call `heartbeat`.',
  fields: (t) => ({
    participant: t.expose('participant', { type: Participant, description: 'The caller, as others now see them.' }),
    room: t.expose('room', {
      type: Room,
      description: 'The room. Follow `roomEvents` from its `cursor` to miss no event.',
    }),
    sessionToken: t.exposeString('sessionToken', {
      description:
        'The bearer credential of this participant for queries, mutations and subscriptions. Keep it in this browser tab only.',
    }),
    mediaGrant: t.exposeString('mediaGrant', {
      description:
        "A signed JWT for a media server. It says who was admitted, with which permissions, and is valid for at most 2 minutes. The media server verifies it with the service's JWKS.",
    }),
    media: t.expose('media', {
      type: MediaAccess,
      nullable: true,
      description:
        'How to connect to the media server of the domain, for the next 60 seconds. Null: none is connected, or, with JITSI, this participant must not be seen.',
    }),
    meetingUrl: t.exposeString('meetingUrl', {
      nullable: true,
      description:
        'Where this meeting takes place, with {domain}, {room} and {participant} filled in for this participant. Where it contains `{credentials}`, put `session=…&grant=…&media=…` there, percent-encoded: the sessionToken, the mediaGrant, and `media` as base64url of its JSON; leave out what is null. Null: the meeting is on the page of the service, or wherever the client is.',
    }),
  }),
});

const MustKnock = builder.objectRef<MustKnockView>('MustKnock').implement({
  description: 'The caller must knock first: call `knock`, and join with the knock token after the knock was admitted.',
  fields: (t) => ({
    roomName: t.exposeString('roomName', { description: 'Name of the room.' }),
    ownerPresent: t.exposeBoolean('ownerPresent', {
      description: 'True: somebody who can answer a knock is in the room.',
    }),
    lobbyMessage: t.exposeString('lobbyMessage', {
      nullable: true,
      description: "The room's message to everyone who waits. Null: there is none.",
    }),
  }),
});

const JoinRoomResult = resultOf('JoinRoomResult', {
  description: 'Joined; MustKnock, if the caller must knock first; or the refusal.',
  success: [Joined, MustKnock],
  refusals: ['EntryRefused', 'InvalidInput', 'RateLimited'],
  tell: (value) => (value.kind === 'Joined' ? Joined : MustKnock),
});

const LeaveRoomResult = resultOf('LeaveRoomResult', {
  description: 'The participant who left, or the refusal.',
  success: [Participant],
  refusals: ['Forbidden'],
});

const HeartbeatResult = resultOf('HeartbeatResult', {
  description: 'The participant or the knock whose place is kept, or the refusal.',
  success: [Participant, KnockRequest],
  refusals: ['Forbidden'],
  tell: (value) => ('knock' in value ? KnockRequest : Participant),
});

builder.mutationFields((t) => ({
  joinRoom: t.field({
    type: JoinRoomResult.type,
    description:
      'Joins a room. A public room needs no credential; a private room needs a meeting token or an admitted knock. With a session token of this room as the bearer credential, the session resumes: the participant stays the same, no token use is counted, and the answer has a new session token and a new grant.',
    args: {
      input: t.arg({ type: JoinRoomInput, required: true, description: 'The room, and the credentials to join with.' }),
    },
    resolve: (_root, args, context) =>
      JoinRoomResult.answer(context, args, () =>
        context.services.entry.join(context.caller, context.client, args.input),
      ),
  }),
  leaveRoom: t.field({
    type: LeaveRoomResult.type,
    description: 'Leaves the room. Bearer: the session token, which afterwards only works for `viewer`.',
    resolve: (_root, args, context) =>
      LeaveRoomResult.answer(context, args, () => context.services.entry.leave(context.caller)),
  }),
  heartbeat: t.field({
    type: HeartbeatResult.type,
    description:
      'Keeps the place of a participant or a knocker who has no open subscription. Call it every 15 seconds. Bearer: the session token or the knock token.',
    resolve: (_root, args, context) =>
      HeartbeatResult.answer(context, args, async () => {
        const beat = await context.services.entry.heartbeat(context.caller);
        return isRefusal(beat) ? beat : beat.view;
      }),
  }),
}));
