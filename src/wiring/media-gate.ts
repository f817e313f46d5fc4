import { anyAddress, publicAnd } from '../egress/allowed.ts';
import { createPoster } from '../egress/poster.ts';
import { createMediaGate, type MediaGate } from '../media/gate.ts';
import { createGateWatch, type GateWatch } from '../media/gate-look.ts';
import { createServerOpener, openMediaServer } from '../media/open-servers.ts';
import { createServerKeys } from '../media/server-keys.ts';
import type { Ground, WiringOptions } from './ground.ts';

/** For one look, from the name to the end of the answer. Milliseconds. */
const lookMs = 5000;

export function wireMediaGate(ground: Ground, { gateReports, onError }: WiringOptions): MediaGate {
  const { storage, box, clock } = ground;
  const open = createServerOpener(box, onError);
  const keys = createServerKeys({
    findByKeys: async (apiKeys) => {
      const found = await storage.mediaServers.findByKeys(apiKeys);
      return Map.groupBy(found.flatMap(open), ({ apiKey }) => apiKey);
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
  const { storage, box, clock, lookout } = ground;
  const { mediaAllowPrivate } = config;
  const mayCall = mediaAllowPrivate === 'ALL' ? anyAddress : publicAnd(mediaAllowPrivate);
  return createGateWatch({
    storage: storage.mediaGates,
    findServer: async (domainId, id) => {
      const server = await storage.mediaServers.find(domainId, id);
      return server === null ? null : openMediaServer(server, box);
    },
    poster: createPoster({ mayCall, timeoutMs: lookMs }),
    isOnDuty: lookout.isOnDuty,
    now: clock.now,
    reports: gateReports,
    onError,
  });
}
