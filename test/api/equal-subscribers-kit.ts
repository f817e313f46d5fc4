import {
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { schema } from '../../schema/index.ts';
import type { Result, Subscription, Variables } from '../support/graphql-client.ts';
import type { Caller } from '../support/seed.ts';

export const subscriptionFields = schema.getSubscriptionType()?.getFields() ?? {};

/**
 * A document with an operation that asks for all that the stream shows, and what that holds, and with one that asks for hardly
 * anything; named so, and so never equal to one of another name.
 */
function askingFor(field: string, name: string): string {
  const { args = [], type } = subscriptionFields[field] ?? {};
  const list = (each: (arg: { name: string; type: object }) => string, brackets = '()') =>
    args.length === 0 ? '' : `${brackets[0]}${args.map(each).join(', ')}${brackets[1]}`;
  const declared = list((arg) => `$${arg.name}: ${String(arg.type)}`);
  const given = list((arg) => `${arg.name}: $${arg.name}`);
  const operation = (called: string, selection: string) =>
    `subscription ${called}${declared} { ${field}${given} { ${selection} } }`;
  return [operation(name, selectionOf(named(type), 2)), operation('Few', '__typename')].join(' ');
}

function named(type: GraphQLOutputType | undefined): GraphQLNamedType {
  if (type === undefined) throw new Error('there is no such subscription');
  return getNamedType(type);
}

/** What an interface's types add to it is asked for as well; lists are counted. */
function selectionOf(type: GraphQLNamedType, depth: number): string {
  if (!isObjectType(type) && !isInterfaceType(type)) return '__typename';
  const fields = Object.values(type.getFields()).flatMap(({ name, type: held, args, deprecationReason }) => {
    const needsMore = args.some((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined);
    if (needsMore || deprecationReason) return [];
    if (isLeafType(getNamedType(held))) return [name];
    const page = args.some((arg) => arg.name === 'first') ? '(first: 1)' : '';
    return depth === 0 ? [] : [`${name}${page} { ${selectionOf(getNamedType(held), depth - 1)} }`];
  });
  const members = isInterfaceType(type)
    ? schema.getPossibleTypes(type).map((member) => `... on ${member.name} { ${selectionOf(member, depth)} }`)
    : [];
  return ['__typename', ...fields, ...members].join(' ');
}

export type Subscriber = {
  readonly who: string;
  readonly caller: Caller;
  readonly variables: Variables;
};

type Stream = Subscription<Readonly<Record<string, unknown>>>;
export type Heard = { readonly who: string; readonly together: Stream; readonly alone: Stream; readonly few: Stream };

/**
 * Each subscribes thrice: twice by a text that all of them send, of which they choose one operation or the other, and once by one that
 * is nobody else's, which no answer is shared with.
 */
export function subscribeAll(field: string, subscribers: readonly Subscriber[]): Promise<readonly Heard[]> {
  return Promise.all(
    subscribers.map(async ({ who, caller, variables }, index) => {
      const [first, second] = [caller.ws(), caller.sse()];
      const [together, alone] = index % 2 === 0 ? [first, second] : [second, first];
      const follow = (client: typeof together, name: string, chosen: string) =>
        client.subscribe<Readonly<Record<string, unknown>>>(askingFor(field, name), variables, chosen);
      return {
        who,
        together: await follow(together, 'All', 'All'),
        few: await follow(together, 'All', 'Few'),
        alone: await follow(alone, `Alone${index}`, `Alone${index}`),
      };
    }),
  );
}

/** The messages of a stream, until each of these texts has come. */
export async function readTo(stream: Stream, says: readonly string[]): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const left = new Set(says); left.size > 0; ) {
    const text = comparable(await stream.next());
    texts.push(text);
    for (const one of left) if (text.includes(one)) left.delete(one);
  }
  return texts;
}

/** A grant is made anew at each reading: of it counts whose it is. */
function comparable({ data, errors }: Result): string {
  const codes = errors?.map(({ path, extensions }) => [path?.join('.'), extensions?.code]);
  return JSON.stringify({ data, codes }, (name, value: unknown) =>
    name === 'mediaGrant' && typeof value === 'string' ? whoseGrant(value) : value,
  );
}

function whoseGrant(jwt: string): unknown {
  const { sub } = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
  return { grantOf: sub };
}
