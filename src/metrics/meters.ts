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
  };
}

type Registers = [Registry];

function createRequestMeters(registers: Registers) {
  return {
    operations: new Counter({
      name: 'vestibule_operations_total',
      help: 'Queries and mutations that were executed, by their first field and the code of their first error (OK: none).',
      labelNames: ['type', 'field', 'code'],
      registers,
    }),
    operationSeconds: new Histogram({
      name: 'vestibule_operation_duration_seconds',
      help: 'How long queries and mutations took.',
      labelNames: ['type', 'field'],
      buckets,
      registers,
    }),
    decisions: new Counter({
      name: 'vestibule_decisions_total',
      help: 'What the service decided, by operation, outcome and refusal code (NONE: not refused).',
      labelNames: ['operation', 'outcome', 'code'],
      registers,
    }),
  };
}

function createDatabaseMeters(registers: Registers) {
  return {
    statementSeconds: new Histogram({
      name: 'vestibule_database_statement_duration_seconds',
      help: 'How long statements took, the wait for a connection included; outcome: OK or the failure.',
      labelNames: ['outcome'],
      buckets,
      registers,
    }),
    statementsOpen: new Gauge({
      name: 'vestibule_database_statements_open',
      help: 'Statements that were asked for and not answered. Above the pool size they wait for a connection.',
      registers,
    }),
    poolSize: new Gauge({
      name: 'vestibule_database_pool_size',
      help: 'Connections to the database at most (POOL_SIZE).',
      registers,
    }),
  };
}

function createStateMeters(registers: Registers) {
  return {
    knocksWaiting: new Gauge({
      name: 'vestibule_knocks_waiting',
      help: 'People who wait for an answer, over all rooms. Every process tells the same number.',
      registers,
    }),
    participantsPresent: new Gauge({
      name: 'vestibule_participants_present',
      help: 'People in rooms, over all rooms. Every process tells the same number.',
      registers,
    }),
    subscriptionsOpen: new Gauge({
      name: 'vestibule_subscriptions_open',
      help: 'Subscriptions that this process serves.',
      registers,
    }),
    eventLagSeconds: new Gauge({
      name: 'vestibule_event_lag_seconds',
      help: 'How long ago this process last looked for events of other processes. Above 5 it is not ready.',
      registers,
    }),
  };
}

function createWebhookMeters(registers: Registers) {
  return {
    webhooksPending: new Gauge({
      name: 'vestibule_webhook_deliveries_pending',
      help: 'Webhook deliveries that are still to be made, counted up to 100,000. Every process tells the same number.',
      registers,
    }),
    webhookLagSeconds: new Gauge({
      name: 'vestibule_webhook_lag_seconds',
      help: 'For how long the oldest delivery that is due has been waiting.',
      registers,
    }),
    webhookAttempts: new Counter({
      name: 'vestibule_webhook_attempts_total',
      help: 'Attempts to deliver: delivered, retried, failed.',
      labelNames: ['result'],
      registers,
    }),
    webhooksSwitchedOff: new Counter({
      name: 'vestibule_webhooks_switched_off_total',
      help: 'Webhooks that were switched off because their endpoint is gone or failed for days.',
      labelNames: ['cause'],
      registers,
    }),
  };
}
