import fc from 'fast-check';
import { GraphQLError } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { Frames } from '../../src/http/frames.ts';

type Result = { readonly data?: Record<string, unknown> | null; readonly errors?: readonly GraphQLError[] };

/** What a socket sends of these answers, until they are over. */
async function framesOf(id: string, answers: readonly Result[]): Promise<readonly string[]> {
  async function* stream() {
    yield* answers;
  }
  const sent: string[] = [];
  const send = (text: string) => void sent.push(text) as undefined;
  expect(await new Frames(stream(), id, send).next()).toEqual({ done: true, value: undefined });
  return sent;
}

const internals = { extensions: { code: 'FORBIDDEN', http: { status: 403 }, unexpected: true } };
const data = fc.oneof(fc.constant(null), fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()));
const result = fc.oneof(
  fc.record({ data }),
  fc
    .record({ data, message: fc.string() })
    .map((made): Result => ({ errors: [new GraphQLError(made.message, internals)], data: made.data })),
);

/** What graphql-ws would send. */
const byItself = (id: string, { data: shown, errors }: Result) =>
  JSON.stringify({
    id,
    type: 'next',
    payload: {
      data: shown,
      ...(errors && { errors: errors.map(({ message }) => ({ message, extensions: { code: 'FORBIDDEN' } })) }),
    },
  });

describe('the answers of a stream', () => {
  it('are sent to each subscriber byte for byte as graphql-ws would, whoever else is given the same', async () => {
    const ids = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(ids, fc.array(result, { maxLength: 6 }), async (subscribers, answers) => {
        // Other answers to the same events.
        const others = answers.map((one) => ({ ...one, data: { of: one.data ?? null } }));
        for (const id of subscribers)
          for (const given of [answers, others])
            expect(await framesOf(id, given)).toEqual(given.map((one) => byItself(id, one)));
      }),
    );
  });

  it('are written once for all who are given the same', async () => {
    const toJSON = vi.fn(() => 'shown');
    const answers = [{ data: { one: { toJSON } } }];
    for (const id of ['1', '2', '"3"\u2028']) await framesOf(id, answers);
    expect(toJSON).toHaveBeenCalledTimes(1);
  });

  it('that break off break off for the reader too', async () => {
    async function* stream(): AsyncGenerator<Result, void, void> {
      yield { data: { one: 1 } };
      throw new Error('away');
    }
    const sent: string[] = [];
    const frames = new Frames(stream(), 'a', (text) => void sent.push(text) as undefined);
    await expect(frames.next()).rejects.toThrow('away');
    expect(sent).toEqual(['{"id":"a","type":"next","payload":{"data":{"one":1}}}']);
  });
});
