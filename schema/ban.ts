import { decodeId } from '../src/rules/ids.ts';
import { builder } from './builder.ts';
import { connectionOf } from './connection.ts';
import { idField, Node } from './node.ts';
import { Ban } from './refs.ts';
import { resultOf } from './result.ts';

Ban.implement({
  description:
    'Somebody is kept out of a room: by userId, by the knock or the meeting token they came with, and by their network where `network` says so. A ban that an admin made binds nobody who shows a good meeting token of an owner. For owners, admins of participants, and the backend (scope ADMISSION).',
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'Ban', ({ ban }) => ban.id),
    roomName: t.exposeString('roomName', {
      description: 'The room they are kept out of; other rooms are not concerned.',
    }),
    userId: t.string({
      nullable: true,
      description: 'The userId that is kept out; null where they had none, and are known by their knock or token.',
      resolve: ({ ban }) => ban.userId,
    }),
    userName: t.string({
      nullable: true,
      description: 'The name they had then, to recognise them by. It is not what keeps them out.',
      resolve: ({ ban }) => ban.userName,
    }),
    network: t.boolean({
      description:
        'True: it also turns away whoever comes from the same network (an IPv4 address, or the /64 of an IPv6 address) without a good meeting token and without an admission given since.',
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
      description: 'From when on they may come again; null: not before `liftBan`.',
      resolve: ({ ban }) => ban.exp,
    }),
  }),
});

export const BanConnection = connectionOf('Ban', Ban, { description: "A room's bans in force, newest first." });

const LiftBanResult = resultOf('LiftBanResult', {
  description: 'The ban that was lifted, or why it was not.',
  success: [Ban],
  refusals: ['Forbidden', 'NotFound'],
});

builder.mutationField('liftBan', (t) =>
  t.field({
    type: LiftBanResult.type,
    description:
      'Lets a banned person try again: to knock, or to join where they have a right to. Owners and admins in the room, or the backend (scope ADMISSION). Lifting twice is the same as once.',
    args: { banId: t.arg.id({ required: true, description: '`id` of the Ban, see `Room.bans`.' }) },
    resolve: (_root, args, context) =>
      LiftBanResult.answer(context, args, () =>
        context.services.participants.liftBan(context.caller, decodeId('Ban', args.banId)),
      ),
  }),
);
