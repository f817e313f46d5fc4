import { GraphQLError, GraphQLSchema, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { observeOperations } from '../../src/http/operation-observer.ts';
import { createObservation } from '../../src/metrics/observation.ts';
import type { Caller } from '../../src/rules/caller.ts';
import { type ApiKeyId, encodeId, type KnockId, type ParticipantId, type RoomId } from '../../src/rules/ids.ts';

type Line = { readonly level: 'debug' | 'info'; readonly fields: object };

/** What an operator sees, with nothing of the service behind it. */
function observe() {
  const lines: Line[] = [];
  const reported: string[] = [];
  const report = (name: string) => () => void reported.push(name);
  const observation = createObservation({
    poolSize: 3,
    log: {
      debug: (fields) => lines.push({ level: 'debug', fields }),
      info: (fields) => lines.push({ level: 'info', fields }),
    },
    gateReports: { answered: report('answered'), unknownKey: report('unknownKey'), looked: report('looked') },
    webhookReports: {
      attempted: report('attempted'),
      switchedOff: report('switchedOff'),
      queued: report('queued'),
      troubled: report('troubled'),
    },
    mediaReports: {
      called: report('called'),
      passed: report('passed'),
      offended: report('offended'),
      changed: report('changed'),
      lagged: report('lagged'),
      troubled: report('troubled'),
    },
  });
  /** The values of these series, in their order; null: there is none. */
  const read = async (...series: readonly string[]) => {
    const samples = (await observation.metrics()).split('\n');
    return series.map((name) => {
      const line = samples.find((one) => one.startsWith(`${name} `));
      return line === undefined ? null : Number(line.slice(line.lastIndexOf(' ')));
    });
  };
  return { observation, lines, reported, read };
}

test('times are told in seconds', async () => {
  const { observation, read } = observe();
  const startedAt = performance.now();
  const watch = observation.operation({ type: 'query', field: 'rooms' });
  const answered = observation.statement('select 1');
  while (performance.now() - startedAt < 20);
  watch.end(null);
  answered(null);
  const elapsed = (performance.now() - startedAt) / 1000;
  observation.watch({ eventLagMs: () => 1500, openSubscriptions: () => 0, tally: () => Promise.reject(new Error()) });
  const [operation, statement, lag] = await read(
    'vestibule_operation_duration_seconds_sum{type="query",field="rooms"}',
    'vestibule_database_statement_duration_seconds_sum{outcome="OK"}',
    'vestibule_event_lag_seconds',
  );
  for (const seconds of [operation, statement]) {
    expect(seconds).toBeGreaterThanOrEqual(0.015);
    expect(seconds).toBeLessThanOrEqual(elapsed);
  }
  expect(lag).toBe(1.5);
});

test('an operation whose error has no code of its own is counted as a failure of the service', async () => {
  const { observation, read } = observe();
  const guard = observeOperations(observation.operation);
  const request = { schema: new GraphQLSchema({}), document: parse('{ rooms { id } }') };
  const answers = [
    { errors: [new GraphQLError('the database is down')] },
    { errors: [new GraphQLError('no', { extensions: { code: 'FORBIDDEN' } })] },
    { data: {} },
  ];
  for (const answer of answers) await guard.around?.(request, () => answer);
  const series = ['INTERNAL_SERVER_ERROR', 'FORBIDDEN', 'OK'].map(
    (code) => `vestibule_operations_total{type="query",field="rooms",code="${code}"}`,
  );
  expect(await read(...series)).toEqual([1, 1, 1]);
});

test.each([
  ['in a fragment', '{ ...Root } fragment Root on Query { rooms { id } knocks { id } }'],
  ['in a fragment within one', '{ ...A } fragment A on Query { ...B } fragment B on Query { rooms { id } }'],
  ['in an inline fragment', '{ ... on Query { ...Root } domain { id } } fragment Root on Query { rooms { id } }'],
])('an operation is counted under its first field, also where that stands %s behind others', async (_where, text) => {
  const { observation, read } = observe();
  const document = parse(`fragment Person on Participant { userName } ${text}`);
  await observeOperations(observation.operation).around?.({ schema: new GraphQLSchema({}), document }, () => ({}));
  expect(await read('vestibule_operations_total{type="query",field="rooms",code="OK"}')).toEqual([1]);
});

test('a statement is open until it is answered, by its failure too', async () => {
  const { observation, read } = observe();
  const [first, second] = [observation.statement('select 1'), observation.statement('select 2')];
  expect(await read('vestibule_database_statements_open', 'vestibule_database_pool_size')).toEqual([2, 3]);
  first(null);
  second('57014');
  expect(
    await read(
      'vestibule_database_statements_open',
      'vestibule_database_statement_duration_seconds_count{outcome="57014"}',
    ),
  ).toEqual([0, 1]);
});

test('each number that is read when it is asked for has its own series; what cannot be read is left out', async () => {
  const { observation, read } = observe();
  const series = ['vestibule_knocks_waiting', 'vestibule_participants_present', 'vestibule_subscriptions_open'];
  const gauges = { eventLagMs: () => 0, openSubscriptions: () => 7 };
  observation.watch({ ...gauges, tally: () => Promise.resolve({ knocksWaiting: 2, participantsPresent: 5 }) });
  expect(await read(...series)).toEqual([2, 5, 7]);
  observation.watch({ ...gauges, tally: () => Promise.reject(new Error('no database')) });
  expect(await read(...series)).toEqual([null, null, 7]);
});

test('webhooks are counted, and still reported', async () => {
  const { observation, reported, read } = observe();
  const { attempted, switchedOff, queued, troubled } = observation.webhookReports;
  const about = { webhookId: 'webhook', deliveryId: 'delivery', attempt: 1 };
  attempted({ ...about, result: 'retried', cause: '500', seconds: 1, isKept: true });
  switchedOff({ ...about, cause: 'GONE' });
  queued({ pending: 4, lagSeconds: 9 });
  troubled(new Error('for the log'));
  expect(reported).toEqual(['attempted', 'switchedOff', 'queued', 'troubled']);
  expect(
    await read(
      'vestibule_webhook_attempts_total{result="retried"}',
      'vestibule_webhooks_switched_off_total{cause="GONE"}',
      'vestibule_webhook_deliveries_pending',
      'vestibule_webhook_lag_seconds',
    ),
  ).toEqual([1, 1, 4, 9]);
  queued(null);
  expect(await read('vestibule_webhook_deliveries_pending', 'vestibule_webhook_lag_seconds')).toEqual([null, null]);
});

describe('a decision', () => {
  test.each([
    [null, 'debug'],
    ['ROOM_FULL', 'info'],
    // A flood does not fill the log.
    ['RATE_LIMITED', 'debug'],
  ] as const)('with the code %s is a line at %s, and counted', async (code, level) => {
    const { observation, lines, read } = observe();
    observation.decision({ operation: 'knock', outcome: 'Knocked', code, caller: { kind: 'ANYBODY' } });
    expect(lines).toEqual([
      { level, fields: { operation: 'knock', outcome: 'Knocked', caller: 'ANYBODY', ...(code && { code }) } },
    ]);
    const labels = `operation="knock",outcome="Knocked",code="${code ?? 'NONE'}"`;
    expect(await read(`vestibule_decisions_total{${labels}}`)).toEqual([1]);
  });

  const [own, room] = ['5e5e5e5e-0000-4000-8000-000000000001', '5e5e5e5e-0000-4000-8000-000000000002'];
  const roomId = encodeId('Room', room as RoomId);
  test.each<[object, object]>([
    [{ kind: 'BACKEND', apiKey: { id: own, name: 'Secret' } }, { apiKeyId: encodeId('ApiKey', own as ApiKeyId) }],
    [
      { kind: 'PARTICIPANT', id: own, roomId: room, token: { userName: 'Secret' } },
      { participantId: encodeId('Participant', own as ParticipantId), roomId },
    ],
    [
      { kind: 'KNOCKER', id: own, roomId: room },
      { knockId: encodeId('KnockRequest', own as KnockId), roomId },
    ],
    [{ kind: 'UNKNOWN', form: 'OTHER' }, {}],
    [{ kind: 'ANYBODY' }, {}],
  ])('names who asked by their ids, as the API shows them: %j', (caller, ids) => {
    const { observation, lines } = observe();
    // Of a caller the log reads no more than these.
    const asked = caller as Caller;
    observation.decision({ operation: 'knock', outcome: 'Forbidden', code: 'FORBIDDEN', caller: asked });
    const said = { operation: 'knock', outcome: 'Forbidden', code: 'FORBIDDEN', caller: asked.kind };
    expect(lines).toEqual([{ level: 'info', fields: { ...said, ...ids } }]);
  });
});

test('what the gate of media servers answers, and what is seen of it, is counted, and still reported', async () => {
  const { observation, reported, read } = observe();
  const { answered, unknownKey, looked } = observation.gateReports;
  const server = { id: 'server', domainId: 'domain' } as unknown as Parameters<typeof looked>[1];
  answered('OPEN');
  answered('CLOSED');
  unknownKey('key');
  looked('OPEN', server);
  expect(reported).toEqual(['answered', 'answered', 'unknownKey', 'looked']);
  expect(
    await read(
      'vestibule_media_gate_answers_total{outcome="OPEN"}',
      'vestibule_media_gate_answers_total{outcome="CLOSED"}',
      'vestibule_media_gate_looks_total{look="OPEN"}',
    ),
  ).toEqual([1, 1, 1]);
});

test('what is asked of media servers, and what is seen there, is counted, and still reported', async () => {
  const { observation, reported, read } = observe();
  const { called, passed, offended, changed, lagged, troubled } = observation.mediaReports;
  const place = { domainId: 'domain', roomId: 'room', mediaServerId: 'server' };
  const about = place as unknown as Parameters<typeof passed>[0];
  called('LOOK', 'UNREACHABLE');
  passed({ ...about, isDone: true, seconds: 0.25 });
  passed({ ...about, isDone: true, seconds: 0.5 });
  passed({ ...about, isDone: false, seconds: 1 });
  offended({ ...place, fault: 'LIE' } as unknown as Parameters<typeof offended>[0]);
  changed({ ...about, state: 'AWAY', error: null });
  lagged(7);
  troubled(new Error('for the log'));
  expect(reported).toEqual(['called', 'passed', 'passed', 'passed', 'offended', 'changed', 'lagged', 'troubled']);
  expect(
    await read(
      'vestibule_media_calls_total{call="LOOK",outcome="UNREACHABLE"}',
      'vestibule_media_looks_total{result="done"}',
      'vestibule_media_looks_total{result="again"}',
      'vestibule_media_look_duration_seconds_sum',
      'vestibule_media_false_tracks_total{fault="LIE"}',
      'vestibule_media_lag_seconds',
    ),
  ).toEqual([1, 2, 1, 1.75, 1, 7]);
  // Nobody can say: an old number would say that all is well.
  lagged(null);
  expect(await read('vestibule_media_lag_seconds')).toEqual([null]);
});

test.each([
  ['while they do not come', () => 'nats: closed', 1],
  ['not while they come', () => null, 0],
  ['not where nothing could be away', undefined, 0],
])('wake-ups are away %s', async (_when, wakeupProblem, away) => {
  const { observation, read } = observe();
  observation.watch({
    ...{ eventLagMs: () => 0, openSubscriptions: () => 0, tally: () => Promise.reject(new Error('no database')) },
    ...(wakeupProblem && { wakeupProblem }),
  });
  expect(await read('vestibule_wakeups_away')).toEqual([away]);
});
