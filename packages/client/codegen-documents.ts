import {
  concatAST,
  type DocumentNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  Kind,
  type OperationDefinitionNode,
  print,
  stripIgnoredCharacters,
  visit,
} from 'graphql';

/**
 * A plugin of graphql-codegen: each operation as a string of the type `TypedDocument`, without blanks, and each fragment
 * once, whoever spreads it. What codegen brings for this repeats the fragments in every operation.
 */
export function plugin(_schema: unknown, files: readonly { readonly document?: DocumentNode }[]): string {
  const { definitions } = concatAST(files.flatMap(({ document }) => document ?? []));
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const operations = definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  return [
    '/** What is sent, and what comes of it. */',
    'export type TypedDocument<Data, Variables> = string & { readonly __apiType?: (variables: Variables) => Data };',
    ...[...fragments.values()].map((one) => `const ${one.name.value} = ${write(one)};`),
    ...operations.map((one) => writeOperation(one, findSpreads(one, fragments))),
  ].join('\n');
}

function writeOperation(one: OperationDefinitionNode, fragments: ReadonlySet<string>): string {
  const name = one.name?.value ?? '';
  const kind = `${one.operation.charAt(0).toUpperCase()}${one.operation.slice(1)}`;
  const text = [write(one), ...fragments].join(' + ');
  return `export const ${name}Document = (${text}) as TypedDocument<${name}${kind}, ${name}${kind}Variables>;`;
}

/** The names of all fragments that are spread in it, those of its fragments included. */
function findSpreads(
  node: OperationDefinitionNode | FragmentDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  found = new Set<string>(),
): ReadonlySet<string> {
  visit(node, {
    FragmentSpread({ name: { value } }: FragmentSpreadNode) {
      const fragment = fragments.get(value);
      if (fragment === undefined || found.has(value)) return;
      found.add(value);
      findSpreads(fragment, fragments, found);
    },
  });
  return found;
}

function write(node: OperationDefinitionNode | FragmentDefinitionNode): string {
  return JSON.stringify(stripIgnoredCharacters(print(node)));
}
