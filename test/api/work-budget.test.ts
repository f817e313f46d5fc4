import { beforeAll, expect, test } from 'vitest';
import type { Caller } from '../support/seed.ts';
import { type House, openHouse } from './admission-kit.ts';

// The numbers are held by test/http/work-budget.test.ts. Here: who pays by which budget, with the settings that a service starts with.

let house: House;

beforeAll(async () => {
  house = await openHouse({ rateLimits: true });
});

/** As dear as an operation may be, in a room of a hundred. */
const lists = Array.from({ length: 20 }, (_, index) => `a${index}: participants(first: 100) { ...People }`).join(' ');
const dear = `query Dear($name: String!) { room(name: $name) { ${lists} } }
  fragment People on ParticipantConnection { nodes { id userName permissions { canSend canReceive { base } } } }`;

type Outcome = 'passes' | 'RATE_LIMITED' | string;

async function readIt({ ask }: Caller, name: string): Promise<Outcome> {
  const { body } = await ask<{ room: { a0: object } | null }>(dear, { name });
  return body.errors === undefined ? 'passes' : String(body.errors[0]?.extensions?.code ?? body.errors[0]?.message);
}

/** Reads until it is refused, some forty times as much as a page does. */
async function readOn(caller: Caller, name: string): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  while (outcomes.length < 40 && outcomes.at(-1) !== 'RATE_LIMITED') outcomes.push(await readIt(caller, name));
  return outcomes;
}

test('a guest who reads without end is refused, and may still leave; a backend and everybody else read on', async () => {
  const room = await house.backend.room({ privacy: 'PUBLIC' });
  const [greedy, other] = [await room.join({ userName: 'Greedy' }), await room.owner()];
  await Promise.all(Array.from({ length: 98 }, (_, index) => room.join({ userName: `Guest ${index}` })));
  const outcomes = await readOn(greedy, room.name);
  expect(outcomes.length).toBeGreaterThan(5);
  expect([...new Set(outcomes)]).toEqual(['passes', 'RATE_LIMITED']);
  expect(await readIt(other, room.name)).toBe('passes');
  for (let time = 0; time < 30; time += 1) expect(await readIt(house.backend, room.name)).toBe('passes');
  const { body } = await greedy.ask<{ leaveRoom: { __typename: string } }>('mutation { leaveRoom { __typename } }');
  expect(body.data?.leaveRoom.__typename).toBe('Participant');
});
