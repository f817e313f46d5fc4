import { type Config, publicUrlOf } from '../config.ts';
import type { GateReports } from '../media/gate-reports.ts';
import type { MediaReports } from '../media/reports.ts';
import { createClock } from '../room/clock.ts';
import { createLookout, noLookout } from '../room/lookout.ts';
import type { ReportTrouble } from '../room/trouble.ts';
import { createUptime } from '../room/uptime.ts';
import { encodeId } from '../rules/ids.ts';
import { createWebhookOf } from '../rules/webhook-payload.ts';
import { createDomainDirectory, createDomainWatch } from '../services/domain-directory.ts';
import { createSecrets } from '../services/secrets.ts';
import type { ToldDecision } from '../services/services.ts';
import { createCredentialStorage } from '../storage/credential.ts';
import { createDomainStorage } from '../storage/domain.ts';
import { createEntryReads } from '../storage/entry-reads.ts';
import { createKnockStorage } from '../storage/knock-request.ts';
import { createMediaGateStorage } from '../storage/media-gate.ts';
import { createMediaRoomStorage } from '../storage/media-room.ts';
import { createMediaServerStorage } from '../storage/media-server.ts';
import { createMediaWebhookStorage } from '../storage/media-webhook.ts';
import { createMeetingTokenStorage } from '../storage/meeting-token.ts';
import { createParticipantStorage } from '../storage/participant.ts';
import type { Database } from '../storage/postgres/database.ts';
import { createProcessStorage } from '../storage/process.ts';
import { createRoomStorage } from '../storage/room.ts';
import { createRoomApply } from '../storage/room-apply.ts';
import { createEventLog } from '../storage/room-event.ts';
import { createFactReads } from '../storage/room-facts.ts';
import { KnownDomains } from '../storage/room-rows.ts';
import { createSealedSecretStorage } from '../storage/sealed-secret.ts';
import { createSigningKeyStorage } from '../storage/signing-key.ts';
import { createWebhookStore } from '../storage/webhook.ts';
import { createWebhookOutbox } from '../storage/webhook-outbox.ts';
import { createEventReads } from '../streams/feed.ts';
import { createEventHub } from '../streams/hub.ts';
import { createKnockQueues } from '../streams/knock-queue.ts';
import { createNatsWakeups } from '../streams/nats-wakeups.ts';
import { createPostgresWakeups } from '../streams/wakeups.ts';
import { Keyring } from '../tokens/keyring.ts';
import type { WebhookReports } from '../webhooks/reports.ts';
import type { Sealing } from './sealing.ts';

export interface WiringOptions {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly config: Config;
  readonly onError: ReportTrouble;
  /** Is told of each decision as it is answered. */
  readonly onDecision?: (decision: ToldDecision) => void;
  /** Cuts what streams go over, so that their clients come again: for them, a stream that ends in good order has ended for good. */
  readonly breakStreams?: () => void;
  readonly webhookReports: WebhookReports;
  readonly gateReports: GateReports;
  readonly mediaReports: MediaReports;
}

export type Ground = ReturnType<typeof layGround>;

/** What everything stands on: stores, keys, clock, writer and the hub of events. */
export function layGround({ database, sealing, config, onError }: WiringOptions) {
  const { roomUrlTemplate, isTrial } = config;
  // What a copy is woken by are rooms of the same ids, which are others.
  const eventsUrl = isTrial ? null : config.eventsUrl;
  const publicUrl = publicUrlOf(config, config.port);
  const clock = createClock();
  const uptime = createUptime(clock);
  const secrets = createSecrets(sealing.installationKeys, sealing);
  const { box } = sealing;
  const storage = openStorage(database);
  const queues = createKnockQueues(storage.knocks, onError);
  const events = createEventReads(storage.log, storage.rooms);
  const wakeups = eventsUrl === null ? createPostgresWakeups(database, onError) : createNatsWakeups(eventsUrl, onError);
  const hub = createEventHub({ log: storage.log, readEvents: events.readAfter, wakeups, onError });
  const domainWatch = createDomainWatch({ readVersions: storage.log.domainVersions, onError });
  const directory = createDomainDirectory(storage.domains, domainWatch);
  // A copy that is only looked at leaves all that is due, and `wire` calls nobody outside for it.
  const lookout = isTrial ? noLookout : createLookout(storage.processes, onError);
  const keyring = new Keyring({ store: storage.keys, box });
  const roomUrl = (room: { readonly name: string }, domain: { readonly name: string }) =>
    roomUrlTemplate
      .replaceAll('{PUBLIC_URL}', publicUrl)
      .replaceAll('{domain}', encodeURIComponent(domain.name))
      .replaceAll('{room}', encodeURIComponent(room.name));
  const webhookOf = createWebhookOf({ roomUrl: (domain, room) => roomUrl({ name: room }, { name: domain }), encodeId });
  return {
    clock,
    uptime,
    secrets,
    box,
    storage,
    queues,
    events,
    hub,
    domainWatch,
    directory,
    keyring,
    lookout,
    publicUrl,
    roomUrl,
    webhookOf,
  };
}

function openStorage(database: Database) {
  const knownDomains = new KnownDomains();
  return {
    knownDomains,
    rooms: createRoomStorage(database, knownDomains),
    knocks: createKnockStorage(database),
    participants: createParticipantStorage(database),
    meetingTokens: createMeetingTokenStorage(database),
    domains: createDomainStorage(database),
    credentials: createCredentialStorage(database),
    keys: createSigningKeyStorage(database),
    sealed: createSealedSecretStorage(database),
    outbox: createWebhookOutbox(database),
    webhooks: createWebhookStore(database),
    mediaServers: createMediaServerStorage(database),
    mediaRooms: createMediaRoomStorage(database),
    mediaGates: createMediaGateStorage(database),
    mediaWebhooks: createMediaWebhookStorage(database),
    processes: createProcessStorage(database),
    log: createEventLog(database),
    store: { ...createEntryReads(database, knownDomains), ...createFactReads(database), ...createRoomApply(database) },
  };
}
