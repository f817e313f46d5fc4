import { beforeAll, describe, expect, test } from 'vitest';
import { openDomain } from '../support/domain.ts';
import type { Variables } from '../support/graphql-client.ts';
import type { Seed } from '../support/seed.ts';
import { change, read, type Said } from './room-kit.ts';

let backend: Seed;

beforeAll(async () => {
  ({ backend } = await openDomain());
});

describe('updateDomain', () => {
  const settings = 'lang enforceUniqueUserIds meetingTokenLifetimeSeconds permissions { hasPresence }';
  const update = (input: Variables) => change(backend, 'updateDomain', input, `... on Domain { ${settings} }`);

  test.each<[string, Variables, Variables]>([
    ['lang', { lang: 'fr' }, { lang: 'en' }],
    ['meetingTokenLifetimeSeconds', { meetingTokenLifetimeSeconds: 900 }, { meetingTokenLifetimeSeconds: null }],
    ['enforceUniqueUserIds', { enforceUniqueUserIds: true }, { enforceUniqueUserIds: false }],
    ['permissions', { permissions: { hasPresence: false } }, { permissions: { hasPresence: true } }],
  ])('%s: what is left out stays, and null goes back to what it was at first', async (field, given, first) => {
    expect(await update(given)).toMatchObject(given);
    expect(await update(field === 'lang' ? { enforceUniqueUserIds: false } : { lang: 'en' })).toMatchObject(given);
    expect(await update({ [field]: null })).toMatchObject(first);
  });
});

describe('createApiKey', () => {
  const create = (input: Variables) =>
    change<Said & { apiKey?: { exp: string; scopes: readonly string[] } }>(
      backend,
      'createApiKey',
      { name: 'key', scopes: ['READ'], ...input },
      '... on CreatedApiKey { apiKey { exp scopes } } ... on InvalidInput { issues { path } }',
    );
  const countKeys = async () => {
    type Keys = { domain: { apiKeys: { nodes: readonly object[] } } };
    return (await read<Keys>(backend, '{ domain { apiKeys { nodes { id } } } }')).domain.apiKeys.nodes.length;
  };

  test.each<[string, Variables, string]>([
    ['an exp that has passed', { exp: '2001-01-01T00:00:00Z' }, 'exp'],
    ['no scope', { scopes: [] }, 'scopes'],
    ['an empty name', { name: ' ' }, 'name'],
  ])('%s is refused by its name, and makes no key', async (_name, input, field) => {
    const before = await countKeys();
    const { code, issues } = await create(input);
    expect([code, issues]).toEqual(['INVALID_INPUT', [{ path: ['input', field] }]]);
    expect(await countKeys()).toBe(before);
  });

  test('a scope that is named twice is one', async () => {
    expect((await create({ scopes: ['READ', 'ROOMS', 'READ'] })).apiKey?.scopes).toEqual(['READ', 'ROOMS']);
  });

  test('an exp in the future is kept', async () => {
    const exp = '2091-01-01T00:00:00.000Z';
    expect((await create({ exp })).apiKey?.exp).toBe(exp);
  });
});

describe('meetingTokens', () => {
  const list = async (userId: string) => {
    type Tokens = { domain: { meetingTokens: { nodes: readonly { userId: string }[] } } };
    const query = 'query ($userId: String) { domain { meetingTokens(userId: $userId) { nodes { userId } } } }';
    return (await read<Tokens>(backend, query, { userId })).domain.meetingTokens.nodes.map((token) => token.userId);
  };

  test.each([
    ['composed as the backend has it', 'Zoë'.normalize('NFD')],
    ['in the form in which it is kept', 'Zoë'.normalize('NFC')],
    ['with blanks around it', ' Zoë '],
  ])('are found by a userId %s', async (_how, userId) => {
    await change(backend, 'createMeetingToken', { anyRoom: true, userId });
    expect(new Set(await list(userId))).toEqual(new Set(['Zoë'.normalize('NFC')]));
  });

  test.each(['', '\u0000', 'x'.repeat(37)])('%j is refused, since it is nobody’s userId', async (userId) => {
    const query = 'query ($userId: String) { domain { meetingTokens(userId: $userId) { nodes { userId } } } }';
    const { body } = await backend.ask(query, { userId });
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['userId'] }] });
  });
});
