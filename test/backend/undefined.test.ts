import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLInputType, getNullableType, isInputObjectType, isListType } from 'graphql';
import { expect, test } from 'vitest';
import { type Backend, createBackend, signMeetingToken } from '../../packages/backend/src/index.ts';

const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));

type Operation = {
  /** What the path of a field begins with, where a refusal names it. */
  readonly at: readonly string[];
  readonly fields: readonly (readonly string[])[];
  readonly call: (input: object) => unknown;
};

let sent = 0;
const vestibule = createBackend({
  url: 'https://meet.example.com',
  apiKey: `vk_0123abcd_${'s'.repeat(43)}`,
  attempts: 1,
  fetch: async () => {
    sent += 1;
    return Response.json({ data: {} });
  },
});

/** Without a type checker anything may be given. */
const given =
  (method: keyof Backend, more: object = {}) =>
  (input: object): unknown =>
    Reflect.apply(vestibule[method], vestibule, [{ ...input, ...more }]);

const operation = (method: keyof Backend, type: string, more: object = {}): Operation => ({
  at: ['input'],
  fields: pathsWithin(schema.getType(type) as GraphQLInputType),
  call: given(method, more),
});

const operations: { readonly [Name in keyof Backend]: readonly Operation[] } = {
  createRoom: [
    operation('createRoom', 'CreateRoomInput'),
    { at: [], fields: [['idempotencyKey']], call: given('createRoom') },
  ],
  createMeetingToken: [operation('createMeetingToken', 'CreateMeetingTokenInput')],
  revoke: [operation('revoke', 'RevokeMeetingTokensInput')],
  decide: [
    operation('decide', 'KnockDecisionInput', { decision: 'ADMIT' }),
    operation('decide', 'DenyKnockInput', { decision: 'DENY' }),
  ],
  decideMany: [
    operation('decideMany', 'DecideKnocksInput', { decision: 'ADMIT' }),
    operation('decideMany', 'DecideKnocksInput', { decision: 'DENY' }),
  ],
  eject: [operation('eject', 'EjectParticipantsInput')],
  setMediaServer: [operation('setMediaServer', 'SetMediaServerInput')],
  explainEntry: [
    {
      at: [],
      fields:
        Object.entries(schema.getQueryType()?.getFields() ?? {})
          .find(([name]) => name === 'explainEntry')?.[1]
          .args.map(({ name }) => [name]) ?? [],
      call: given('explainEntry'),
    },
  ],
  ask: [
    {
      at: [],
      fields: [['roomName'], ['input', 'roomName'], ['list', '0', 'roomName']],
      call: (variables) =>
        vestibule.ask('query ($roomName: String) { knocks(roomName: $roomName) { totalCount } }', variables),
    },
  ],
};

const key = { domain: 'acme', algorithm: 'HS256', secret: 'x'.repeat(43) } as const;
const signing: Operation = {
  ...operation('createMeetingToken', 'CreateMeetingTokenInput'),
  call: (terms) => signMeetingToken(terms, key),
};

test.each(Object.entries({ ...operations, signMeetingToken: [signing] }))(
  '%s refuses each field that is there and undefined by its path, and sends and signs nothing',
  async (_name, all) => {
    for (const { at, fields, call } of all) {
      expect(fields).not.toEqual([]);
      for (const path of fields) {
        expect(await call(holding(path)), path.join('.')).toMatchObject({
          __typename: 'InvalidInput',
          code: 'INVALID_INPUT',
          issues: [{ path: [...at, ...path], message: expect.stringContaining('undefined') }],
        });
      }
    }
    expect(sent).toBe(0);
  },
);

/** Every field of an input, those within it and the first of each list. */
function pathsWithin(type: GraphQLInputType): readonly (readonly string[])[] {
  const own = getNullableType(type);
  if (isListType(own)) return [['0'], ...pathsWithin(own.ofType).map((path) => ['0', ...path])];
  if (!isInputObjectType(own)) return [];
  return Object.values(own.getFields()).flatMap((field) => [
    [field.name],
    ...pathsWithin(field.type).map((path) => [field.name, ...path]),
  ]);
}

/** An object that has nothing but this field, which is undefined. */
function holding([name = '', ...rest]: readonly string[]): object {
  const value = rest.length === 0 ? undefined : holding(rest);
  return name === '0' ? [value] : { [name]: value };
}
