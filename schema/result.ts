import type { ObjectRef } from '@pothos/core';
import {
  type Forbidden,
  isRefusal,
  type RateLimited,
  type Refusal,
  refusalIn,
  type Unavailable,
} from '../src/rules/refusal.ts';
import { builder, type Types } from './builder.ts';
import { type Asking, callService, toError } from './guard.ts';
import { refusalTypes } from './refusals.ts';

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
 * @throws GraphQLError from `answer`, for a refusal that is no member; `extensions.code` is the refusal's
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
