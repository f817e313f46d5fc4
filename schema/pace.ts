import type { GraphQLSchema } from 'graphql';
import { isNobody } from '../src/rules/caller.ts';
import { refuseArgs } from './guard.ts';
import { guardRoot, type RootField } from './root-guard.ts';

/** Who ends its own session or knock has ended it; the ways in have budgets of their own. */
const unpaced: ReadonlySet<string> = new Set(['leaveRoom', 'cancelKnock', 'joinRoom', 'knock']);

/** What acts on others, or on the room, which takes a right: there may be much of it. */
const onOthers: ReadonlySet<string> = new Set([
  ...['admitKnock', 'denyKnock', 'replyToKnock', 'admitKnocks', 'denyKnocks', 'recallAdmission'],
  ...['updateParticipant', 'updateParticipants', 'ejectParticipants', 'returnToLobby', 'liftBan'],
  ...['updateRoom', 'setRoomPrivacy', 'startLiveStream', 'stopLiveStream'],
]);

/**
 * Whatever somebody in a room, or before it, may do again and again has a budget: every mutation and subscription that there is and will
 * be, by whichever door, aliases and sockets together. RATE_LIMITED, and nothing was done.
 */
export function keepPace(schema: GraphQLSchema): GraphQLSchema {
  for (const type of [schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const field of Object.values<RootField>(type?.getFields() ?? {})) if (!unpaced.has(field.name)) pace(field);
  }
  return schema;
}

function pace(field: RootField): void {
  const act = onOthers.has(field.name) ? 'OTHERS' : 'OWN';
  guardRoot(field, (context, args) => {
    const { caller, client } = context;
    // What cannot be taken as it is costs nothing.
    if (isNobody(caller) || caller.kind === 'BACKEND' || refuseArgs(context, args) !== null) return null;
    return context.services.pace(act, caller, client);
  });
}
