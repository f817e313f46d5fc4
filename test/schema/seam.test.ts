import {
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLField,
  GraphQLObjectType,
  type GraphQLResolveInfo,
  parse,
  subscribe,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Context } from '../../schema/context.ts';
import { schema } from '../../schema/index.ts';
import { encodeId, type RoomId } from '../../src/rules/ids.ts';
import { CredentialEnded } from '../../src/storage/acting-key.ts';
import { DatabaseError } from '../../src/storage/postgres/error.ts';
import { documentFor, rootFields } from '../security/every-operation.ts';
import { sampleVariables } from '../support/sample-variables.ts';
import { contextOf } from './context-kit.ts';

const namesOf = (type: { getFields(): object } | null | undefined) => Object.keys(type?.getFields() ?? {});
const mutations = namesOf(schema.getMutationType());
const subscriptions = new Set(namesOf(schema.getSubscriptionType()));

/** What decides something: told of to operators, under the name that the API has for it. */
const deciding = new Set([...mutations.filter((name) => name !== 'heartbeat'), 'access', 'validateMeetingToken']);

const lost = async () => {
  throw new DatabaseError('LOST', 'CONNECTION_CLOSED');
};

// Services are reached with an id that can be read, be it of another noun.
const samples = {
  roomName: 'standup',
  text: 'some text',
  id: encodeId('Room', '0190f8a0-0000-7000-8000-000000000000' as RoomId),
};

async function ask(field: string, contextValue: Context): Promise<ExecutionResult> {
  const question = {
    schema,
    document: parse(documentFor(field, { depth: 0 })),
    variableValues: sampleVariables(field, samples),
    contextValue,
  };
  const answer = await (subscriptions.has(field) ? subscribe(question) : execute(question));
  if (Symbol.asyncIterator in answer) throw new Error(`${field} has begun`);
  return answer;
}

/** Every refusal of an answer, be it an error or the member of a union. */
function refusalsIn(field: string, { data, errors = [] }: ExecutionResult) {
  const member = data?.[field];
  const codes = errors.map(({ extensions }) => extensions.code);
  return { codes, member };
}

describe('a root field whose service loses the database', () => {
  test('every operation of the API is among them', () => {
    expect(new Set(rootFields)).toEqual(new Set([...namesOf(schema.getQueryType()), ...mutations, ...subscriptions]));
  });

  test.each(rootFields)('%s is UNAVAILABLE, and operators are told of it once', async (field) => {
    const { context, told } = contextOf(lost);
    const { errors = [], data } = await ask(field, context);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['UNAVAILABLE']);
    expect(
      Object.values(data ?? {})
        .flat()
        .filter((value) => value !== null),
    ).toEqual([]);
    expect(told.troubles.map(({ correlationId }) => correlationId)).toEqual([errors[0]?.extensions.correlationId]);
    expect(told.troubles[0]?.correlationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(told.troubles[0]?.error).toBeInstanceOf(DatabaseError);
  });

  test.each(rootFields)('%s is a decision or is none, as it is told', async (field) => {
    const { context, told } = contextOf(lost);
    await ask(field, context);
    const { caller } = context;
    const decision = { operation: field, outcome: 'Unavailable', code: 'UNAVAILABLE', caller };
    expect(told.decisions).toEqual(deciding.has(field) ? [decision] : []);
  });
});

test.each(rootFields)('%s of a credential that ends meanwhile is UNAUTHENTICATED, and no trouble', async (field) => {
  const { context, told } = contextOf(async () => {
    throw new CredentialEnded();
  });
  const { codes, member } = refusalsIn(field, await ask(field, context));
  if (codes.length > 0) expect(codes).toEqual(['UNAUTHENTICATED']);
  else expect(member).toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(told.troubles).toEqual([]);
  expect(told.decisions.map(({ operation, outcome, code }) => [operation, outcome, code])).toEqual(
    deciding.has(field) ? [[field, 'Forbidden', 'UNAUTHENTICATED']] : [],
  );
});

test.each(rootFields)(
  '%s with a mistake of ours fails, and neither the database nor a decision is told of',
  async (field) => {
    const { context, told } = contextOf(async () => {
      throw new TypeError('ours');
    });
    const { errors = [] } = await ask(field, context);
    expect(errors.map(({ originalError }) => originalError)).toEqual([expect.any(TypeError)]);
    expect(told).toEqual({ troubles: [], decisions: [] });
  },
);

describe('a field that is resolved later', () => {
  type AnyField = GraphQLField<unknown, Context>;
  const roots = new Set(
    [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].map((type) => type?.name),
  );
  const fields = Object.values(schema.getTypeMap())
    .filter((type) => type instanceof GraphQLObjectType)
    .filter(({ name }) => !name.startsWith('__') && !roots.has(name))
    .flatMap((type) =>
      Object.values(type.getFields()).map((field: AnyField) => ({ name: `${type.name}.${field.name}`, field })),
    );

  /** What came of it, and whether it asked a service. */
  async function resolveLater(field: AnyField) {
    const { context, told, asked } = contextOf(lost);
    const thing = thingOf(context);
    // These resolvers do not look at where in the document they stand.
    const info = {} as GraphQLResolveInfo;
    const outcome: unknown = await Promise.resolve()
      .then(() => field.resolve?.(thing, {}, context, info))
      .catch((error: unknown) => error);
    return { outcome, told, asked: asked() };
  }

  /** A thing of any type, in the state in which most is asked of it. */
  function thingOf({ services }: Context): object {
    const counted = () => services.viewer.view({ kind: 'ANYBODY' });
    const known: Readonly<Record<string, unknown>> = { status: 'PENDING', unseen: true, totalCount: counted };
    const left: ReadonlySet<string | symbol> = new Set(['then', 'seenBy', 'resync', Symbol.toPrimitive]);
    const thing: object = new Proxy(
      {},
      {
        get: (_target, name) => (left.has(name) ? undefined : (known[String(name)] ?? thing)),
        has: (_target, name) => !left.has(name),
      },
    );
    return thing;
  }

  test.each(fields)('$name lets no error of the database through', async ({ field }) => {
    const { outcome, told, asked } = await resolveLater(field);
    if (asked === 0) return expect(outcome).not.toBeInstanceOf(DatabaseError);
    expect(outcome).toBeInstanceOf(GraphQLError);
    expect(outcome).toMatchObject({
      extensions: { code: 'UNAVAILABLE', correlationId: told.troubles[0]?.correlationId },
    });
    expect(told.decisions).toEqual([]);
  });

  test('those that ask a service are among them', async () => {
    const asking = await Promise.all(
      fields.map(async ({ name, field }) => ((await resolveLater(field)).asked > 0 ? [name] : [])),
    );
    expect(asking.flat()).toEqual(
      expect.arrayContaining([
        'Room.participants',
        'Room.events',
        'Room.liveStream',
        'RoomConnection.totalCount',
        'KnockRequest.position',
        'KnockRequest.sameNetwork',
        'Participant.mediaGrant',
        'LiveStream.startedBy',
        'Domain.apiKeys',
        'Webhook.deliveries',
      ]),
    );
  });
});
