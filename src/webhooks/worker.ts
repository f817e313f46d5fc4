import pLimit from 'p-limit';
import { createLane } from '../egress/lane.ts';
import { createPlaces } from '../egress/places.ts';
import type { Lookout } from '../room/lookout.ts';
import type { DomainId } from '../rules/ids.ts';
import type { ClaimedDelivery, DueDomain, WebhookOutbox } from '../storage/webhook-outbox.ts';
import { type AttemptOptions, makeAttempt } from './attempt.ts';
import { createUpkeep } from './upkeep.ts';

export interface WebhookWorkerOptions extends Omit<AttemptOptions, 'outbox' | 'now' | 'chance'> {
  readonly outbox: WebhookOutbox;
  /** Who looks through all domains. Left out: this process is alone. */
  readonly lookout?: Lookout;
  readonly now?: () => number;
  readonly chance?: () => number;
  /** How often it looks for what others wrote and what fell due. Milliseconds. */
  readonly pollMs?: number;
  /** When an attempt of a process that died is made again. More than an attempt may take. Seconds. */
  readonly leaseSeconds?: number;
  /** How long a stop waits for attempts on their way before it gives them up. Milliseconds. */
  readonly graceMs?: number;
  /** How long deliveries that ended stay on record. */
  readonly retentionDays: number;
}

/** Tells the endpoints, in the background. One runs in every process; they share the work by leases. */
export interface WebhookWorker {
  /** Something was committed in this domain that may have to be told: looks there at once. Costs next to nothing, however often it is called. */
  readonly poke: (domainId: DomainId) => void;
  /** Takes nothing more, waits for what is on its way, then hands the rest back. */
  readonly stop: () => Promise<void>;
}

/** Endpoints that answered last time. Sockets are cheap, and one that hangs keeps its place for 15 s. */
const healthy = { size: 500, perWebhook: 10, pauseMs: 20 } as const;
/** Endpoints that failed last time are probed slowly, and apart: however many they are, nobody waits behind them. */
const failing = { size: 100, perWebhook: 2, pauseMs: 250 } as const;
type LaneForm = { readonly size: number; readonly perWebhook: number; readonly pauseMs: number };
/** Results are written by few connections, so that a storm of timeouts leaves the pool to the requests. */
const writers = 3;

const alone: Lookout = { isOnDuty: () => true, passOn: () => undefined };

export function startWebhookWorker(options: WebhookWorkerOptions): WebhookWorker {
  const { outbox, reports, pollMs = 1000, leaseSeconds = 30, graceMs = 5000, retentionDays } = options;
  const { lookout = alone } = options;
  const giveUp = new AbortController();
  const upkeep = createUpkeep({ outbox, reports, retentionDays, isOnDuty: lookout.isOnDuty });
  const attempt = createAttempt(options, upkeep.endAbandoned);
  const makeLane = (isFailing: boolean, { size, perWebhook, pauseMs }: LaneForm) => {
    const places = createPlaces<DomainId, ClaimedDelivery>((limit, domains) =>
      outbox.claim({ isFailing, limit, perWebhook, leaseSeconds, ...(domains && { domains }) }),
    );
    const send = async (claimed: ClaimedDelivery) => {
      await attempt(claimed, giveUp.signal).catch(reports.troubled);
      // Its endpoint has room for another one.
      places.ask(claimed.domainId);
    };
    return {
      places,
      lane: createLane({ size, pauseMs, claim: places.claim, attempt: send, onTrouble: reports.troubled }),
    };
  };
  const [quick, slow] = [makeLane(false, healthy), makeLane(true, failing)];
  const looks = createLooks(options, ({ domainId, isFailing }) => {
    const { places, lane } = isFailing ? slow : quick;
    places.ask(domainId);
    lane.poke();
  });
  const look = () => {
    looks.look();
    // Endpoints that failed and are well again wait in the slow lane: others have places there.
    if (quick.lane.isFull() || slow.lane.isFull()) lookout.passOn();
  };
  const poll = () => {
    // First, since a look may pass the lookout on.
    upkeep.tick();
    if (lookout.isOnDuty()) look();
  };
  const timer = setInterval(poll, pollMs);
  poll();
  return {
    poke: (domainId) => {
      quick.places.ask(domainId);
      quick.lane.poke();
    },
    stop: async () => {
      clearInterval(timer);
      const grace = setTimeout(() => giveUp.abort(), graceMs);
      await looks.end();
      await Promise.all([quick.lane.stop(), slow.lane.stop(), upkeep.stop()]);
      clearTimeout(grace);
    },
  };
}

/** Looks through all domains, one look at a time: one statement for both lanes, and where nothing is due no other. */
function createLooks({ outbox, reports }: WebhookWorkerOptions, onDue: (due: DueDomain) => void) {
  let looking: Promise<void> | null = null;
  return {
    look: () => {
      looking ??= outbox
        .findDue()
        .then((all) => all.forEach(onDue), reports.troubled)
        .finally(() => {
          looking = null;
        });
    },
    end: async () => {
      await looking;
    },
  };
}

function createAttempt(
  options: WebhookWorkerOptions,
  onSwitchedOff: () => void,
): (claimed: ClaimedDelivery, signal: AbortSignal) => Promise<void> {
  const { outbox, reports, egress, secretBox, now = Date.now, chance = Math.random } = options;
  const inTurn = pLimit(writers);
  const attemptOptions: AttemptOptions = {
    egress,
    secretBox,
    now,
    chance,
    outbox: {
      finish: (...args) => inTurn(() => outbox.finish(...args)),
      release: (...args) => inTurn(() => outbox.release(...args)),
    },
    reports: {
      ...reports,
      switchedOff: (report) => {
        reports.switchedOff(report);
        onSwitchedOff();
      },
    },
  };
  return (claimed, signal) => makeAttempt(claimed, attemptOptions, signal);
}
