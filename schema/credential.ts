import type { GraphQLSchema } from 'graphql';
import { type Caller, isNobody, refuseCaller } from '../src/rules/caller.ts';
import { needs } from '../src/rules/credential-text.ts';
import { type Forbidden, forbidden } from '../src/rules/refusal.ts';
import { guardRoot, type RootField } from './root-guard.ts';

/** What anybody may ask, and `viewer`, which tells what a credential is, or was. */
const open: ReadonlySet<string> = new Set(['access', 'joinRoom', 'knock', 'viewer']);

/** What ends a credential says once more how it ended: a retry, or who came second, finds out. */
const ending: ReadonlySet<string> = new Set(['leaveRoom', 'cancelKnock']);

/** What takes being in the room: an owner who has left is told that, of its own room. */
const takesBeingInside: ReadonlySet<string> = new Set([
  ...['updateRoom', 'setRoomPrivacy', 'startLiveStream', 'stopLiveStream'],
  ...['admitKnock', 'denyKnock', 'replyToKnock', 'admitKnocks', 'denyKnocks', 'recallAdmission'],
  ...['knockRequests', 'knockRequested'],
  ...['updateParticipant', 'updateParticipants', 'ejectParticipants', 'returnToLobby', 'liftBan'],
]);

const forPeople: Readonly<Record<string, string>> = {
  leaveRoom: needs.session,
  updateMyMedia: needs.session,
  cancelKnock: needs.knock,
  myKnock: needs.knock,
  heartbeat: needs.sessionOrKnock,
};
const forAnyone: ReadonlySet<string> = new Set(['node', 'nodes', 'room', 'roomEvents']);

/** What each of them needs, said to who came without. The scope is said to whoever comes with a key that lacks it. */
function needOf(name: string): string {
  if (forAnyone.has(name) || takesBeingInside.has(name)) return forPeople[name] ?? needs.apiKeyOrSession;
  return forPeople[name] ?? needs.apiKey;
}

type Args = Readonly<Record<string, unknown>>;
/**
 * Who asks is looked at before anything else, for every root field there is and will be: without a good credential the answer is
 * UNAUTHENTICATED, whatever is asked for, whether or not it exists or could be read.
 */
export function requireCredentials(schema: GraphQLSchema): GraphQLSchema {
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const field of Object.values<RootField>(type?.getFields() ?? {})) {
      const { name } = field;
      const isOpen = open.has(name);
      guardRoot(field, ({ caller, unresolved }, args) => unresolved ?? (isOpen ? null : refuse(name, caller, args)));
    }
  }
  return schema;
}

function refuse(name: string, caller: Caller, args: Args): Forbidden | null {
  if (!isNobody(caller)) return null;
  if (ending.has(name) && 'hasEnded' in caller) return null;
  const wasOwner = caller.kind === 'PARTICIPANT' && caller.isOwner && !namesAnotherRoom(args, caller.roomName);
  if (wasOwner && takesBeingInside.has(name)) return forbidden('OWNER_NOT_IN_ROOM');
  return refuseCaller(caller, needOf(name));
}

function namesAnotherRoom({ roomName, input }: Args, own: string): boolean {
  const named = roomName ?? (typeof input === 'object' && input !== null && 'roomName' in input && input.roomName);
  return typeof named === 'string' && named !== own;
}
