import { expect, test } from 'vitest';
import { createBackend, VestibuleUnavailableError } from '../../packages/backend/src/index.ts';
import { measureWork, onThisMachine } from '../support/timing.ts';

const apiKey = `vk_0123abcd_${'s'.repeat(43)}`;

/** A service that answers this, whatever it is asked; where it answers nothing, nobody listens. */
const answering = (answer?: object) =>
  createBackend({
    url: 'https://meet.example.com',
    apiKey,
    attempts: 1,
    fetch: async () => {
      if (answer === undefined) throw new TypeError('fetch failed');
      return Response.json(answer);
    },
  });

async function failureOf(call: Promise<unknown>): Promise<VestibuleUnavailableError> {
  const failure = await call.catch((error: unknown) => error);
  if (failure instanceof VestibuleUnavailableError) return failure;
  return expect.unreachable(JSON.stringify(failure));
}

const unavailable = { message: 'Later.', extensions: { code: 'UNAVAILABLE', retryAfterSeconds: 3 } };
const broken = { message: 'Sorry.', extensions: { code: 'INTERNAL_SERVER_ERROR', correlationId: 'c-1' } };
const forbidden = { message: 'No.', extensions: { code: 'FORBIDDEN' } };

const banner = `${'#'.repeat(9)}\n# Webhooks, #7\r\n\n  `;

/** Documents as people write them, and whether the same one may be sent again. */
test.each<readonly [string, string, boolean]>([
  ['a query', 'query { domain { id } }', true],
  ['a query without a word', ' { domain { id } }', true],
  ['a query with a name', 'query Mine($id: ID!) { node(id: $id) { id } }', true],
  ['a query with variables alone', 'query ($id: ID!) { node(id: $id) { id } }', true],
  ['a query below a banner', `${banner}query { domain { id } }`, true],
  ['a query below a comment with a mutation', '# mutation { leaveRoom }\n{ domain { id } }', true],
  ['a mutation', 'mutation { leaveRoom { __typename } }', false],
  ['a mutation below a banner', `${banner}mutation { leaveRoom { __typename } }`, false],
  ['a mutation below a comment with a query', '# query {\nmutation { leaveRoom { __typename } }', false],
  ['a mutation after its fragment', 'fragment f on Room { id } mutation { leaveRoom { __typename } }', false],
  ['what begins as a query does', 'queryRooms { id }', false],
])('%s is known for what it is', async (_name, document, isSafeToRetry) => {
  expect(await failureOf(answering().ask(document, {}))).toMatchObject({ code: 'NETWORK', isSafeToRetry });
  expect(await failureOf(answering({ errors: [unavailable] }).ask(document, {}))).toMatchObject({
    code: 'UNAVAILABLE',
    isSafeToRetry,
    retryAfterSeconds: 3,
  });
});

test('a document with a banner holds up nobody', async () => {
  const document = `${'#'.repeat(29)}\n# Webhooks\nmutation { cancelKnock { __typename } }`;
  const data = { cancelKnock: { __typename: 'KnockRequest' } };
  const ask = async () => expect(await answering({ data }).ask(document, {})).toEqual(data);
  expect(await measureWork(ask)).toBeLessThan(onThisMachine(500));
});

test.each([
  ['could not be read now', unavailable, { code: 'UNAVAILABLE', retryAfterSeconds: 3 }],
  ['has a bug', broken, { code: 'INTERNAL_SERVER_ERROR', correlationId: 'c-1' }],
  ['has an error that is new', { message: 'New.', extensions: { code: 'NEW' } }, { code: 'NEW' }],
])('a query of which a part %s is not answered as if there were nothing', async (_what, error, told) => {
  const answer = { data: { domain: { name: 'acme' }, room: null }, errors: [forbidden, error] };
  const query = '{ domain { name } room(name: "weekly") { id } }';
  expect(await failureOf(answering(answer).ask(query, {}))).toMatchObject({ ...told, isSafeToRetry: true });
});

test('a part that is refused is null among others, and a mutation is answered with what it did', async () => {
  const data = { domain: { name: 'acme' }, room: null };
  const query = '{ domain { name } room(name: "weekly") { id } }';
  expect(await answering({ data, errors: [forbidden] }).ask(query, {})).toEqual(data);
  const made = { createWebhook: { secret: 'whsec_s', webhook: null } };
  const mutation = 'mutation { createWebhook { secret webhook { id } } }';
  expect(await answering({ data: made, errors: [unavailable] }).ask(mutation, {})).toEqual(made);
});
