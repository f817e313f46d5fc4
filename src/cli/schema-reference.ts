import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql';

type Documented = { readonly name: string; readonly description?: string | null | undefined };

/**
 * The reference of a schema in Markdown: operations first, then every type, all from their descriptions. It links to
 * nothing but itself, since it is read wherever somebody puts it: `npm run docs:reference` makes it at a release.
 */
export function describeSchema(schema: GraphQLSchema): string {
  const roots = [
    ['Queries', schema.getQueryType()],
    ['Mutations', schema.getMutationType()],
    ['Subscriptions', schema.getSubscriptionType()],
  ] as const;
  const isRoot = (type: GraphQLNamedType) => roots.some(([, root]) => root === type);
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type) && !isRoot(type))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const operations = roots.flatMap(([title, root]) =>
    root ? [`## ${title}`, ...Object.values(root.getFields()).map((field) => describeOperation(root, field))] : [],
  );
  const sections = kinds.flatMap(([title, isOfKind]) => {
    const members = types.filter(isOfKind);
    return members.length === 0 ? [] : [`## ${title}`, ...members.map((type) => describeType(schema, type))];
  });
  return `${[opening, ...operations, ...sections].join('\n\n')}\n`;
}

const opening = `# Reference

\`vestibule schema reference\` makes this page from the descriptions in the schema. \`vestibule schema print\` prints the schema
itself, and a running service has it at \`/schema.graphql\`. The guide (docs/guide.md) shows how the pieces are used, and
docs/errors.md lists every code.`;

const kinds: readonly (readonly [string, (type: GraphQLNamedType) => boolean])[] = [
  ['Objects', isObjectType],
  ['Interfaces', isInterfaceType],
  ['Unions', isUnionType],
  ['Inputs', isInputObjectType],
  ['Enums', isEnumType],
  ['Scalars', isScalarType],
];

/** Its heading names the root as well: a field and a type may differ by a capital alone, which links do not see. */
function describeOperation(root: Documented, field: GraphQLField<unknown, unknown>): string {
  const answer = `Answers ${linked(field)}.`;
  const rows = field.args.map((argument) => row(argument, linked(argument)));
  return [`### ${root.name}.${field.name}`, text(field), answer, ...table('argument', rows)]
    .filter((part) => part !== '')
    .join('\n\n');
}

function describeType(schema: GraphQLSchema, type: GraphQLNamedType): string {
  return [`### ${type.name}`, text(type), ...describeMembers(schema, type)].filter((part) => part !== '').join('\n\n');
}

function describeMembers(schema: GraphQLSchema, type: GraphQLNamedType): readonly string[] {
  if (isUnionType(type)) return [`One of ${type.getTypes().map(link).join(', ')}.`];
  if (isEnumType(type)) {
    const rows = type.getValues().map((value) => `| \`${value.name}\` | ${cell(value)} |`);
    return [['| value | |', '| --- | --- |', ...rows].join('\n')];
  }
  if (isInputObjectType(type)) {
    return table(
      'field',
      Object.values(type.getFields()).map((field) => row(field, linked(field))),
    );
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  const implemented = type.getInterfaces().map(link).join(', ');
  const members = isInterfaceType(type) ? schema.getPossibleTypes(type).map(link).join(', ') : '';
  return [
    implemented === '' ? '' : `Implements ${implemented}.`,
    members === '' ? '' : `Implemented by ${members}.`,
    ...table(
      'field',
      Object.values(type.getFields()).map((field) => row(field, linked(field), field.args)),
    ),
  ];
}

function table(title: string, rows: readonly string[]): readonly string[] {
  return rows.length === 0 ? [] : [[`| ${title} | type | |`, '| --- | --- | --- |', ...rows].join('\n')];
}

function row(member: Documented, type: string, parameters: readonly GraphQLArgument[] = []): string {
  const names = parameters.map(({ name, type: given }) => `${name}: ${given}`).join(', ');
  return `| \`${member.name}${names === '' ? '' : `(${names})`}\` | ${type} | ${cell(member)} |`;
}

/** The type as it is written, with a link to what it is about. */
function linked({ type }: GraphQLField<unknown, unknown> | GraphQLArgument | GraphQLInputField): string {
  const named = getNamedType(type);
  return isSpecifiedScalarType(named) ? `\`${type}\`` : `[\`${type}\`](#${named.name.toLowerCase()})`;
}

function link({ name }: GraphQLNamedType): string {
  return `[${name}](#${name.toLowerCase()})`;
}

function text({ description }: Documented): string {
  return (description ?? '').trim();
}

function cell(described: Documented): string {
  return text(described)
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll('|', '\\|');
}
