import type { KnockView } from '../src/room/views.ts';
import { decodeId, decodeIds } from '../src/rules/ids.ts';
import { builder } from './builder.ts';
import { resultOf } from './guard.ts';
import { KnockRequest } from './refs.ts';

const reply = 'A message to the knocker, at most 500 characters. If left out, an earlier reply stays.';

const KnockDecisionInput = builder.inputType('KnockDecisionInput', {
  description: 'The knock to decide.',
  fields: (t) => ({
    knockId: t.id({ required: true, description: '`id` of the KnockRequest.' }),
    reply: t.string({ description: reply }),
  }),
});

const DenyKnockInput = builder.inputType('DenyKnockInput', {
  description: 'The knock to deny.',
  fields: (t) => ({
    knockId: t.id({ required: true, description: '`id` of the KnockRequest.' }),
    reply: t.string({ description: reply }),
    ban: t.boolean({
      description: 'True: also ban this person, who then cannot knock or join again until `liftBan`. Default: false.',
    }),
    banNetwork: t.boolean({
      description:
        'With `ban: true`: the ban also applies to everyone from the same network who has no valid meeting token, see `Ban.network`. Their pending knocks are denied too (`KnockRequest.sameNetwork` says how many), and their unused admissions are recalled. Default: false; an unverified person can then come back under another name.',
    }),
  }),
});

const RecallAdmissionInput = builder.inputType('RecallAdmissionInput', {
  description: 'The admission to recall.',
  fields: (t) => ({
    knockId: t.id({ required: true, description: '`id` of the admitted KnockRequest.' }),
    reply: t.string({ description: reply }),
  }),
});

const DecideKnocksInput = builder.inputType('DecideKnocksInput', {
  description:
    'The knocks of a room to decide at once: those that the owner has seen. Send either knockIds or requestedBefore.',
  fields: (t) => ({
    roomName: t.string({ required: true, description: 'Name of the room.' }),
    knockIds: t.idList({
      description: 'Decide exactly these knocks: at most 1000. Cannot be combined with requestedBefore.',
    }),
    requestedBefore: t.field({
      type: 'DateTime',
      description:
        'Decide all PENDING knocks that were made up to this time. Send the time of the list that the owner saw, so that later knocks stay PENDING. Cannot be combined with knockIds.',
    }),
    reply: t.string({ description: reply }),
  }),
});

const ReplyToKnockInput = builder.inputType('ReplyToKnockInput', {
  description: 'The reply, and the knock that it is for.',
  fields: (t) => ({
    knockId: t.id({ required: true, description: '`id` of the KnockRequest.' }),
    reply: t.string({
      required: true,
      description: 'At most 500 characters. The knocker sees it at once. It replaces an earlier reply.',
    }),
  }),
});

const KnocksDecided = builder.objectRef<{ readonly knocks: readonly KnockView[] }>('KnocksDecided').implement({
  description: 'Several knocks were decided at once.',
  fields: (t) => ({
    knockRequests: t.expose('knocks', {
      type: [KnockRequest],
      description:
        'The knocks that this call decided, oldest first. Knocks that somebody else decided first are not included.',
    }),
  }),
});

const AdmitKnockResult = resultOf('AdmitKnockResult', {
  description: 'The knock that this call admitted, or the refusal.',
  success: [KnockRequest],
  refusals: ['KnockAlreadyDecided', 'Forbidden', 'NotFound', 'InvalidInput'],
});
const DenyKnockResult = resultOf('DenyKnockResult', {
  description: 'The knock that this call denied, or the refusal.',
  success: [KnockRequest],
  refusals: ['KnockAlreadyDecided', 'Forbidden', 'NotFound', 'InvalidInput'],
});
const AdmitKnocksResult = resultOf('AdmitKnocksResult', {
  description: 'The knocks that this call admitted, or the refusal.',
  success: [KnocksDecided],
  refusals: ['Forbidden', 'NotFound', 'InvalidInput'],
});
const DenyKnocksResult = resultOf('DenyKnocksResult', {
  description: 'The knocks that this call denied, or the refusal.',
  success: [KnocksDecided],
  refusals: ['Forbidden', 'NotFound', 'InvalidInput'],
});
const RecallAdmissionResult = resultOf('RecallAdmissionResult', {
  description:
    'The knock, now EXPIRED with reason RECALLED, or the refusal. Conflict: the knock is not ADMITTED, or the person is in the room now (use `ejectParticipants` instead).',
  success: [KnockRequest],
  refusals: ['Forbidden', 'NotFound', 'Conflict', 'InvalidInput'],
});
const ReplyToKnockResult = resultOf('ReplyToKnockResult', {
  description: 'The knock with its reply, or the refusal.',
  success: [KnockRequest],
  refusals: ['KnockAlreadyDecided', 'Forbidden', 'NotFound', 'InvalidInput'],
});

const whoMay = 'Owners and admins of participants in the room, or the backend (scope ADMISSION).';

builder.mutationFields((t) => ({
  admitKnock: t.field({
    type: AdmitKnockResult.type,
    description: `Admits a knocker. The knock token now lets them join the room, for at most 4 hours. A knock is decided exactly once; a second decision gets KnockAlreadyDecided. ${whoMay}`,
    args: {
      input: t.arg({
        type: KnockDecisionInput,
        required: true,
        description: 'The knock, and a message to the knocker.',
      }),
    },
    resolve: (_root, args, context) =>
      AdmitKnockResult.answer(context, args, () =>
        context.services.knocks.admit(context.caller, {
          ...args.input,
          knockId: decodeId('KnockRequest', args.input.knockId),
        }),
      ),
  }),
  denyKnock: t.field({
    type: DenyKnockResult.type,
    description: `Denies a knock. The knocker can knock again after the room's knockCooldownSeconds, or never if \`ban\` is true. ${whoMay}`,
    args: {
      input: t.arg({
        type: DenyKnockInput,
        required: true,
        description: 'The knock, a message to the knocker, and whether to ban them.',
      }),
    },
    resolve: (_root, args, context) =>
      DenyKnockResult.answer(context, args, () =>
        context.services.knocks.deny(context.caller, {
          ...args.input,
          knockId: decodeId('KnockRequest', args.input.knockId),
        }),
      ),
  }),
}));

builder.mutationFields((t) => ({
  admitKnocks: t.field({
    type: AdmitKnocksResult.type,
    description: `Admits all knocks that the owner has seen. Knocks that somebody else decided first stay as they are. ${whoMay}`,
    args: {
      input: t.arg({ type: DecideKnocksInput, required: true, description: 'The room, and its knocks to decide.' }),
    },
    resolve: (_root, args, context) =>
      AdmitKnocksResult.answer(context, args, () =>
        context.services.knocks.admitMany(context.caller, {
          ...args.input,
          knockIds: decodeIds('KnockRequest', args.input.knockIds),
        }),
      ),
  }),
  denyKnocks: t.field({
    type: DenyKnocksResult.type,
    description: `Denies all knocks that the owner has seen. Knocks that somebody else decided first stay as they are. ${whoMay}`,
    args: {
      input: t.arg({ type: DecideKnocksInput, required: true, description: 'The room, and its knocks to decide.' }),
    },
    resolve: (_root, args, context) =>
      DenyKnocksResult.answer(context, args, () =>
        context.services.knocks.denyMany(context.caller, {
          ...args.input,
          knockIds: decodeIds('KnockRequest', args.input.knockIds),
        }),
      ),
  }),
  replyToKnock: t.field({
    type: ReplyToKnockResult.type,
    description: `Replies to somebody who is waiting, without deciding the knock. ${whoMay}`,
    args: { input: t.arg({ type: ReplyToKnockInput, required: true, description: 'The knock, and the reply.' }) },
    resolve: (_root, args, context) =>
      ReplyToKnockResult.answer(context, args, () =>
        context.services.knocks.reply(context.caller, {
          ...args.input,
          knockId: decodeId('KnockRequest', args.input.knockId),
        }),
      ),
  }),
}));

builder.mutationField('recallAdmission', (t) =>
  t.field({
    type: RecallAdmissionResult.type,
    description: `Undoes admitKnock: recalls an admission, whether it was used or not. If the person is in the room now, the answer is Conflict; use \`ejectParticipants\` instead. The knocker is told, and can knock again at once. Repeating the call has no further effect. ${whoMay}`,
    args: {
      input: t.arg({
        type: RecallAdmissionInput,
        required: true,
        description: 'The admission, and a message to the knocker.',
      }),
    },
    resolve: (_root, args, context) =>
      RecallAdmissionResult.answer(context, args, () =>
        context.services.knocks.recall(context.caller, {
          ...args.input,
          knockId: decodeId('KnockRequest', args.input.knockId),
        }),
      ),
  }),
);
