import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** From what one statement takes to what nobody waits for. Seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type Meters = ReturnType<typeof createMeters>;

/** Everything that /metrics tells. Labels are names and codes out of closed sets: never an id, a name, a room or a token. */
export function createMeters() {
  const register = new Registry();
  collectDefaultMetrics({ register });
  return {
    register,
    ...createRequestMeters([register]),
    ...createDatabaseMeters([register]),
    ...createStateMeters([register]),
    ...createWebhookMeters([register]),
    ...createMediaMeters([register]),
  };
}

type Registers = [Registry];

function createRequestMeters(registers: Registers) {
  return {
    operations: new Counter({
      name: 'vestibule_operations_total',
      help: 'Executed queries and mutations, by their first field and the code of their first error (OK: no error).',
      labelNames: ['type', 'field', 'code'],
      registers,
    }),
    operationSeconds: new Histogram({
      name: 'vestibule_operation_duration_seconds',
      help: 'Duration of queries and mutations.',
      labelNames: ['type', 'field'],
      buckets,
      registers,
    }),
    decisions: new Counter({
      name: 'vestibule_decisions_total',
      help: 'Decisions of the service, by operation, outcome and refusal code (NONE: not refused).',
      labelNames: ['operation', 'outcome', 'code'],
      registers,
    }),
  };
}

function createDatabaseMeters(registers: Registers) {
  return {
    statementSeconds: new Histogram({
      name: 'vestibule_database_statement_duration_seconds',
      help: 'Duration of database statements, including the wait for a connection. Outcome: OK, or the failure.',
      labelNames: ['outcome'],
      buckets,
      registers,
    }),
    statementsOpen: new Gauge({
      name: 'vestibule_database_statements_open',
      help: 'Statements that are not answered yet. Those above the pool size wait for a connection.',
      registers,
    }),
    poolSize: new Gauge({
      name: 'vestibule_database_pool_size',
      help: 'Maximum number of database connections (POOL_SIZE).',
      registers,
    }),
  };
}

function createStateMeters(registers: Registers) {
  return {
    knocksWaiting: new Gauge({
      name: 'vestibule_knocks_waiting',
      help: 'Pending knocks in all rooms. Every process reports the same number.',
      registers,
    }),
    participantsPresent: new Gauge({
      name: 'vestibule_participants_present',
      help: 'Participants in all rooms. Every process reports the same number.',
      registers,
    }),
    subscriptionsOpen: new Gauge({
      name: 'vestibule_subscriptions_open',
      help: 'Open subscriptions of this process.',
      registers,
    }),
    wakeupsAway: new Gauge({
      name: 'vestibule_wakeups_away',
      help: '1 while EVENTS_URL delivers no wake-ups: events come half a second later. 0 otherwise.',
      registers,
    }),
    eventLagSeconds: new Gauge({
      name: 'vestibule_event_lag_seconds',
      help: 'Time since this process last checked for events of other processes. Above 5 seconds the process is not ready; on a cluster with a node away it may be ready with a warning.',
      registers,
    }),
  };
}

function createWebhookMeters(registers: Registers) {
  return {
    webhooksPending: new Gauge({
      name: 'vestibule_webhook_deliveries_pending',
      help: 'Pending webhook deliveries, counted up to 100,000. Every process reports the same number.',
      registers,
    }),
    webhookLagSeconds: new Gauge({
      name: 'vestibule_webhook_lag_seconds',
      help: 'How long the oldest due delivery has been waiting.',
      registers,
    }),
    webhookAttempts: new Counter({
      name: 'vestibule_webhook_attempts_total',
      help: 'Delivery attempts, by outcome: delivered, retried or failed.',
      labelNames: ['result'],
      registers,
    }),
    webhooksSwitchedOff: new Counter({
      name: 'vestibule_webhooks_switched_off_total',
      help: 'Webhooks that the service switched off because their endpoint was gone or failed for days.',
      labelNames: ['cause'],
      registers,
    }),
  };
}

function createMediaMeters(registers: Registers) {
  return {
    mediaGateAnswers: new Counter({
      name: 'vestibule_media_gate_answers_total',
      help: 'Connections to media servers that the gate was asked about: OPEN, CLOSED, UNKNOWN_KEY or AWAY.',
      labelNames: ['outcome'],
      registers,
    }),
    mediaGateLooks: new Counter({
      name: 'vestibule_media_gate_looks_total',
      help: 'Looks at gates from outside, by what was seen: HOLDS, OPEN or UNREACHABLE.',
      labelNames: ['look'],
      registers,
    }),
    mediaLagSeconds: new Gauge({
      name: 'vestibule_media_lag_seconds',
      help: 'How long a decision has been waiting to be carried out on a media server.',
      registers,
    }),
    mediaLooks: new Counter({
      name: 'vestibule_media_looks_total',
      help: 'Looks at rooms on media servers, by what came of them: done, or to be tried again.',
      labelNames: ['result'],
      registers,
    }),
    mediaLookSeconds: new Histogram({
      name: 'vestibule_media_look_duration_seconds',
      help: 'Duration of looks at rooms on media servers, with all calls that followed.',
      buckets,
      registers,
    }),
    mediaCalls: new Counter({
      name: 'vestibule_media_calls_total',
      help: 'Calls to media servers, by call and outcome.',
      labelNames: ['call', 'outcome'],
      registers,
    }),
    mediaLies: new Counter({
      name: 'vestibule_media_false_tracks_total',
      help: 'Participants who sent what they may not, by `fault`: LIE (may send nothing any more), SURPLUS (no custom tracks any more).',
      labelNames: ['fault'],
      registers,
    }),
  };
}
