import { createRoomFinder } from '../room/finder.ts';
import { createSafely } from '../room/trouble.ts';
import type { ParticipantView } from '../room/views.ts';
import type { createRoomWriter } from '../room/writer.ts';
import { type DomainId, encodeId } from '../rules/ids.ts';
import { participantPermissions } from '../rules/participant.ts';
import { createBudgets, noBudgets } from '../services/budgets.ts';
import { createDomainService } from '../services/domain.ts';
import { createEntryService } from '../services/entry/access.ts';
import type { KnockDeps } from '../services/entry/look.ts';
import { createKnockService } from '../services/knock-request.ts';
import { createLiveStreamService } from '../services/live-stream.ts';
import { createMeetingTokenService, createTokenRecorder, type MeetingTokenDeps } from '../services/meeting-token.ts';
import { createParticipantService } from '../services/participant.ts';
import { createRoomService } from '../services/room.ts';
import type { Services } from '../services/services.ts';
import { createViewerService } from '../services/viewer.ts';
import { createWebhookService } from '../services/webhook.ts';
import { createBudgetStorage } from '../storage/budget.ts';
import { MediaGrantSigner } from '../tokens/media-grant.ts';
import { MeetingTokenSigner } from '../tokens/meeting-token-signer.ts';
import { MeetingTokenVerifier } from '../tokens/meeting-token-verifier.ts';
import { makeSelfSigningKey } from '../tokens/self-signing-key.ts';
import { createEgress } from '../webhooks/egress.ts';
import type { Ground, WiringOptions } from './ground.ts';

export type Writing = {
  readonly writer: ReturnType<typeof createRoomWriter>;
  readonly streams: Services['streams'];
  readonly poke: () => void;
};

export function wireServices(options: WiringOptions, ground: Ground, writing: Writing): Services {
  const { clock, storage, secrets, roomUrl } = ground;
  const { writer } = writing;
  const rooms = createRoomFinder(storage.rooms);
  const tokens = wireTokens(options, ground, writer);
  const entry = wireEntry(options, ground, writer, tokens);
  const glanceAtEntry = (domainId: DomainId, name: string) =>
    storage.store.glanceAtEntry(domainId, name, { hasCredential: true, tokens: [] });
  return {
    rooms: createRoomService({
      ...ground,
      ...storage,
      domains: ground.directory,
      finder: rooms,
      writer,
      glanceAtEntry,
    }),
    meetingTokens: createMeetingTokenService(tokens),
    entry: createEntryService(entry),
    knocks: createKnockService(entry),
    participants: createParticipantService(entry),
    liveStreams: createLiveStreamService({ writer, rooms, participants: storage.participants, secrets }),
    webhooks: wireWebhooks(options, ground, writing.poke),
    domains: wireDomains(ground, writer),
    viewer: createViewerService(storage),
    streams: writing.streams,
    pace: entry.budgets.act,
    safely: createSafely(options.onError),
    tell: options.onDecision ?? (() => {}),
    now: clock.now,
    roomUrl,
  };
}

function wireTokens({ publicUrl }: WiringOptions, ground: Ground, writer: Writing['writer']): MeetingTokenDeps {
  const { clock, storage, secrets, directory, keyring, roomUrl } = ground;
  const namesOf = (domain: { readonly id: DomainId; readonly name: string }) => [
    domain.id,
    domain.name,
    encodeId('Domain', domain.id),
  ];
  return {
    meetingTokens: storage.meetingTokens,
    rooms: storage.rooms,
    participants: storage.participants,
    domains: directory,
    verifier: new MeetingTokenVerifier({ keyring, issuer: publicUrl, namesOf }),
    signer: new MeetingTokenSigner(keyring, publicUrl),
    writer,
    secrets,
    clock,
    joinUrl: (roomName, domain, jwt) => `${roomUrl({ name: roomName }, domain)}?t=${jwt}`,
  };
}

function wireEntry(
  { publicUrl, rateLimits, database }: WiringOptions,
  ground: Ground,
  writer: Writing['writer'],
  tokens: MeetingTokenDeps,
): KnockDeps {
  const { clock, storage, queues, secrets, directory, keyring } = ground;
  const grants = new MediaGrantSigner(keyring, publicUrl);
  return {
    store: storage.store,
    writer,
    domains: directory,
    credentials: storage.credentials,
    knocks: storage.knocks,
    participants: storage.participants,
    rooms: createRoomFinder(storage.rooms),
    queues,
    verifier: tokens.verifier,
    secrets,
    clock,
    budgets: rateLimits ? createBudgets(createBudgetStorage(database), clock) : noBudgets,
    recordToken: createTokenRecorder(tokens),
    grantFor: (domain, view) => grants.sign(domain, mediaGrantOf(view), clock.now()),
  };
}

function wireWebhooks({ webhookAllowPrivate }: WiringOptions, { storage, box, secrets }: Ground, poke: () => void) {
  return createWebhookService({
    storage: { ...storage.webhooks, endAbandoned: storage.outbox.endAbandoned },
    secretBox: box,
    egressPolicy: createEgress({ allowPrivate: webhookAllowPrivate }),
    newId: () => secrets.newId(),
    poke,
  });
}

function wireDomains({ storage, directory, box, keyring, secrets, clock }: Ground, writer: Writing['writer']) {
  return createDomainService({
    storage: storage.domains,
    directory,
    meetingTokens: storage.meetingTokens,
    participants: storage.participants,
    knocks: storage.knocks,
    writer,
    makeSelfSigningKey: (key) => makeSelfSigningKey(key, box),
    forgetKeys: (domainId) => keyring.forget(domainId),
    secrets,
    clock,
  });
}

function mediaGrantOf({ participant, room, domain }: ParticipantView) {
  return {
    participantId: encodeId('Participant', participant.id),
    roomName: room.name,
    roomId: encodeId('Room', room.id),
    userName: participant.userName,
    userId: participant.userId,
    isOwner: participant.isOwner,
    hidden: participant.hidden,
    permissions: participantPermissions(participant, room, domain),
  };
}
