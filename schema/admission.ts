import type { KnockView } from '../src/room/views.ts';
import { decodeId, decodeIds } from '../src/rules/ids.ts';
import { builder } from './builder.ts';
import { KnockRequest } from './refs.ts';
import { resultOf } from './result.ts';

const reply = 'A word to the knocker: at most 500 characters. Left out: what was written before stays.';

const KnockDecisionInput = builder.inputType('KnockDecisionInput', {
  description: 'Which knock to decide.',
  fields: (t) => ({
    knockId: t.id({ required: true, description: '`id` of the KnockRequest.' }),
    reply: t.string({ description: reply }),
  }),
});

const DenyKnockInput = builder.inputType('DenyKnockInput', {
  description: 'Which knock to deny.',
  fields: (t) => ({
    knockId: t.id({ required: true, description: '`id` of the KnockRequest.' }),
    reply: t.string({ description: reply }),
    ban: t.boolean({
      description: 'True: also keep this person from knocking and joining again, until `liftBan`. Left out: not.',
    }),
    banNetwork: t.boolean({
      description:
        'With ban: also whoever comes from the same network without a good meeting token, see `Ban.network`. Those of them who wait are denied as well (`KnockRequest.sameNetwork` tells how many), and admissions that nobody is inside by are taken back. Left out: not, and an unverified person can come back under another name.',
    }),
  }),
});

const RecallAdmissionInput = builder.inputType('RecallAdmissionInput', {
  description: 'Which admission to take back.',
  fields: (t) => ({
    knockId: t.id({ required: true, description: '`id` of the KnockRequest that was admitted.' }),
    reply: t.string({ description: reply }),
  }),
});

const DecideKnocksInput = builder.inputType('DecideKnocksInput', {
  description:
    'Which knocks of a room to decide at once: those that the owner has seen. Give knockIds or requestedBefore.',
  fields: (t) => ({
    roomName: t.string({ required: true, description: 'Name of the room.' }),
    knockIds: t.idList({ description: 'Exactly these; or leave it out and give requestedBefore.' }),
    requestedBefore: t.field({
      type: 'DateTime',
      description:
        'All that are PENDING and had knocked by then: what the owner had seen. Somebody who knocks meanwhile is not decided unseen.',
    }),
    reply: t.string({ description: reply }),
  }),
});

const ReplyToKnockInput = builder.inputType('ReplyToKnockInput', {
  description: 'What to write to whom.',
  fields: (t) => ({
    knockId: t.id({ required: true, description: '`id` of the KnockRequest.' }),
    reply: t.string({
      required: true,
      description: 'Shown to the knocker at once, in place of an earlier reply: at most 500 characters.',
    }),
  }),
});

const KnocksDecided = builder.objectRef<{ readonly knocks: readonly KnockView[] }>('KnocksDecided').implement({
  description: 'Several knocks were decided at once.',
  fields: (t) => ({
    knockRequests: t.expose('knocks', {
      type: [KnockRequest],
      description: 'Decided by this call, oldest first. A knock that somebody decided first is not among them.',
    }),
  }),
});

const AdmitKnockResult = resultOf('AdmitKnockResult', {
  description: 'The knock, ADMITTED by this call, or why it was not.',
  success: [KnockRequest],
  refusals: ['KnockAlreadyDecided', 'Forbidden', 'NotFound', 'InvalidInput'],
});
const DenyKnockResult = resultOf('DenyKnockResult', {
  description: 'The knock, DENIED by this call, or why it was not.',
  success: [KnockRequest],
  refusals: ['KnockAlreadyDecided', 'Forbidden', 'NotFound', 'InvalidInput'],
});
const AdmitKnocksResult = resultOf('AdmitKnocksResult', {
  description: 'The knocks that this call admitted, or why it did nothing.',
  success: [KnocksDecided],
  refusals: ['Forbidden', 'NotFound', 'InvalidInput'],
});
const DenyKnocksResult = resultOf('DenyKnocksResult', {
  description: 'The knocks that this call denied, or why it did nothing.',
  success: [KnocksDecided],
  refusals: ['Forbidden', 'NotFound', 'InvalidInput'],
});
const RecallAdmissionResult = resultOf('RecallAdmissionResult', {
  description:
    'The knock, EXPIRED with reason RECALLED, or why its admission stays. Conflict: it is not ADMITTED, or whoever was admitted is inside now; eject them then.',
  success: [KnockRequest],
  refusals: ['Forbidden', 'NotFound', 'Conflict', 'InvalidInput'],
});
const ReplyToKnockResult = resultOf('ReplyToKnockResult', {
  description: 'The knock with its reply, or why none was written.',
  success: [KnockRequest],
  refusals: ['KnockAlreadyDecided', 'Forbidden', 'NotFound', 'InvalidInput'],
});

const whoMay = 'Owners and admins of participants in the room, or the backend (scope ADMISSION).';

builder.mutationFields((t) => ({
  admitKnock: t.field({
    type: AdmitKnockResult.type,
    description: `Lets one in who knocked: from now on its knock token opens the room, for 4 hours at most. A knock is decided exactly once; who comes second gets KnockAlreadyDecided. ${whoMay}`,
    args: {
      input: t.arg({
        type: KnockDecisionInput,
        required: true,
        description: 'Which knock, and a word to the knocker.',
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
    description: `Says no to one who knocked; they may knock again after the room's knockCooldownSeconds, or with \`ban\` never. ${whoMay}`,
    args: {
      input: t.arg({
        type: DenyKnockInput,
        required: true,
        description: 'Which knock, a word to the knocker, and whether to ban.',
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
    description: `Lets in all whom the owner has seen. What somebody decided first stays as it is. ${whoMay}`,
    args: { input: t.arg({ type: DecideKnocksInput, required: true, description: 'Which knocks of which room.' }) },
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
    description: `Says no to all whom the owner has seen. What somebody decided first stays as it is. ${whoMay}`,
    args: { input: t.arg({ type: DecideKnocksInput, required: true, description: 'Which knocks of which room.' }) },
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
    description: `Writes back to one who waits, without deciding. ${whoMay}`,
    args: { input: t.arg({ type: ReplyToKnockInput, required: true, description: 'Which knock, and what to write.' }) },
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
    description: `Takes an admission back, used or not, unless its holder is inside now (Conflict: eject then): the undo of admitKnock. The knocker is told, and may ask again at once. Twice is the same as once. ${whoMay}`,
    args: {
      input: t.arg({
        type: RecallAdmissionInput,
        required: true,
        description: 'Which admission, and a word to the knocker.',
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
