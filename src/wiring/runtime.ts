import type { RoomWriterDeps } from '../room/command.ts';
import { createRoomFinder } from '../room/finder.ts';
import { createPresence, type Presence } from '../room/presence.ts';
import { createSweeper } from '../room/sweeper.ts';
import { showPublished } from '../room/views.ts';
import { createRoomWriter, type RoomWriter, type RoomWriterKeeper } from '../room/writer.ts';
import type { DomainId, ProcessId } from '../rules/ids.ts';
import { type CallerResolver, createCallerResolver } from '../services/caller-resolver.ts';
import { tendMediaServers } from '../services/media-tending.ts';
import { createStreamService } from '../services/stream.ts';
import { findEndedKeys } from '../storage/acting-key.ts';
import { createRetentionStorage } from '../storage/retention.ts';
import { AnotherTimeline, createTimelineReader, followTimeline } from '../storage/timeline.ts';
import { createJwksReader } from '../tokens/jwks.ts';
import { tendKeys } from '../tokens/tending.ts';
import { createEgress } from '../webhooks/egress.ts';
import { startWebhookWorker, type WebhookWorker } from '../webhooks/worker.ts';
import { type Ground, layGround, type WiringOptions } from './ground.ts';
import { wireMediaCarrying } from './media.ts';
import { wireGateWatch, wireMediaGate } from './media-gate.ts';
import { wireServices } from './services.ts';

/** The service, ready to start. */
export function wire(options: WiringOptions) {
  const ground = layGround(options);
  const { clock, storage, hub, secrets, box, keyring, domainWatch } = ground;
  let worker: WebhookWorker | null = null;
  const poke = (domainId: DomainId) => worker?.poke(domainId);
  const carryOut = (domainId: DomainId) => media.poke(domainId);
  const writer = wireWriter(options, ground, { tellWebhooks: poke, carryOut });
  const media = wireMediaCarrying(options, ground, writer);
  const firstProcess = secrets.newId<'Process'>();
  const presence = createPresence(writer, firstProcess);
  const streams = wireStreams(options, ground, presence);
  const callers = wireCallers(options, ground, writer);
  const sweeper = wireSweeper(options, ground, writer, { presence, streams, callers });
  const gateWatch = wireGateWatch(ground, options);
  return {
    storage,
    hub,
    secrets,
    box,
    keyring,
    clock,
    services: wireServices(options, ground, { writer, callers, streams, poke, gateWatch }),
    openSubscriptions: streams.openCount,
    callers,
    jwks: createJwksReader(storage.keys),
    mayConnect: wireMediaGate(ground, options),
    hearMediaServer: media.hear,
    start: async () => {
      await hub.start();
      domainWatch.start();
      await sweeper.start(firstProcess);
      if (options.config.isTrial) return;
      worker = wireWorker(options, ground);
      media.start();
      gateWatch.start();
    },
    stop: async () => {
      streams.endAll();
      await Promise.all([worker?.stop(), media.stop(), gateWatch.stop()]);
      await sweeper.stop();
      domainWatch.stop();
      await hub.stop();
    },
  };
}

interface OpenStreams {
  readonly endAll: () => void;
}

/** Whoever follows something here comes again, here or elsewhere. */
function sendAway({ breakStreams }: WiringOptions, streams: OpenStreams): void {
  breakStreams?.();
  streams.endAll();
}

/** What a process does that was taken for dead: whoever it held is with it no longer. */
function beginAnew(options: WiringOptions, presence: Presence, streams: OpenStreams) {
  return (next: ProcessId) => {
    presence.rename(next);
    sendAway(options, streams);
  };
}

/**
 * What a process does whose database has become another one, which may lack the latest transactions: rooms may stand before what it knows of
 * them, and by other events. It lets go of all that it knows.
 */
function forgetAll(
  options: WiringOptions,
  { hub, domainWatch, storage }: Ground,
  known: { readonly writer: RoomWriterKeeper; readonly streams: OpenStreams; readonly callers: CallerResolver },
) {
  return () => {
    options.onError(new AnotherTimeline());
    known.writer.forget();
    known.callers.forgetAll();
    storage.knownDomains.forgetAll();
    hub.forget();
    domainWatch.forgetAll();
    sendAway(options, known.streams);
  };
}

function wireWriter(
  { database, onError }: WiringOptions,
  ground: Ground,
  { tellWebhooks, carryOut }: Pick<RoomWriterDeps, 'tellWebhooks' | 'carryOut'>,
) {
  const { storage, clock, uptime, webhookOf, hub } = ground;
  return createRoomWriter({
    store: storage.store,
    findEndedKeys: (domainId, ids) => findEndedKeys(database, domainId, ids),
    clock,
    uptime,
    webhookOf,
    onError,
    tellWebhooks,
    carryOut,
    publish: (ref, events) => hub.publish(ref, events.map(showPublished)),
  });
}

/** A cluster has API keys on every node, and writes them there in one transaction, one after the other of all domains. */
const touchEveryMs = { spread: 300_000, plain: 60_000 } as const;

function wireCallers({ sealing, onError }: WiringOptions, { storage, clock }: Ground, writer: RoomWriter) {
  const { credentials, domains } = storage;
  return createCallerResolver({
    credentials,
    domains,
    writer,
    clock,
    touchEveryMs: touchEveryMs[sealing.tokensNameDomain ? 'spread' : 'plain'],
    onError,
  });
}

function wireStreams({ onError }: WiringOptions, { hub, storage, queues, clock }: Ground, presence: Presence) {
  return createStreamService({
    hub,
    presence,
    rooms: storage.rooms,
    log: storage.log,
    finder: createRoomFinder(storage),
    knocks: storage.knocks,
    queues,
    participants: storage.participants,
    isStillGood: async ({ apiKey }) =>
      (await storage.domains.findApiKey(apiKey.domainId, apiKey.id))?.revokedAt === null,
    clock,
    onError,
  });
}

function wireWorker({ config, webhookReports }: WiringOptions, { storage, box, lookout }: Ground): WebhookWorker {
  return startWebhookWorker({
    outbox: storage.outbox,
    egress: createEgress({ allowPrivate: config.webhookAllowPrivate }),
    secretBox: box,
    reports: webhookReports,
    lookout,
    retentionDays: config.eventRetentionDays,
  });
}

function wireSweeper(
  options: WiringOptions,
  ground: Ground,
  writer: RoomWriterKeeper,
  held: { readonly presence: Presence; readonly streams: OpenStreams; readonly callers: CallerResolver },
) {
  const { database, config, onError } = options;
  const { storage, secrets, keyring, clock, uptime, lookout } = ground;
  const { streams, presence, callers } = held;
  const watchTimeline = followTimeline(
    createTimelineReader(database),
    forgetAll(options, ground, { writer, streams, callers }),
  );
  const { renew } = storage.processes;
  return createSweeper({
    lookout,
    rooms: storage.rooms,
    knocks: storage.knocks,
    participants: storage.participants,
    processes: { ...storage.processes, renew: (id, since) => watchTimeline().then(() => renew(id, since)) },
    retention: createRetentionStorage(database, config.eventRetentionDays, onError),
    writer,
    clock,
    uptime,
    newProcessId: () => secrets.newId<'Process'>(),
    onBuried: beginAnew(options, presence, streams),
    tendKeys: () => tendKeys({ keyring, listDomains: storage.keys.listDomainsToTend, onError }, clock.now()),
    tendMediaServers: () => tendMediaServers({ ...storage, writer, onError }),
    onError,
  });
}
