import {
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { type Caller, isNobody, needs, refuseCaller } from '../src/rules/caller.ts';
import { type Forbidden, forbidden, type Refusal } from '../src/rules/refusal.ts';
import type { Context } from './context.ts';
import { type Args, refuseArgs, toError } from './guard.ts';

export type RootField = GraphQLField<unknown, Context, Args>;

/** Says why a caller may not; null: go on. */
export type Refuse = (context: Context, args: Args) => Refusal | null | Promise<Refusal | null>;

/** Looks before a root field is resolved. A refusal is answered as a member of the field's union, or thrown where it has no such member. */
export function guardRoot(field: RootField, refuse: Refuse): void {
  const type = getNamedType(field.type);
  const members = new Set(isUnionType(type) ? type.getTypes().map(({ name }) => name) : []);
  const refused = (refusal: Refusal): Refusal => {
    if (members.has(refusal.refusal)) return refusal;
    throw toError(refusal);
  };
  const guarded =
    (call: NonNullable<RootField['resolve']>): NonNullable<RootField['resolve']> =>
    (root, args, context, info) => {
      const goOn = (refusal: Refusal | null) => (refusal === null ? call(root, args, context, info) : refused(refusal));
      const refusal = refuse(context, args);
      return refusal instanceof Promise ? refusal.then(goOn) : goOn(refusal);
    };
  if (field.subscribe) field.subscribe = guarded(field.subscribe);
  else if (field.resolve) field.resolve = guarded(field.resolve);
}

/** What anybody may ask, and `viewer`, which tells what a credential is, or was. */
const open: ReadonlySet<string> = new Set(['access', 'doorPage', 'joinRoom', 'knock', 'viewer']);

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
  room: needs.apiKeyOrInside,
  roomEvents: needs.apiKeyOrInside,
  node: needs.anyCredential,
  nodes: needs.anyCredential,
};

/** What each of them needs, said to who came without. The scope is said to whoever comes with a key that lacks it. */
function needOf(name: string): string {
  return forPeople[name] ?? (takesBeingInside.has(name) ? needs.apiKeyOrSession : needs.apiKey);
}

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

/** Who ends its own session or knock has ended it; the ways in have budgets of their own. */
const unpaced: ReadonlySet<string> = new Set(['leaveRoom', 'cancelKnock', 'joinRoom', 'knock']);

/** What acts on others, or on the room, which takes a right: there may be much of it. */
const onOthers: ReadonlySet<string> = new Set([
  ...['admitKnock', 'denyKnock', 'replyToKnock', 'admitKnocks', 'denyKnocks', 'recallAdmission'],
  ...['updateParticipant', 'updateParticipants', 'ejectParticipants', 'returnToLobby', 'liftBan'],
  ...['updateRoom', 'setRoomPrivacy', 'startLiveStream', 'stopLiveStream'],
]);

/** What a person does in their own room: a command on its facts, which says by whom it is. */
export const underGuard: ReadonlySet<string> = new Set([
  ...onOthers,
  'updateMyMedia',
  'cancelKnock',
  'leaveRoom',
  'heartbeat',
]);

/** What is read of a domain together with its version, by which an API key that was kept is known to be good still. */
export const readWithDomain: ReadonlySet<string> = new Set(['room']);

/**
 * By what a credential that was kept is confirmed on the way, where one thing alone is asked for: a person's by the guard of their room, an API
 * key by the domain's version. Null: by nothing, so that it is looked up.
 */
export function confirmedBy({ operation, selectionSet }: OperationDefinitionNode): 'GUARD' | 'READ' | null {
  const [field, ...others] = selectionSet.selections;
  if (field?.kind !== Kind.FIELD || others.length > 0) return null;
  if (operation === 'mutation' && underGuard.has(field.name.value)) return 'GUARD';
  return operation === 'query' && readWithDomain.has(field.name.value) ? 'READ' : null;
}

/**
 * Answers nothing on the word of a credential that was kept. Where it was not confirmed on the way (it has ended, or what was asked did not
 * get there), nothing was done, and the same is asked once more after a look at the database.
 */
export function confirmKept(schema: GraphQLSchema): GraphQLSchema {
  const mutations = Object.values<RootField>(schema.getMutationType()?.getFields() ?? {});
  const queries = Object.values<RootField>(schema.getQueryType()?.getFields() ?? {});
  const confirmed = [
    ...mutations.filter(({ name }) => underGuard.has(name)),
    ...queries.filter(({ name }) => readWithDomain.has(name)),
  ];
  for (const field of confirmed) {
    const { resolve } = field;
    if (resolve === undefined) continue;
    field.resolve = (root, args, context, info) => {
      const call = () => resolve(root, args, context, info);
      return context.kept === undefined ? call() : callConfirmed(context, context.kept, call);
    };
  }
  return schema;
}

async function callConfirmed(
  context: Context,
  kept: NonNullable<Context['kept']>,
  call: () => unknown,
): Promise<unknown> {
  const [first] = await Promise.allSettled([call()]);
  if (!kept.isConfirmed()) {
    // The fields below the answer read it as well.
    Object.assign(context, await kept.lookUp(), { kept: undefined });
    return call();
  }
  if (first.status === 'rejected') throw first.reason;
  return first.value;
}

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
    return context.services.safely(() => context.services.pace(act, caller, client));
  });
}

/** Who pays for what an operation asks for: backends do not. Somebody whose session is over pays as nobody does, by the address. */
export function payerOf({
  caller,
  client,
}: Context): { readonly person: string | null; readonly address: string } | null {
  if (caller.kind === 'BACKEND') return null;
  return { person: isNobody(caller) ? null : caller.id, address: client.addressHash };
}

/** Queries that decide something; mutations do, all but the one that is sent every 15 seconds. */
const decidingQueries: ReadonlySet<string> = new Set(['access', 'validateMeetingToken']);
const decidesNothing: ReadonlySet<string> = new Set(['heartbeat']);

/** Says to the seam which decision it is that a root field asks a service for, under the name that the API has for it. */
export function nameDecisions(schema: GraphQLSchema): GraphQLSchema {
  const queries = Object.values<RootField>(schema.getQueryType()?.getFields() ?? {});
  const mutations = Object.values<RootField>(schema.getMutationType()?.getFields() ?? {});
  const deciding = [
    ...queries.filter(({ name }) => decidingQueries.has(name)),
    ...mutations.filter(({ name }) => !decidesNothing.has(name)),
  ];
  for (const field of deciding) {
    const { name, resolve } = field;
    field.resolve = (root, args, context, info) => resolve?.(root, args, { ...context, deciding: name }, info);
  }
  return schema;
}
