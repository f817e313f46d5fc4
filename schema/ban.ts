import { decodeId } from '../src/rules/ids.ts';
import { builder } from './builder.ts';
import { connectionOf } from './connection.ts';
import { resultOf } from './guard.ts';
import { idField } from './ids.ts';
import { Node } from './node.ts';
import { Ban } from './refs.ts';

Ban.implement({
  description:
    "Keeps one person out of a room. The person is recognised by userId, by their knock or meeting token, and, if `network` is true, by their network. A ban that an admin made does not apply to somebody with a valid owner's meeting token. Visible to owners, admins of participants, and the backend (scope ADMISSION).",
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'Ban', ({ ban }) => ban.id),
    roomName: t.exposeString('roomName', {
      description: 'The room of the ban. Other rooms are not affected.',
    }),
    userId: t.string({
      nullable: true,
      description: 'The banned userId. Null: the person had none, and is recognised by their knock or token.',
      resolve: ({ ban }) => ban.userId,
    }),
    userName: t.string({
      nullable: true,
      description: 'The name that they had at that time, to recognise them in a list. The ban does not depend on it.',
      resolve: ({ ban }) => ban.userName,
    }),
    network: t.boolean({
      description:
        'True: the ban also applies to everyone from the same network (an IPv4 address, or the /64 of an IPv6 address) who has neither a valid meeting token nor a later admission.',
      resolve: ({ ban }) => ban.addressHash !== null,
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When they were banned.',
      resolve: ({ ban }) => ban.createdAt,
    }),
    exp: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the ban ends. Null: only with `liftBan`.',
      resolve: ({ ban }) => ban.exp,
    }),
  }),
});

export const BanConnection = connectionOf('Ban', Ban, {
  description: 'The bans that apply in a room now, newest first.',
});

const LiftBanResult = resultOf('LiftBanResult', {
  description: 'The lifted ban, or the refusal.',
  success: [Ban],
  refusals: ['Forbidden', 'NotFound'],
});

builder.mutationField('liftBan', (t) =>
  t.field({
    type: LiftBanResult.type,
    description:
      'Lifts a ban: the person can knock again, or join if they have the right to. Repeating the call has no further effect. Owners and admins in the room, or the backend (scope ADMISSION).',
    args: { banId: t.arg.id({ required: true, description: '`id` of the Ban, see `Room.bans`.' }) },
    resolve: (_root, args, context) =>
      LiftBanResult.answer(context, args, () =>
        context.services.participants.liftBan(context.caller, decodeId('Ban', args.banId)),
      ),
  }),
);
