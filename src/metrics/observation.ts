import type { GateReports } from '../media/gate-reports.ts';
import type { MediaReports } from '../media/reports.ts';
import type { ToldDecision } from '../services/services.ts';
import type { Tally } from '../storage/tally.ts';
import type { WebhookReports } from '../webhooks/reports.ts';
import { type DecisionLog, logDecision } from './decision-log.ts';
import { createMeters, type Meters } from './meters.ts';
import { beginSpan } from './tracing.ts';

/** What is read when /metrics is asked, and not as it happens. */
export interface Gauges {
  readonly eventLagMs: () => number;
  /** Left out: there is nothing that could be away. */
  readonly wakeupProblem?: () => string | null;
  readonly openSubscriptions: () => number;
  readonly tally: () => Promise<Tally>;
}

export interface ObservationOptions {
  readonly log: DecisionLog;
  readonly poolSize: number;
  readonly webhookReports: WebhookReports;
  readonly gateReports: GateReports;
  readonly mediaReports: MediaReports;
}

type Operation = { readonly type: 'query' | 'mutation'; readonly field: string };
type Watch = { readonly within: <T>(work: () => T) => T; readonly end: (code: string | null) => void };

/** What operators see of a running service: metrics, spans and the log of decisions. Nothing here throws. */
export interface Observation {
  readonly operation: (operation: Operation) => Watch;
  /** Called as a statement is sent; the answer, once it was answered, with the failure or null. */
  readonly statement: (text: string) => (failure: string | null) => void;
  readonly decision: (decision: ToldDecision) => void;
  readonly webhookReports: WebhookReports;
  readonly gateReports: GateReports;
  readonly mediaReports: MediaReports;
  readonly watch: (gauges: Gauges) => void;
  /** In Prometheus' text form. What the database would have to say is left out where it does not answer. */
  readonly metrics: () => Promise<string>;
}

export function createObservation({
  log,
  poolSize,
  webhookReports,
  gateReports,
  mediaReports,
}: ObservationOptions): Observation {
  const meters = createMeters();
  meters.poolSize.set(poolSize);
  let gauges: Gauges | null = null;
  return {
    operation: createOperationWatch(meters),
    statement: createStatementWatch(meters),
    decision: (decision) => {
      const { operation, outcome, code } = decision;
      meters.decisions.inc({ operation, outcome, code: code ?? 'NONE' });
      logDecision(log, decision);
    },
    webhookReports: countWebhooks(meters, webhookReports),
    gateReports: countGate(meters, gateReports),
    mediaReports: countMedia(meters, mediaReports),
    watch: (given) => {
      gauges = given;
    },
    metrics: async () => {
      if (gauges !== null) await readGauges(meters, gauges);
      return meters.register.metrics();
    },
  };
}

const untraced = <T>(work: () => T): T => work();

function createOperationWatch({ operations, operationSeconds }: Meters): Observation['operation'] {
  return ({ type, field }) => {
    const span = beginSpan('SERVER', () => ({
      name: `${type} ${field}`,
      attributes: { 'graphql.operation.type': type, 'graphql.operation.name': field },
    }));
    const started = performance.now();
    return {
      within: span?.within ?? untraced,
      end: (code) => {
        operations.inc({ type, field, code: code ?? 'OK' });
        operationSeconds.observe({ type, field }, (performance.now() - started) / 1000);
        span?.end(code);
      },
    };
  };
}

function createStatementWatch({ statementSeconds, statementsOpen }: Meters): Observation['statement'] {
  let open = 0;
  return (text) => {
    // Its parameters are not in the text, so that no name or token reaches a trace.
    const span = beginSpan('CLIENT', () => ({
      name: `postgresql ${keywordOf(text)}`,
      attributes: { 'db.system.name': 'postgresql', 'db.query.text': text.slice(0, 1000) },
    }));
    const started = performance.now();
    statementsOpen.set(++open);
    return (failure) => {
      statementsOpen.set(--open);
      statementSeconds.observe({ outcome: failure ?? 'OK' }, (performance.now() - started) / 1000);
      span?.end(failure);
    };
  };
}

function keywordOf(text: string): string {
  return (/[a-z]+/i.exec(text)?.[0] ?? 'statement').toLowerCase();
}

function countWebhooks(meters: Meters, reports: WebhookReports): WebhookReports {
  return {
    ...reports,
    attempted: (report) => {
      meters.webhookAttempts.inc({ result: report.result });
      reports.attempted(report);
    },
    switchedOff: (report) => {
      meters.webhooksSwitchedOff.inc({ cause: report.cause });
      reports.switchedOff(report);
    },
    queued: (size) => {
      if (size === null) {
        meters.webhooksPending.remove();
        meters.webhookLagSeconds.remove();
      } else {
        meters.webhooksPending.set(size.pending);
        meters.webhookLagSeconds.set(size.lagSeconds);
      }
      reports.queued(size);
    },
  };
}

function countGate({ mediaGateAnswers, mediaGateLooks }: Meters, reports: GateReports): GateReports {
  return {
    ...reports,
    looked: (look, server) => {
      mediaGateLooks.inc({ look });
      reports.looked(look, server);
    },
    answered: (outcome) => {
      mediaGateAnswers.inc({ outcome });
      reports.answered(outcome);
    },
  };
}

function countMedia(meters: Meters, reports: MediaReports): MediaReports {
  return {
    ...reports,
    called: (call, outcome) => {
      meters.mediaCalls.inc({ call, outcome });
      reports.called(call, outcome);
    },
    passed: (report) => {
      meters.mediaLooks.inc({ result: report.isDone ? 'done' : 'again' });
      meters.mediaLookSeconds.observe(report.seconds);
      reports.passed(report);
    },
    offended: (report) => {
      meters.mediaLies.inc({ fault: report.fault });
      reports.offended(report);
    },
    lagged: (seconds) => {
      if (seconds === null) meters.mediaLagSeconds.remove();
      else meters.mediaLagSeconds.set(seconds);
      reports.lagged(seconds);
    },
  };
}

/** How long a scrape waits for the database. Milliseconds. */
const tallyMs = 1000;

async function readGauges(meters: Meters, gauges: Gauges): Promise<void> {
  const { eventLagMs, wakeupProblem, openSubscriptions, tally } = gauges;
  meters.wakeupsAway.set(wakeupProblem?.() ? 1 : 0);
  meters.eventLagSeconds.set(eventLagMs() / 1000);
  meters.subscriptionsOpen.set(openSubscriptions());
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), tallyMs);
  const counted = await Promise.race([tally().catch(() => null), late.promise]);
  clearTimeout(timer);
  // An old number would say that all is well.
  if (counted === null) {
    meters.knocksWaiting.remove();
    meters.participantsPresent.remove();
    return;
  }
  meters.knocksWaiting.set(counted.knocksWaiting);
  meters.participantsPresent.set(counted.participantsPresent);
}
