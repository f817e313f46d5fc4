import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { GateReports } from '../media/gate-reports.ts';
import type { MediaReports } from '../media/reports.ts';
import type { ReportTrouble } from '../room/trouble.ts';
import type { TrackFault } from '../rules/media-plan.ts';
import { findDatabaseError } from '../storage/postgres/error.ts';
import { AnotherTimeline } from '../storage/timeline.ts';
import { WakeupsAway } from '../streams/nats-target.ts';
import type { WebhookReports } from '../webhooks/reports.ts';

// What the process writes into its log besides refusals and bugs.

/** What somebody was told of has the id that they were told. */
export function troublesTo(log: Logger): ReportTrouble {
  return (error, correlationId) => {
    if (error instanceof AnotherTimeline) return log.warn({}, error.message);
    if (error instanceof WakeupsAway) return log.warn({ reason: error.reason }, error.message);
    return correlationId === undefined
      ? log.warn(describe(error), 'a background task failed and will be tried again')
      : log.warn({ correlationId, ...describe(error) }, 'the service could not answer');
  };
}

/** What the log may hold of an error: codes, never a value, a statement's parameters or a name. */
export function describe(error: unknown): object {
  const failure = findDatabaseError(error);
  if (failure !== null) return { failure: failure.failure, code: failure.code };
  const frames = error instanceof Error ? error.stack?.split('\n').filter((line) => line.startsWith('    at ')) : [];
  return { error: error instanceof Error ? error.name : typeof error, stack: frames?.slice(0, 6) };
}

export function webhookReportsTo(log: Logger): WebhookReports {
  return {
    attempted: (report) => log.debug(report, 'webhook attempted'),
    switchedOff: (report) => log.warn(report, 'webhook switched off'),
    queued: (size) => log.trace(size ?? {}, 'webhook queue'),
    troubled: (error) => log.warn(describe(error), 'a webhook could not be processed'),
  };
}

/** Names that are told of within a minute. Whoever shows a token writes them. */
const maxNames = 10;

export function gateReportsTo(log: Logger): GateReports {
  const told = new LRUCache<string, true>({ max: maxNames, ttl: 60_000 });
  return {
    answered: (outcome) => log.trace({ outcome }, 'the media gate was asked'),
    looked: (look, { id, domainId }) => {
      const fields = { look, mediaServerId: id, domainId };
      if (look === 'HOLDS') log.debug(fields, 'the media gate holds');
      else log.warn(fields, 'the media gate does not hold: rooms are watched as without one');
    },
    unknownKey: (apiKey) => {
      told.purgeStale();
      if (told.has(apiKey) || told.size >= maxNames) return;
      told.set(apiKey, true);
      const iss = /^[A-Za-z0-9_-]{1,64}$/.test(apiKey) ? apiKey : '…';
      log.warn({ iss }, 'a LiveKit token names an API key that no domain has: LiveKit signs with any of its keys');
    },
  };
}

const offences: Readonly<Record<TrackFault, string>> = {
  LIE: 'a participant sent something else than declared, and may send nothing any more',
  SURPLUS: 'a participant sent a custom track that they may not send, and may send no custom tracks any more',
};

export function mediaReportsTo(log: Logger): MediaReports {
  return {
    called: () => undefined,
    passed: (report) => log.trace(report, 'room looked at on its media server'),
    offended: (report) => log.warn(report, offences[report.fault]),
    changed: (report) => log.warn(report, 'the state of a media server changed'),
    lagged: (seconds) => log.trace({ seconds }, 'media lag'),
    troubled: (error) => log.warn(describe(error), 'a room could not be looked at on its media server'),
  };
}
