import { anyAddress, publicAnd } from '../egress/allowed.ts';
import { createPoster } from '../egress/poster.ts';
import { createMediaAccess } from '../media/access.ts';
import type { GateWatch } from '../media/gate-look.ts';
import { findRsaKeyProblem } from '../media/jitsi-token.ts';
import { createOpenServers, openMediaServer } from '../media/open-servers.ts';
import { createQuestion } from '../media/question.ts';
import { createRoomFinder, type RoomFinder } from '../room/finder.ts';
import { createSafely } from '../room/trouble.ts';
import type { ParticipantView } from '../room/views.ts';
import type { RoomWriter } from '../room/writer.ts';
import type { Domain } from '../rules/domain.ts';
import { type DomainId, encodeId } from '../rules/ids.ts';
import { withMeetingToken } from '../rules/page-address.ts';
import { createBudgets, noBudgets } from '../services/budgets.ts';
import type { CallerResolver } from '../services/caller-resolver.ts';
import { createDomainService } from '../services/domain.ts';
import { createEntryService } from '../services/entry/access.ts';
import { createFrontService } from '../services/front.ts';
import { createKnockService } from '../services/knock-request.ts';
import { createLiveStreamService } from '../services/live-stream.ts';
import { mediaGrantOf } from '../services/media-grant.ts';
import { createMediaServerService } from '../services/media-server.ts';
import { createMeetingTokenService, createTokenRecorder, type MeetingTokenDeps } from '../services/meeting-token.ts';
import { createParticipantService } from '../services/participant.ts';
import { createRoomService } from '../services/room.ts';
import type { Services } from '../services/services.ts';
import { createSigningKeyService } from '../services/signing-key.ts';
import type { StreamService } from '../services/stream.ts';
import { createViewerService } from '../services/viewer.ts';
import { createWebhookService } from '../services/webhook.ts';
import { createBudgetStorage } from '../storage/budget.ts';
import type { RoomStorage } from '../storage/room.ts';
import { MediaGrantSigner } from '../tokens/media-grant.ts';
import { MeetingTokenSigner } from '../tokens/meeting-token-signer.ts';
import { MeetingTokenVerifier } from '../tokens/meeting-token-verifier.ts';
import { makeSelfSigningKey } from '../tokens/self-signing-key.ts';
import { createEgress } from '../webhooks/egress.ts';
import type { Ground, WiringOptions } from './ground.ts';

export interface Writing {
  readonly writer: RoomWriter;
  readonly callers: CallerResolver;
  readonly streams: StreamService;
  readonly poke: (domainId: DomainId) => void;
  readonly gateWatch: GateWatch;
}

export function wireServices(
  options: WiringOptions,
  ground: Ground,
  { writer, callers, streams, poke, gateWatch }: Writing,
): Services {
  const { clock, storage, secrets, directory, queues, keyring, publicUrl, roomUrl } = ground;
  const { knocks, participants, credentials } = storage;
  const rooms = createRoomFinder(storage);
  const tokens = wireTokens(options, ground, writer);
  const door = wireDoor(options, ground, writer, tokens);
  const mediaServers = createOpenServers(storage.mediaServers, ground.box);
  const accessFor = createMediaAccess(mediaServers, clock.now);
  const grants = new MediaGrantSigner(keyring, publicUrl);
  const grantFor = (domain: Domain, view: ParticipantView) => grants.sign(domain, mediaGrantOf(view), clock.now());
  const entry = createEntryService({ ...door, callers, credentials, knocks, grantFor, accessFor });
  return {
    rooms: wireRooms(ground, rooms, writer, poke),
    meetingTokens: createMeetingTokenService(tokens),
    entry,
    front: createFrontService({ directory, mediaServers, entry, clock }),
    knocks: createKnockService({ ...door, rooms, knocks, participants, queues }),
    participants: createParticipantService({
      writer,
      rooms,
      participants,
      domains: directory,
      secrets,
      clock,
      grantFor,
      accessFor,
    }),
    liveStreams: createLiveStreamService({ writer, rooms, participants, secrets, box: ground.box }),
    webhooks: wireWebhooks(options, ground, poke),
    domains: wireDomains(ground, writer),
    mediaServers: wireMedia(options, ground, writer, gateWatch),
    signingKeys: wireSigningKeys(ground, writer),
    viewer: createViewerService({ knocks, participants }),
    streams,
    pace: door.budgets.act,
    safely: createSafely(options.onError),
    tell: options.onDecision ?? (() => {}),
    now: clock.now,
    roomUrl,
  };
}

function wireRooms(
  { clock, storage, secrets, directory, events, webhookOf }: Ground,
  finder: RoomFinder,
  writer: RoomWriter,
  poke: (domainId: DomainId) => void,
) {
  // A new room is written past the writer, which pokes for all that it writes.
  const insert: RoomStorage['insert'] = async (room, ...more) => {
    const isMade = await storage.rooms.insert(room, ...more);
    if (isMade) poke(room.domainId);
    return isMade;
  };
  return createRoomService({
    rooms: { ...storage.rooms, insert },
    participants: storage.participants,
    knocks: storage.knocks,
    meetingTokens: storage.meetingTokens,
    events,
    domains: directory,
    glanceAtEntry: (domainId, name) => storage.store.glanceAtEntry(domainId, name, { opens: ['ANY'], tokens: [] }),
    finder,
    writer,
    secrets,
    clock,
    webhookOf,
  });
}

function wireTokens({ config }: WiringOptions, ground: Ground, writer: RoomWriter): MeetingTokenDeps {
  const acceptsLocalIssuers = config.publicUrl === null;
  const { clock, storage, secrets, directory, keyring, publicUrl, roomUrl } = ground;
  const namesOf = (domain: { readonly id: DomainId; readonly name: string }) => [
    domain.id,
    domain.name,
    encodeId('Domain', domain.id),
  ];
  const lifetimeOf = async (domain: Pick<Domain, 'id' | 'meetingTokenLifetimeSeconds'>) =>
    ((await directory.readNow(domain.id)) ?? domain).meetingTokenLifetimeSeconds;
  return {
    meetingTokens: storage.meetingTokens,
    rooms: storage.rooms,
    participants: storage.participants,
    domains: directory,
    verifier: new MeetingTokenVerifier({ keyring, issuer: publicUrl, acceptsLocalIssuers, namesOf, lifetimeOf }),
    signer: new MeetingTokenSigner(keyring, publicUrl),
    writer,
    secrets,
    clock,
    joinUrl: (roomName, domain, jwt) =>
      withMeetingToken(roomUrl({ name: roomName }, domain), config.roomUrlTemplate, jwt),
  };
}

/** What everybody passes who comes in or knocks. */
function wireDoor(
  { config, database }: WiringOptions,
  { clock, storage, secrets, directory }: Ground,
  writer: RoomWriter,
  tokens: MeetingTokenDeps,
) {
  return {
    store: storage.store,
    verifier: tokens.verifier,
    recordToken: createTokenRecorder(tokens),
    domains: directory,
    budgets: config.rateLimits ? createBudgets(createBudgetStorage(database), clock) : noBudgets,
    writer,
    secrets,
    clock,
  };
}

function wireWebhooks(
  { config }: WiringOptions,
  { storage, box, secrets }: Ground,
  poke: (domainId: DomainId) => void,
) {
  return createWebhookService({
    storage: { ...storage.webhooks, endAbandoned: storage.outbox.endAbandoned },
    secretBox: box,
    egressPolicy: createEgress({ allowPrivate: config.webhookAllowPrivate }),
    secrets,
    poke,
  });
}

function wireDomains({ storage, directory, box, keyring, secrets, clock }: Ground, writer: RoomWriter) {
  return createDomainService({
    storage: storage.domains,
    directory,
    meetingTokens: storage.meetingTokens,
    participants: storage.participants,
    knocks: storage.knocks,
    writer,
    mediaRooms: storage.mediaRooms,
    makeSelfSigningKey: (key) => makeSelfSigningKey(key, box),
    forgetKeys: (domainId) => keyring.forget(domainId),
    secrets,
    clock,
  });
}

function wireSigningKeys({ storage, directory, keyring, clock }: Ground, writer: RoomWriter) {
  return createSigningKeyService({
    knocks: storage.knocks,
    meetingTokens: storage.meetingTokens,
    writer,
    directory,
    replaceLeaked: (domainId, now) => keyring.replaceLeaked(domainId, now),
    clock,
  });
}

function wireMedia(
  { config: { mediaAllowPrivate } }: WiringOptions,
  { storage, directory, box, secrets, clock, publicUrl }: Ground,
  writer: RoomWriter,
  gateWatch: GateWatch,
) {
  const mayCall = mediaAllowPrivate === 'ALL' ? anyAddress : publicAnd(mediaAllowPrivate);
  const poster = createPoster({ mayCall, setting: 'MEDIA_ALLOW_PRIVATE', timeoutMs: 5_000 });
  return createMediaServerService({
    storage: storage.mediaServers,
    mediaRooms: storage.mediaRooms,
    domains: storage.domains,
    directory,
    participants: storage.participants,
    writer,
    secrets,
    clock,
    box,
    policy: { findUrlProblem: poster.findProblem, findPemProblem: findRsaKeyProblem },
    publicUrl,
    ask: createQuestion(poster, box),
    lookAtGate: (server) => gateWatch.look(openMediaServer(server, box)),
  });
}
