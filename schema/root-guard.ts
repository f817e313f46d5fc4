import { type GraphQLField, getNamedType, isUnionType } from 'graphql';
import type { Refusal } from '../src/rules/refusal.ts';
import type { Context } from './context.ts';
import { toError } from './guard.ts';

type Args = Readonly<Record<string, unknown>>;
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
