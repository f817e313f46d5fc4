import type { ObjectRef } from '@pothos/core';
import { GraphQLError } from 'graphql';
import {
  type Forbidden,
  type InputIssue,
  type InvalidInput,
  invalidInput,
  isRefusal,
  outcomeOf,
  type RateLimited,
  type Refusal,
  refusalIn,
  type Unavailable,
} from '../src/rules/refusal.ts';
import { isStorable } from '../src/rules/text.ts';
import { builder, type Types } from './builder.ts';
import type { Context } from './context.ts';
import { teachIds } from './ids.ts';
import { refusalTypes } from './refusals.ts';

export type Args = Readonly<Record<string, unknown>>;

/** A refusal as a GraphQL error, with its code in the extensions: where a field has no union, or its union no such member. */
export function toError(refusal: Refusal): GraphQLError {
  const { code, message } = refusal;
  return new GraphQLError(message, {
    extensions: {
      code,
      ...('retryAfterSeconds' in refusal ? { retryAfterSeconds: refusal.retryAfterSeconds } : {}),
      ...('correlationId' in refusal ? { correlationId: refusal.correlationId } : {}),
      ...('issues' in refusal ? { issues: refusal.issues } : {}),
    },
  });
}

export type Asking = Pick<Context, 'isGet' | 'caller' | 'services' | 'deciding' | 'kept'>;

/**
 * The one way from a field to a service. Its arguments are such as a service can take, a database that does not answer is UNAVAILABLE,
 * a credential that ended meanwhile is UNAUTHENTICATED, and what is decided here is told.
 */
export async function callService<T>(
  context: Asking,
  args: Args,
  call: () => Promise<T>,
): Promise<T | InvalidInput | Unavailable | Forbidden> {
  const refused = refuseArgs(context, args);
  if (refused !== null) return refused;
  const { services, caller, deciding, kept } = context;
  const answer = teachIds(await services.safely(call), args);
  // What was not confirmed is asked once more, and told then.
  const counts = kept === undefined || kept.isConfirmed();
  if (deciding !== undefined && counts) services.tell({ operation: deciding, ...outcomeOf(answer), caller });
  return answer;
}

/**
 * For fields without a union: calls the service, and answers what it said.
 * @throws GraphQLError for every refusal, `extensions.code` is the refusal's
 */
export async function ask<T>(context: Asking, args: Args, call: () => Promise<T | Refusal>): Promise<T> {
  const answer = await callService(context, args, call);
  if (isRefusal(answer)) throw toError(answer);
  return answer;
}

/**
 * Refuses what must not reach a service: text that cannot be stored, and, over GET, a token, because logs would contain it.
 * Null: the arguments are fit.
 */
export function refuseArgs(context: Pick<Context, 'isGet'>, args: Args): InvalidInput | null {
  const issue = findIssue(args, '', context.isGet);
  return issue === null ? null : invalidInput([issue]);
}

const secrets: ReadonlySet<string> = new Set(['token', 'jwt', 'knockToken']);

/** Services never get global ids as text: a malformed id is answered like an unknown one. A userId or keyId is not a global id. */
const globalId = /^(?!user|key)([a-z]\w*Ids?|ids?)$/;

/** The first that is found; its path is put together only then, since nearly all arguments have none. */
function findIssue(value: unknown, field: string, isGet: boolean): InputIssue | null {
  if (typeof value === 'string') return findTextIssue(value, field, isGet);
  if (typeof value !== 'object' || value === null || value instanceof Date) return null;
  const isList = Array.isArray(value);
  for (const [key, held] of Object.entries(value)) {
    const issue = findIssue(held, isList ? field : key, isGet);
    if (issue !== null) return { ...issue, path: [key, ...issue.path] };
  }
  return null;
}

function findTextIssue(text: string, field: string, isGet: boolean): InputIssue | null {
  if (!isStorable(text) && !globalId.test(field))
    return { path: [], message: 'must not contain a NUL character or half a surrogate pair' };
  if (!isGet || !secrets.has(field)) return null;
  return { path: [], message: 'cannot be sent with GET, because logs would contain it: use POST' };
}

type RefusalTypes = typeof refusalTypes;
type Kind = keyof RefusalTypes;

/** May come from every service: errors where the union has no member for them. */
type Everywhere = Unavailable | RateLimited | Forbidden;

interface Declaration<Success extends ObjectRef<Types, unknown>, Member extends Kind> {
  readonly description: string;
  readonly success: readonly Success[];
  readonly refusals: readonly Member[];
  /** Where there are several successes: which of them a value is. */
  readonly tell?: (value: Success['$inferType']) => Success;
}

/**
 * Declares what a field answers: what was done, or one of these refusals. `answer` makes its resolver one line: it calls the
 * service, and hands on what it said.
 * @throws GraphQLError from `answer`, for a refusal that is not a member; `extensions.code` is the refusal's
 */
export function resultOf<Success extends ObjectRef<Types, unknown>, Member extends Kind>(
  name: string,
  { description, success, refusals, tell }: Declaration<Success, Member>,
) {
  type Shape = Success['$inferType'] | RefusalTypes[Member]['$inferType'];
  const kinds: ReadonlySet<string> = new Set(refusals);
  function requireMember(value: Shape | Refusal): asserts value is Shape {
    if (isRefusal(value) && !kinds.has(value.refusal)) throw toError(value);
  }
  const type = builder.unionType(name, {
    description,
    types: [...success, ...refusals.map((kind) => refusalTypes[kind])],
    resolveType: (value) => refusalIn(value)?.refusal ?? (tell?.(value) ?? success[0])?.name,
  });
  const answer = async (
    context: Asking,
    args: Readonly<Record<string, unknown>>,
    call: () => Promise<Shape | Everywhere>,
  ): Promise<Shape> => {
    const value = await callService(context, args, call);
    requireMember(value);
    return value;
  };
  return { type, answer };
}
