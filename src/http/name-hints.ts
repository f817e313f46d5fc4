import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

// What a message about an unknown name can add: where the name is, or what it is called here. Many come from Daily, whose names are in
// snake_case and stand one level higher, or lower.

/** Daily's names whose counterpart has another one, or another place. docs/daily-properties.md has them all. */
const renamed: Readonly<Record<string, string>> = {
  properties: 'settings',
  config: 'settings',
  eject_after_elapsed: 'ejectAfterElapsedSeconds',
  streaming_endpoints: 'destinations',
};

/** Operations of daily-js, and other words for what the API has. docs/moving-from-daily.md has them all. */
const operations: Readonly<Record<string, string>> = {
  join: 'joinRoom',
  leave: 'leaveRoom',
  requestAccess: 'knock',
  accessState: 'access',
  waitingParticipants: 'knockRequests',
  updateWaitingParticipant: 'admitKnock',
  updateWaitingParticipants: 'admitKnocks',
  eject: 'ejectParticipants',
  updatePermissions: 'updateParticipants',
  meetingToken: 'createMeetingToken',
  presence: 'room',
  me: 'viewer',
};

/** A sentence to put behind GraphQL's message, with a space before it; empty: there is nothing to add. */
export function hintFor(schema: GraphQLSchema, message: string): string {
  const inInput = /^Field "(\w+)" is not defined by type "(\w+)"/.exec(message);
  if (inInput) return hintForInput(schema, inInput[1] ?? '', inInput[2] ?? '');
  const inArguments = /^Unknown argument "(\w+)" on field "(\w+)\.(\w+)"/.exec(message);
  if (inArguments) return hintForArgument(schema, inArguments.slice(1), message);
  const inSelection = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(message);
  return inSelection ? hintForField(schema, inSelection[1] ?? '', inSelection[2] ?? '', message) : '';
}

function hintForInput(schema: GraphQLSchema, name: string, typeName: string): string {
  const type = schema.getType(typeName);
  return isInputObjectType(type) ? sayPlace(findBelow(Object.values(type.getFields()), wordsFor(name)), name) : '';
}

function hintForArgument(
  schema: GraphQLSchema,
  [name = '', typeName = '', fieldName = '']: readonly string[],
  message: string,
) {
  const type = schema.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  const place = field === undefined ? null : findBelow(field.args, wordsFor(name));
  return place !== null && saysAlready(message, place) ? '' : sayPlace(place, name);
}

function hintForField(schema: GraphQLSchema, name: string, typeName: string, message: string): string {
  const roots = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  };
  const words = wordsFor(name);
  if (Object.values(roots).some((root) => root?.name === typeName)) {
    for (const word of words) {
      const [kind] = Object.entries(roots).find(([, root]) => root?.getFields()[word] !== undefined) ?? [];
      if (kind !== undefined) return ` It is the ${kind} "${word}" here.`;
    }
    return '';
  }
  const type = schema.getType(typeName);
  const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
  const word = words.find((one) => fields[one] !== undefined);
  if (word !== undefined) return saysAlready(message, [word]) ? '' : ` It is "${word}" here.`;
  return sayPlace(null, name);
}

/** How the name may be written here. */
function wordsFor(name: string): readonly string[] {
  const camel = name.replace(/_+([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
  const own = (table: Readonly<Record<string, string>>) => (Object.hasOwn(table, name) ? [table[name] ?? ''] : []);
  return [...new Set([...own(renamed), ...own(operations), camel])];
}

type TakenField = Pick<GraphQLArgument | GraphQLInputField, 'name' | 'type'>;

/** So deep do inputs go where somebody may have meant a field of them. */
const maxDepth = 3;

/** The way to a field of one of these names: the nearest to the top. */
function findBelow(fields: readonly TakenField[], words: readonly string[]): readonly string[] | null {
  let level = fields.map((field) => ({ field, path: [field.name] }));
  for (let depth = 0; depth < maxDepth; depth += 1) {
    const found = level.find(({ field }) => words.includes(field.name));
    if (found !== undefined) return found.path;
    level = level.flatMap(({ field, path }) => {
      const type = getNamedType(field.type);
      const inner = isInputObjectType(type) ? Object.values(type.getFields()) : [];
      return inner.map((one) => ({ field: one, path: [...path, one.name] }));
    });
  }
  return null;
}

function saysAlready(message: string, [...path]: readonly string[]): boolean {
  return message.includes(`"${path.join('.')}"`);
}

function sayPlace(place: readonly string[] | null, name: string): string {
  if (place !== null) return ` It is "${place.join('.')}" here.`;
  return name.includes('_') ? " If it is a name of Daily's: docs/daily-properties.md says what became of it." : '';
}

/** An empty object came where another value is needed: JSON makes one of a Promise. */
export function hintForValue(value: unknown, message: string): string {
  const isPromise =
    typeof value === 'object' && value !== null && Object.keys(value).length === 0 && !Array.isArray(value);
  return isPromise && !/^Field /.test(message)
    ? ' An empty object came, which is what JSON makes of a Promise: was `await` forgotten?'
    : '';
}
