import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gql } from '@apollo/client';
import { executeCodegen } from '@graphql-codegen/cli';
import { expect, test } from 'vitest';
import codegen from '../../codegen.config.ts';
import { createApolloClient, readPossibleTypes } from '../../examples/apollo-client/client.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';

const root = join(import.meta.dirname, '../..');

test('the Apollo recipe matches refusals by their interface, and hears subscriptions', async () => {
  const server = await startServer({ databaseUrl: (await createTestDatabase()).url });
  const room = await seed(server).waitingRoom();
  const owner = await room.owner();
  const possibleTypes = readPossibleTypes(await readFile(join(root, 'schema/schema.graphql'), 'utf8'));
  const { client, close } = createApolloClient(server.url, owner.sessionToken, possibleTypes);
  closeAfterwards(close);
  const heard = new Promise<string>((resolve, reject) => {
    const waiting = client.subscribe<{ knockRequested: { id: string } }>({
      query: gql`subscription { knockRequested { id userName status } }`,
    });
    const following = waiting.subscribe({ next: ({ data }) => resolve(data?.knockRequested.id ?? ''), error: reject });
    closeAfterwards(() => following.unsubscribe());
  });
  const knocker = await room.knocker();
  expect(await heard).toBe(knocker.knockId);
  await knocker.ask('mutation { cancelKnock { __typename } }');
  const { data } = await client.mutate({
    mutation: gql`mutation ($input: KnockDecisionInput!) { admitKnock(input: $input) { ... on Refusal { code } } }`,
    variables: { input: { knockId: knocker.knockId } },
  });
  expect(data).toMatchObject({ admitKnock: { code: 'KNOCK_ALREADY_DECIDED' } });
});

test('Relay’s compiler takes the schema, with connections, refetching and nodes', async () => {
  const house = await mkdtemp(join(tmpdir(), 'vestibule-relay-'));
  closeAfterwards(() => rm(house, { recursive: true, force: true }));
  const folder = join(house, 'examples/relay');
  await cp(join(root, 'examples/relay'), folder, { recursive: true });
  await cp(join(root, 'schema/schema.graphql'), join(house, 'schema/schema.graphql'));
  await mkdir(join(folder, 'src/generated'), { recursive: true });
  const compiler = join(root, 'node_modules/.bin/relay-compiler');
  await promisify(execFile)(process.execPath, [compiler, 'relay.config.json'], { cwd: folder });
  const made = await readdir(join(folder, 'src/generated'));
  expect(made).toContain('waitingRoomPaginationQuery.graphql.ts');
  expect(made).toContain('waitingRoomSubscription.graphql.ts');
});

test('generated types are those of the schema (npm run codegen)', async () => {
  const { result: files } = await executeCodegen({ ...codegen, cwd: root, silent: true });
  expect(files.length).toBeGreaterThan(2);
  for (const { filename, content } of files) {
    expect(await readFile(join(root, filename), 'utf8'), filename).toBe(content);
  }
});
