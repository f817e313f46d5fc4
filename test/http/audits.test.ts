import { serverAudits } from 'graphql-http';
import { expect, test } from 'vitest';
import { openDoor } from './door-kit.ts';

const { url } = await openDoor();
const audits = serverAudits({ url: `${url}/graphql` });

test('there are audits', () => {
  expect(audits.length).toBeGreaterThanOrEqual(60);
});

test.each(audits.map((audit) => [audit.id, audit.name, audit] as const))(
  'GraphQL over HTTP %s: %s',
  async (_id, _name, audit) => {
    const result = await audit.fn();
    expect({ ...result, response: undefined }).toMatchObject({ status: 'ok' });
  },
);
