import { settleCommand } from '../room/command.ts';
import { inEachRoom } from '../room/many-rooms.ts';
import type { RoomWriter } from '../room/writer.ts';
import type { DomainId } from '../rules/ids.ts';
import { carriedOutOn } from '../rules/media-server.ts';
import type { DomainStorage } from '../storage/domain.ts';
import type { MediaRoomStorage } from '../storage/media-room.ts';
import type { MediaServerStorage } from '../storage/media-server.ts';
import type { ParticipantStorage } from '../storage/participant.ts';

export interface MediaTendingDeps {
  readonly mediaServers: Pick<MediaServerStorage, 'findUnended' | 'endOthers'>;
  readonly mediaRooms: Pick<MediaRoomStorage, 'open'>;
  readonly domains: Pick<DomainStorage, 'findById'>;
  readonly participants: Pick<ParticipantStorage, 'findLeftStreams'>;
  readonly writer: RoomWriter;
  /** Is told of what went wrong in one domain: the next sweep tries again. */
  readonly onError: (error: unknown) => void;
}

const roomsAtATime = 200;

/**
 * Makes good what a change of a domain's media server has left undone where it was interrupted: the one that the domain names has its rooms,
 * the others are ended, and live streams that none has any more are over. Where nothing was left undone it changes nothing. What goes wrong
 * in one domain holds up none of the others.
 * @throws DatabaseError where it cannot be found what was left undone
 */
export async function tendMediaServers(deps: MediaTendingDeps): Promise<void> {
  const { mediaServers, participants, writer, onError } = deps;
  for (const id of await mediaServers.findUnended()) await endOthers(deps, id).catch(onError);
  await inEachRoom(await participants.findLeftStreams(roomsAtATime), (ref) => writer.submit(ref, settleCommand));
}

async function endOthers({ mediaServers, mediaRooms, domains }: MediaTendingDeps, id: DomainId): Promise<void> {
  const domain = await domains.findById(id);
  const carrying = domain === null ? null : carriedOutOn(domain);
  if (carrying !== null) await mediaRooms.open(id, carrying);
  await mediaServers.endOthers(id);
}
