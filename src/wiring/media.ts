import { anyAddress, publicAnd } from '../egress/allowed.ts';
import { createPoster } from '../egress/poster.ts';
import { readLiveKitWebhook } from '../media/livekit-webhook.ts';
import { type MediaReconciler, startMediaReconciler } from '../media/reconciler.ts';
import { createMediaServers } from '../media/servers.ts';
import type { RoomWriter } from '../room/writer.ts';
import type { DomainId } from '../rules/ids.ts';
import { createMediaWebhookService } from '../services/media-webhook.ts';
import type { Ground, WiringOptions } from './ground.ts';

/** A media server that takes longer counts as away. Milliseconds. */
const callMs = 5_000;

/** The way to media servers, which carry out what is decided here. */
export function createMediaPoster({ mediaAllowPrivate }: WiringOptions['config']) {
  const mayCall = mediaAllowPrivate === 'ALL' ? anyAddress : publicAnd(mediaAllowPrivate);
  return createPoster({ mayCall, timeoutMs: callMs });
}

/** What carries decisions out, and what hears media servers. */
export function wireMediaCarrying(options: WiringOptions, ground: Ground, writer: RoomWriter) {
  const { storage, box, clock, directory, lookout, uptime } = ground;
  const poster = createMediaPoster(options.config);
  const servers = createMediaServers({ storage: storage.mediaServers, box, poster, onError: options.onError });
  let reconciler: MediaReconciler | null = null;
  const poke = (domainId: DomainId) => reconciler?.poke(domainId);
  const { hear } = createMediaWebhookService({
    domains: directory,
    storage: storage.mediaWebhooks,
    verify: async (domain, id, body, authorization) => {
      const server = await servers.find(domain.id, id);
      return server === null ? null : readLiveKitWebhook(server.key, body, authorization);
    },
    poke,
  });
  return {
    poke,
    hear,
    start: () => {
      reconciler = startMediaReconciler({
        servers,
        writer,
        box,
        rooms: storage.mediaRooms,
        storage: storage.mediaServers,
        reports: options.mediaReports,
        lookout,
        uptime,
        now: clock.now,
      });
    },
    stop: async () => reconciler?.stop(),
  };
}
