import type { EntryStep as EntryStepShape } from '../src/rules/entry.ts';
import type { AccessView } from '../src/services/services.ts';
import { builder } from './builder.ts';
import { enumOf } from './enum.ts';
import { ask } from './guard.ts';
import { EntryRefused } from './refusals.ts';

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
