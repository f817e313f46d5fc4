import { anyAddress, publicAddresses } from '../egress/allowed.ts';
import { createPoster } from '../egress/poster.ts';
import { createMediaGate, type MediaGate } from '../media/gate.ts';
import { createGateWatch, type GateWatch } from '../media/gate-look.ts';
import { createServerKeys } from '../media/server-keys.ts';
import type { StoredMediaServer } from '../storage/media-server.ts';
import type { Ground, WiringOptions } from './ground.ts';

/** For one look, from the name to the end of the answer. Milliseconds. */
const lookMs = 5000;

function openSecret({ box }: Ground, { id, domainId, secretSealed }: StoredMediaServer): string {
  return box.open(secretSealed, { purpose: 'media-server', domainId, keyId: id }).toString();
}

export function wireMediaGate(ground: Ground, { gateReports }: WiringOptions): MediaGate {
  const { storage, clock } = ground;
  const keys = createServerKeys({
    findByKey: async (apiKey) => {
      const found = await storage.mediaServers.findByKey(apiKey);
      return found.map((server) => ({ ...server, secret: openSecret(ground, server) }));
    },
  });
  return createMediaGate({
    keys,
    findParticipant: storage.participants.findById,
    noteAsked: storage.mediaGates.noteAsked,
    now: clock.now,
    reports: gateReports,
  });
}

export function wireGateWatch(ground: Ground, { config, gateReports, onError }: WiringOptions): GateWatch {
  const { storage, clock } = ground;
  const mayCall = config.webhookAllowPrivate ? anyAddress : publicAddresses;
  return createGateWatch({
    storage: storage.mediaGates,
    findServer: async (domainId, id) => {
      const server = await storage.mediaServers.find(domainId, id);
      return server === null ? null : { ...server, secret: openSecret(ground, server) };
    },
    poster: createPoster({ mayCall, timeoutMs: lookMs }),
    now: clock.now,
    reports: gateReports,
    onError,
  });
}
