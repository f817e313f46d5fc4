import { buildSchema, type OperationDefinitionNode, parse } from 'graphql';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { defaultLimits, type Limits, withoutAddresses } from '../../src/http/limits.ts';
import { createCostOf } from '../../src/http/operation-cost.ts';
import { limitWork, type PayerOf } from '../../src/http/work-budget.ts';
import { openDoor } from './door-kit.ts';
import { everyWay } from './every-door.ts';
import { limitedSchema } from './limit-rows.ts';

const schema = limitedSchema();
const slowly = { workPerPersonPerSecond: 0.1, workPerAddressPerSecond: 0.1 };

/** Asks for so many objects with so many plain fields each, and two around them. */
const asking = (type: string, objects: number, fields = 'name') =>
  `${type} { node { page(first: ${objects}) { nodes { ${fields} } } } }`;

const payerOf: PayerOf = (context) => {
  const { bearer, clientAddress } = (context as { request: { bearer: string | null; clientAddress: string } }).request;
  return bearer === 'backend' ? null : { person: bearer, address: clientAddress };
};

describe.each(everyWay)('a $type by $door', ({ type, ask }) => {
  test('pays for what it asks for, and is refused where nothing is left', async () => {
    const { url } = await openDoor({ schema, payerOf, limits: { workPerPerson: 10, ...slowly } });
    const outcome = async (bearer: string, objects: number) => {
      const { data, errors } = await ask(url, { query: asking(type, objects), bearer });
      const { code, retryAfterSeconds } = errors?.[0]?.extensions ?? {};
      return errors === undefined && data?.node ? 'passes' : `${code}, wait: ${Number(retryAfterSeconds) >= 1}`;
    };
    const small = type === 'subscription' ? 3 : 80;
    expect(await outcome('Anna', small)).toBe('passes');
    // Nothing of it is there, and a tenth is paid.
    expect(await outcome('Anna', 200)).toBe('passes');
    expect(await outcome('Anna', 200)).toBe('RATE_LIMITED, wait: true');
    // What asks for little goes on: to leave, or to take something back.
    expect(await outcome('Anna', small)).toBe('passes');
    expect(await outcome('Ben', 200)).toBe('passes');
    expect(await outcome('backend', 200)).toBe('passes');
    expect(await outcome('backend', 200)).toBe('passes');
  });
});

describe('the budget', () => {
  afterEach(() => void vi.useRealTimers());

  const open = (limits: Partial<Limits>) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const guard = limitWork(schema, { ...defaultLimits, ...limits }, payerOf);
    return (bearer: string | null, query: string, clientAddress = '192.0.2.1') => {
      const contextValue = { request: { bearer, clientAddress } };
      const [error] = guard.refuse?.({ schema, document: parse(query), contextValue }) ?? [];
      return error === undefined ? 'passes' : `wait ${error.extensions.retryAfterSeconds}`;
    };
  };

  test('comes back with time', () => {
    const ask = open({ workPerPerson: 1000, workPerPersonPerSecond: 100 });
    // 1,002 objects and 1,000 plain fields at a tenth: 102 beyond what there is.
    expect(ask('Anna', asking('query', 1000))).toBe('passes');
    expect(ask('Anna', asking('query', 1000))).toBe('wait 2');
    vi.advanceTimersByTime(1000);
    expect(ask('Anna', asking('query', 1000))).toBe('wait 1');
    vi.advanceTimersByTime(20);
    expect(ask('Anna', asking('query', 1000))).toBe('passes');
  });

  test.each([
    ['a plain field counts a tenth', asking('query', 100, 'name a: name b: name c: name'), 142],
    ['a subscription counts ten events', asking('subscription', 100), 1120],
  ])('%s', (_, query, work) => {
    const ask = open({ workPerPerson: work - 0.25, ...slowly });
    expect([ask('Anna', query), ask('Anna', query)]).toEqual(['passes', 'wait 3']);
    const free = open({ workPerPerson: work + 0.5, ...slowly });
    expect([free('Anna', query), free('Anna', query)]).toEqual(['passes', 'passes']);
  });

  test('counts of what is asked of several types the dearest, since no object is of two', () => {
    const cost = createCostOf(
      buildSchema(
        'type A { n: Int o: A } type B { n: Int } union Thing = A | B type Query { things(first: Int): [Thing!]! }',
      ),
      { ...defaultLimits, plainField: 0.1 },
    );
    const costOf = (selection: string) => {
      const document = parse(`{ things(first: 10) { ${selection} } } fragment OfB on B { a: n b: n c: n d: n }`);
      return cost(document, document.definitions[0] as OperationDefinitionNode, {});
    };
    expect(costOf('... on A { n } ... on B { n }')).toBeCloseTo(11);
    expect(costOf('... on A { n } ...OfB')).toBeCloseTo(14);
    // Of one type all counts.
    expect(costOf('... on A { n } ... on A { o { n } } ...OfB')).toBeCloseTo(22);
    expect(costOf('__typename ... on Thing { ... on A { n } } ...OfB')).toBeCloseTo(16);
  });

  test('is an address’s too, where whoever takes little goes on, and whoever shows nothing takes nothing from people', () => {
    const ask = open({ workPerAddress: 1000.5, workPerAddressPerSecond: 1 });
    const [little, much] = [asking('query', 100), asking('query', 6000)];
    expect([ask('Anna', much), ask('Anna', little)]).toEqual(['passes', 'wait 17']);
    for (let time = 0; time < 40; time += 1) expect(ask('Ben', little)).toBe('passes');
    expect([ask(null, asking('query', 1000)), ask(null, little)]).toEqual(['passes', 'wait 102']);
    // By what they have taken themselves.
    for (let time = 0; time < 5; time += 1) ask('Ben', little);
    expect(ask('Ben', little)).toBe('wait 1');
    expect([ask('Anna', little, '192.0.2.2'), ask(null, little, '192.0.2.2')]).toEqual(['passes', 'passes']);
  });

  test.each([
    ['there is nothing', [], 112],
    ['there is half', Array(500).fill({ name: 'Ada' }), 552],
    ['all is there', Array(1000).fill({ name: 'Ada' }), 1102],
  ])('gets back what was not there: %s', async (_, nodes, paid) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const guard = limitWork(schema, { ...defaultLimits, workPerPerson: 1, workPerPersonPerSecond: 1 }, payerOf);
    const contextValue = { request: { bearer: 'Anna', clientAddress: '192.0.2.1' } };
    const args = { schema, document: parse(asking('query', 1000)), contextValue };
    const answer = { data: { node: { page: { nodes } } } };
    await guard.around?.(args, () => {
      expect(guard.refuse?.(args)).toEqual([]);
      return Promise.resolve(answer);
    });
    const [error] = guard.refuse?.({ ...args }) ?? [];
    expect(Math.abs(Number(error?.extensions.retryAfterSeconds) - paid)).toBeLessThanOrEqual(2);
  });

  test('is nobody’s where the budgets are off', () => {
    const { workPerPerson, workPerAddress } = withoutAddresses({
      ...defaultLimits,
      workPerPerson: 1,
      workPerAddress: 1,
    });
    const ask = open({ workPerPerson, workPerAddress });
    for (let time = 0; time < 20; time += 1) expect(ask('Anna', asking('query', 12_000))).toBe('passes');
  });
});
