import { beforeAll, expect, it } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import type { Result } from '../support/graphql-client.ts';
import { type Caller, seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { allOperations, lastOperations, type Operation, operationsOn } from './callers-operations.ts';
import { gatherCallers } from './callers-people.ts';
import { type CallerName, callerNames, expectedAnswers } from './callers-policy.ts';
import { setScene } from './callers-scene.ts';

// Who is FORBIDDEN something reads what came, and what is needed: the scope by its name, where a key with it may.

let callers: ReadonlyMap<CallerName, Caller>;
let operations: ReadonlyMap<string, Operation>;

beforeAll(async () => {
  const database = await createTestDatabase();
  const server = await startServer({ databaseUrl: database.url, rateLimits: false });
  const backend = seed(server);
  const roomA = await backend.waitingRoom({ knockCooldownSeconds: 0 });
  const everybody = await gatherCallers({ database, server }, roomA, await backend.waitingRoom());
  callers = everybody.callers;
  const scene = await setScene(roomA, everybody.guest.id, everybody.left.id);
  operations = new Map([...operationsOn(scene), ...lastOperations()].map((operation) => [operation.name, operation]));
});

const scopes = ['ROOMS', 'TOKENS', 'ADMISSION', 'WEBHOOKS'] as const;

/** The scopes that are enough, as the table of callers has them. */
const enoughFor = ({ policy, allowed }: Pick<Operation, 'policy' | 'allowed'>) => {
  const answers = expectedAnswers(policy, allowed);
  return [...scopes, 'ADMIN' as const].filter((scope) => answers[`key ${scope}`] === allowed);
};

const refusing = allOperations.filter(({ name, policy, allowed }) => {
  const answers = expectedAnswers(policy, allowed);
  return !name.includes('.') && callerNames.some((one) => one.startsWith('key ') && answers[one] === 'FORBIDDEN');
});

it.each(refusing.map(({ name }) => name))('%s names the scope that is needed', async (name) => {
  const operation = operations.get(name) ?? expect.unreachable(name);
  const document = operation.document.replace('... on Refusal { code', '... on Refusal { code why: message');
  const answers = expectedAnswers(operation.policy, operation.allowed);
  const enough = enoughFor(operation);
  for (const caller of callerNames.filter((one) => answers[one] === 'FORBIDDEN' && one.startsWith('key '))) {
    const asked = callers.get(caller) ?? expect.unreachable(caller);
    const stream = await asked
      .sse()
      .subscribe<Readonly<Record<string, { why?: string }>>>(document, operation.variables);
    const { data, errors }: Result<Readonly<Record<string, { why?: string }>>> = await stream.next();
    await stream.stop();
    const said = errors?.[0]?.message ?? Object.values(data ?? {})[0]?.why ?? '';
    expect(said, caller).toContain(caller === 'key of another domain' ? 'API key' : caller.replace('key ', 'scope '));
    for (const scope of enough) expect(said, caller).toContain(scope);
    if (enough.length === 0) expect(said, caller).toMatch(/This needs a (session|knock) token/);
  }
});
