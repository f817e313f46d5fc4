import { builder } from './builder.ts';

/** Declares an enum: each of its values with a sentence on it. Name the rules' type, so that none is forgotten: `enumOf<KnockStatus>(…)`. */
export function enumOf<Value extends string>(
  name: string,
  description: string,
  values: Readonly<Record<Value, string>>,
) {
  type Described = { readonly [Each in Value]: { readonly description: string } };
  const described = Object.entries<string>(values).map(([value, sentence]) => [value, { description: sentence }]);
  // A parsed border: fromEntries forgets the keys that it was given.
  return builder.enumType(name, { description, values: Object.fromEntries(described) as Described });
}
