import { createMediaGate, type MediaGate } from '../media/gate.ts';
import { createServerKeys } from '../media/server-keys.ts';
import type { Ground, WiringOptions } from './ground.ts';

export function wireMediaGate({ storage, box, clock }: Ground, { gateReports }: WiringOptions): MediaGate {
  const keys = createServerKeys({
    findByKey: async (apiKey) => {
      const found = await storage.mediaServers.findByKey(apiKey);
      return found.map(({ id, domainId, secretSealed }) => {
        const place = { purpose: 'media-server', domainId, keyId: id } as const;
        return { id, domainId, secret: box.open(secretSealed, place).toString() };
      });
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
