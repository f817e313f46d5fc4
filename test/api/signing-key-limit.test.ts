import { expect, test } from 'vitest';
import { openDomain } from '../support/domain.ts';
import { change } from './room-kit.ts';

type Answer = {
  readonly __typename: string;
  readonly selfSigningKey?: { readonly id: string };
  readonly issues?: readonly { readonly path: readonly string[] }[];
};

test('a domain has a thousand keys at most that are not revoked, and one that is revoked makes room', async () => {
  const { backend } = await openDomain();
  const fields =
    '__typename ... on AddedSelfSigningKey { selfSigningKey { id } } ... on InvalidInput { issues { path } }';
  const add = () => change<Answer>(backend, 'addSelfSigningKey', { algorithm: 'HS256' }, fields);
  const added: Answer[] = [];
  for (let count = 0; count < 10; count += 1)
    added.push(...(await Promise.all(Array.from({ length: 99 }, () => add()))));
  for (let count = 0; count < 10; count += 1) added.push(await add());
  expect(added.filter(({ __typename }) => __typename === 'AddedSelfSigningKey')).toHaveLength(1_000);
  expect(await add()).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: ['input'] }] });
  const selfSigningKeyId = added[7]?.selfSigningKey?.id;
  const revoked = await backend.ask(
    'mutation ($id: ID!) { revokeSelfSigningKey(selfSigningKeyId: $id) { __typename } }',
    { id: selfSigningKeyId },
  );
  expect(revoked.body.data).toEqual({ revokeSelfSigningKey: { __typename: 'SelfSigningKey' } });
  expect(await add()).toMatchObject({ __typename: 'AddedSelfSigningKey' });
  expect(await add()).toMatchObject({ __typename: 'InvalidInput' });
});
