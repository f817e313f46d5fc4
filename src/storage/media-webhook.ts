import type { DomainId, MediaServerId, RoomId } from '../rules/ids.ts';
import { waitsSince } from './media-room.ts';
import type { Database } from './postgres/database.ts';

/** What a media server has told, each once. @throws DatabaseError */
export interface MediaWebhookStorage {
  /** Has the room looked at, unless the same was told before. One statement. True: it was new. */
  readonly tell: (
    domainId: DomainId,
    mediaServerId: MediaServerId,
    told: { readonly id: string; readonly roomId: RoomId },
  ) => Promise<boolean>;
}

// A room that is not this domain's is nobody's to look at, and what was told of it is not kept either.
const tellText = `
  with told as (
    insert into media_webhooks (domain_id, id, seen_at)
    select $1::uuid, $3::text, app_now() from rooms r where r.domain_id = $1::uuid and r.id = $4::uuid
    on conflict (domain_id, id) do nothing
    returning id
  ), looked as (
    insert into media_rooms (domain_id, room_id, media_server_id, look_at, wanted_at)
    select $1::uuid, $4::uuid, $2::uuid, app_now(), app_now() from told
    on conflict (domain_id, room_id, media_server_id)
    do update set wanted = media_rooms.wanted + 1, look_at = least(media_rooms.look_at, excluded.look_at), ${waitsSince}
  )
  select id from told`;

export function createMediaWebhookStorage({ query }: Pick<Database, 'query'>): MediaWebhookStorage {
  return {
    tell: async (domainId, mediaServerId, { id, roomId }) =>
      (await query(tellText, [domainId, mediaServerId, id, roomId])).length > 0,
  };
}
