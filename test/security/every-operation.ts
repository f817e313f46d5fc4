import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { schema } from '../../schema/index.ts';

export type OperationType = 'query' | 'mutation' | 'subscription';

const roots: Readonly<Record<OperationType, GraphQLObjectType>> = {
  query: rootOf('Query'),
  mutation: rootOf('Mutation'),
  subscription: rootOf('Subscription'),
};

function rootOf(name: string): GraphQLObjectType {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`there is no ${name}`);
  return type;
}

/** Every field of the API's roots. */
export const rootFields: readonly string[] = Object.values(roots).flatMap((root) => Object.keys(root.getFields()));

/** A document for one field of a root that selects all there is to see of one type that it may answer. */
export function documentFor(field: string, options: { readonly as?: string; readonly depth?: number } = {}): string {
  const [kind, root] =
    Object.entries(roots).find(([, type]) => Object.hasOwn(type.getFields(), field)) ?? fail(`no field ${field}`);
  const { args, type } = root.getFields()[field] ?? fail(`no field ${field}`);
  const variables = args.map((arg) => `$${arg.name}: ${arg.type}`).join(', ');
  const given = args.map(({ name }) => `${name}: $${name}`).join(', ');
  const head = `${kind} Probe${variables === '' ? '' : `(${variables})`}`;
  return `${head} { ${field}${given === '' ? '' : `(${given})`} { ${selectionOf(getNamedType(type), options)} } }`;
}

function selectionOf(type: GraphQLNamedType, { as, depth = 2 }: { readonly as?: string; readonly depth?: number }) {
  if (!isUnionType(type) && as === undefined) return selectAll(type, depth);
  const members = isUnionType(type) ? type.getTypes() : [];
  const isRefusal = (member: GraphQLObjectType) => member.getInterfaces().some(({ name }) => name === 'Refusal');
  const shown = as === undefined ? members.find((member) => !isRefusal(member)) : schema.getType(as);
  if (!isObjectType(shown)) return fail(`${type.name} has no member ${as}`);
  const refusals = members.some(isRefusal) ? '... on Refusal { code why: message }' : '';
  return `__typename ... on ${shown.name} { ${selectAll(shown, depth)} } ${refusals}`;
}

function selectAll(type: GraphQLNamedType, depth: number): string {
  if (!isObjectType(type) && !isInterfaceType(type)) return '__typename';
  const fields = Object.values(type.getFields()).filter(
    ({ args }) => !args.some((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined),
  );
  const selected = fields.flatMap(({ name, args, type: held }) => {
    const inner = getNamedType(held);
    if (isLeafType(inner)) return [name];
    const page = args.some((arg) => arg.name === 'first') ? '(first: 3)' : '';
    return depth > 0 ? [`${name}${page} { ${selectAll(inner, depth - 1)} }`] : [];
  });
  return ['__typename', ...selected].join(' ');
}

function fail(message: string): never {
  throw new Error(message);
}
