import type { ParticipantView } from '../room/views.ts';
import { encodeId } from '../rules/ids.ts';
import { mediaRightsOf } from '../rules/media-rights.ts';
import type { MediaAccess } from '../rules/media-server.ts';
import { signJitsiToken } from './jitsi-token.ts';
import { type MediaSeat, signLivekitToken } from './livekit-token.ts';
import type { OpenServers } from './open-servers.ts';

/**
 * Makes access to the media server that the domain has at the version of the view, for what holds there. Nobody is asked for it, and the
 * database once for each media server. Null: there is none, or, at Jitsi, which shows everybody to all, somebody must not be seen.
 */
export function createMediaAccess(servers: OpenServers, now: () => Date) {
  return async ({ participant, room, domain }: ParticipantView): Promise<MediaAccess | null> => {
    if (domain.mediaServer === null) return null;
    const server = await servers.find(domain.id, domain.mediaServer.id);
    if (server === null) return null;
    const seat: MediaSeat = {
      room: encodeId('Room', room.id),
      identity: encodeId('Participant', participant.id),
      name: participant.userName,
      isOwner: participant.isOwner,
      rights: mediaRightsOf(participant, room, domain),
    };
    if (server.kind === 'LIVEKIT') return signLivekitToken(server, seat, now());
    return seat.rights.hidden ? null : signJitsiToken(server, seat, now());
  };
}
