import { GraphQLError, GraphQLScalarType } from 'graphql';
import { createSchema } from 'graphql-yoga';
import type { CallerRequest } from '../../src/http/ports.ts';
import { Deadline } from '../support/timing.ts';

/** What the tests' resolvers see, and what they count. */
export type TestContext = { readonly request: CallerRequest; readonly seen: Seen };

export class Seen {
  /** Slow mutations, and subscriptions that wait before they begin. */
  started = 0;
  mutations = 0;
  bigAnswers = 0;
  /** Streams that are open now. */
  streams = 0;
  /** Streams that were ever begun. */
  begun = 0;
  readonly #changes: (() => void)[] = [];
  #held = Promise.withResolvers<void>();

  change(by: number): void {
    this.streams += by;
    this.begun += Math.max(0, by);
    for (const wake of this.#changes.splice(0)) wake();
  }

  /** Waits until it is let go. */
  hold(): Promise<void> {
    return this.#held.promise;
  }

  /** Lets go whatever is held; what comes later is held again. */
  letGo(): void {
    this.#held.resolve();
    this.#held = Promise.withResolvers();
  }

  /** Waits until so many streams are open; refuses after `withinMs`. */
  async until(streams: number, withinMs = 1000): Promise<void> {
    const deadline = new Deadline(withinMs);
    while (this.streams !== streams) {
      const woken = Promise.withResolvers<boolean>();
      this.#changes.push(() => woken.resolve(true));
      const timer = setTimeout(woken.resolve, deadline.leftMs, false);
      const isChanged = await woken.promise;
      clearTimeout(timer);
      if (!isChanged && deadline.isOver()) throw new Error(`${this.streams} streams, not ${streams}`);
    }
  }
}

/** Stands for whatever a thrown error's text may hold. */
export const secret = 'sk_very_secret_0123456789';

const typeDefs = /* GraphQL */ `
  scalar DateTime
  enum Colour { RED GREEN }
  input EchoInput { text: String! tags: [String!] at: DateTime }
  type Person { name: String! friends(first: Int, last: Int): People! parents: [Person!]! }
  type People { nodes: [Person!]! edges: [PersonEdge!]! }
  type PersonEdge { node: Person! }
  type Query {
    hello(name: String): String!
    echo(input: EchoInput!): String!
    colour(colour: Colour!): Colour!
    at(at: DateTime!): String!
    caller: Caller!
    me: Person!
    people(first: Int = 5): People!
    boom: String
    refused: String
    badEnum: Colour
    missing: String!
    wait(ms: Int!): String!
    "Waits until the test lets it go."
    held: String!
    "Twenty million characters."
    big: String!
  }
  type Caller { bearer: String address: String! isGet: Boolean! transport: String! }
  type Mutation { count: Int! boom: String countAfter(ms: Int!): Int! countHeld: Int! }
  type Subscription {
    numbers(to: Int!): Int!
    endless: Int!
    "Begins when the test lets it go."
    endlessHeld: Int!
    flood: String!
    refused: Int!
    boomAtStart: Int!
    boomLater: Int!
    fieldBoom: Int
    caller: Caller!
  }
`;

const dateTime = new GraphQLScalarType({
  name: 'DateTime',
  parseValue: (value) => {
    if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return value;
    // With a code, as the service's own scalars have; without, as those of libraries.
    const extensions = value === secret ? {} : { code: 'BAD_REQUEST' };
    throw new GraphQLError('A DateTime reads 2026-11-24T09:30:00.000Z.', { extensions });
  },
});

const person = { name: 'Ada', friends: () => ({ nodes: [], edges: [] }), parents: [] };
const forbidden = () => new GraphQLError('This may not be.', { extensions: { code: 'FORBIDDEN' } });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

type Args = { readonly ms: number; readonly to: number };

export const schema = createSchema<TestContext>({
  typeDefs,
  resolvers: {
    DateTime: dateTime,
    Query: {
      hello: (_root, { name }: { name?: string }) => `Hello ${name ?? 'you'}`,
      echo: (_root, { input }: { input: { text: string } }) => input.text,
      colour: (_root, { colour }: { colour: string }) => colour,
      at: (_root, { at }: { at: string }) => at,
      caller: (_root, _args, context) => callerOf(context),
      me: () => person,
      people: () => ({ nodes: [person], edges: [{ node: person }] }),
      boom: () => {
        throw new Error(`no row for ${secret}`);
      },
      refused: () => {
        throw forbidden();
      },
      badEnum: () => secret,
      missing: () => null,
      big: (_root, _args, { seen }) => {
        seen.bigAnswers += 1;
        return 'x'.repeat(20_000_000);
      },
      held: async (_root, _args, { seen }) => {
        await seen.hold();
        return 'held';
      },
      wait: async (_root, { ms }: Args) => {
        await pause(ms);
        return 'waited';
      },
    },
    Mutation: {
      count: (_root, _args, { seen }) => {
        seen.mutations += 1;
        return seen.mutations;
      },
      boom: (_root, _args, { seen }) => {
        seen.mutations += 1;
        throw new Error(secret);
      },
      countHeld: async (_root, _args, { seen }) => {
        seen.started += 1;
        await seen.hold();
        seen.mutations += 1;
        return seen.mutations;
      },
      countAfter: async (_root, { ms }: Args, { seen }) => {
        seen.started += 1;
        await pause(ms);
        seen.mutations += 1;
        return seen.mutations;
      },
    },
    Subscription: {
      numbers: { subscribe: (_root, { to }: Args, { seen }) => counting(seen, to), resolve: (value: number) => value },
      endless: { subscribe: (_root, _args, { seen }) => endless(seen), resolve: (value: number) => value },
      endlessHeld: {
        subscribe: async (_root, _args, { seen }) => {
          seen.started += 1;
          await seen.hold();
          return endless(seen);
        },
        resolve: (value: number) => value,
      },
      flood: { subscribe: (_root, _args, { seen }) => flooding(seen), resolve: (value: string) => value },
      refused: {
        subscribe: () => {
          throw forbidden();
        },
      },
      boomAtStart: {
        subscribe: () => {
          throw new Error(secret);
        },
      },
      boomLater: { subscribe: () => breaking(), resolve: (value: number) => value },
      fieldBoom: {
        subscribe: (_root, _args, { seen }) => counting(seen, 2),
        resolve: (value: number) => {
          if (value === 1) throw new Error(secret);
          return value;
        },
      },
      caller: {
        subscribe: (_root, _args, { seen }) => counting(seen, 1),
        resolve: (_root, _args, context) => callerOf(context),
      },
    },
  },
});

function callerOf({ request }: TestContext) {
  const { bearer, clientAddress, isGet, transport } = request;
  return { bearer, address: clientAddress, isGet, transport };
}

async function* counting(seen: Seen, to: number): AsyncGenerator<number> {
  seen.change(1);
  try {
    for (let value = 1; value <= to; value += 1) yield value;
  } finally {
    seen.change(-1);
  }
}

/** More than any buffer on the way takes. */
async function* flooding(seen: Seen): AsyncGenerator<string> {
  seen.change(1);
  try {
    for (;;) yield 'x'.repeat(50_000);
  } finally {
    seen.change(-1);
  }
}

async function* breaking(): AsyncGenerator<number> {
  yield 1;
  throw new Error(secret);
}

/** Gives one value and then waits for ever; `return()` ends it at once, as the service's own streams do. */
function endless(seen: Seen): AsyncIterableIterator<number> {
  const end = Promise.withResolvers<IteratorResult<number>>();
  let given = 0;
  let isOpen = true;
  seen.change(1);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      given += 1;
      return given === 1 ? { done: false, value: 1 } : end.promise;
    },
    async return() {
      if (isOpen) seen.change(-1);
      isOpen = false;
      end.resolve({ done: true, value: undefined });
      return { done: true, value: undefined };
    },
  };
}
