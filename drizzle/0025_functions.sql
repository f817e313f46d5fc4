CREATE OR REPLACE FUNCTION oldest_code() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '0012_door_page' $$;
--> statement-breakpoint
create or replace function write_room_dcd37ee7(p_domain uuid, p_room uuid, p_version bigint, p_group uuid, p_valid_until timestamptz, p_domain_version bigint, p_due timestamptz, p_now timestamptz, p_holds_domain boolean, p_gives_way boolean, p_tells_webhooks boolean, p_media_server uuid, p_watch_until timestamptz, p_events jsonb, p_settings jsonb, p_knocks jsonb, p_participants jsonb, p_bans jsonb, p_returns jsonb, p_token_uses jsonb, p_live_streams jsonb) returns bigint[] language plpgsql volatile as $$
#variable_conflict use_column
declare
  u record;
  v_name text;
  v_version bigint := p_version + jsonb_array_length(p_events);
begin
-- A process that lost a race takes a turn. Meanwhile the guards of all others miss: otherwise a faster process would win every race.
  if p_gives_way and not pg_try_advisory_xact_lock_shared(hashtextextended(p_room::text, 0)) then return array[null, floor(extract(epoch from app_now()) * 1000)::bigint]; end if;
  if p_holds_domain then
    perform from rooms where domain_id = p_domain and id = p_room and version = p_version for update;
    if not found then return array[null, floor(extract(epoch from app_now()) * 1000)::bigint]; end if;
    perform pg_advisory_xact_lock_shared(hashtextextended(p_domain::text, 1));
  end if;
  -- Before the row is written, since nothing is taken back here; and after it, when it is no longer waited for.
  if app_now() >= p_valid_until then return array[null, floor(extract(epoch from app_now()) * 1000)::bigint]; end if;
  if p_settings is null then
    update rooms set version = v_version, last_group = p_group, due_at = p_due
      where domain_id = p_domain and id = p_room and version = p_version
        and exists (select from domains where id = p_domain and version = p_domain_version)
      returning name into v_name;
  else
    for u in select * from jsonb_to_recordset(p_settings) as u("reusesName" boolean, "privacy" text, "nbf" timestamp (3) with time zone, "exp" timestamp (3) with time zone, "maxParticipants" integer, "enableKnocking" boolean, "knockTimeoutSeconds" integer, "knockCooldownSeconds" integer, "title" text, "meetingUrl" text, "lobbyMessage" text, "ownerOnlyBroadcast" boolean, "enforceUniqueUserIds" boolean, "ejectAtRoomExp" boolean, "ejectAfterElapsedSeconds" integer, "startVideoOff" boolean, "startAudioOff" boolean, "enableScreenshare" boolean, "lang" text, "permissions" jsonb, "updatedAt" timestamp (3) with time zone, "closedAt" timestamp (3) with time zone, "closedBy" text, "isOver" boolean) loop
      update rooms set version = v_version, last_group = p_group, due_at = p_due, "reuses_name" = u."reusesName", "privacy" = u."privacy", "nbf" = u."nbf", "exp" = u."exp", "max_participants" = u."maxParticipants", "enable_knocking" = u."enableKnocking", "knock_timeout_seconds" = u."knockTimeoutSeconds", "knock_cooldown_seconds" = u."knockCooldownSeconds", "title" = u."title", "meeting_url" = u."meetingUrl", "lobby_message" = u."lobbyMessage", "owner_only_broadcast" = u."ownerOnlyBroadcast", "enforce_unique_user_ids" = u."enforceUniqueUserIds", "eject_at_room_exp" = u."ejectAtRoomExp", "eject_after_elapsed_seconds" = u."ejectAfterElapsedSeconds", "start_video_off" = u."startVideoOff", "start_audio_off" = u."startAudioOff", "enable_screenshare" = u."enableScreenshare", "lang" = u."lang", "permissions" = u."permissions", "updated_at" = u."updatedAt", "closed_at" = u."closedAt", "closed_by" = u."closedBy", "is_over" = u."isOver"
      where domain_id = p_domain and id = p_room and version = p_version
        and exists (select from domains where id = p_domain and version = p_domain_version)
      returning name into v_name;
    end loop;
  end if;
  if v_name is null then return array[null, floor(extract(epoch from app_now()) * 1000)::bigint]; end if;
  if app_now() >= p_valid_until then raise exception 'the time of this decision is over' using errcode = 'VB001'; end if;
  if jsonb_array_length(p_knocks) = 1 then
    select * into u from jsonb_to_recordset(p_knocks) as u("id" uuid, "userName" text, "userId" text, "verified" boolean, "message" text, "status" text, "reason" text, "reply" text, "requestedAt" timestamp (3) with time zone, "decidedAt" timestamp (3) with time zone, "decidedBy" jsonb, "exp" timestamp (3) with time zone, "knockAgainAt" timestamp (3) with time zone, "isBanned" boolean, "token" jsonb, "tokenHash" text, "previousTokenHash" text, "spareTokenHashes" text[], "idempotencyHash" text, "addressHash" text, "isReturn" boolean, "connection" text, "attachedTo" jsonb, "seenUntil" timestamp (3) with time zone, "endedAt" timestamp (3) with time zone);
    insert into knocks (domain_id, room_id, "id", "user_name", "user_id", "verified", "message", "status", "reason", "reply", "requested_at", "decided_at", "decided_by", "exp", "knock_again_at", "is_banned", "token", "token_hash", "previous_token_hash", "spare_token_hashes", "idempotency_hash", "address_hash", "is_return", "connection", "attached_to", "seen_until", "ended_at", "version", "changed_at") values (p_domain, p_room, u."id", u."userName", u."userId", u."verified", u."message", u."status", u."reason", u."reply", u."requestedAt", u."decidedAt", u."decidedBy", u."exp", u."knockAgainAt", u."isBanned", u."token", decode(u."tokenHash", 'hex'), decode(u."previousTokenHash", 'hex'), u."spareTokenHashes", decode(u."idempotencyHash", 'hex'), decode(u."addressHash", 'hex'), u."isReturn", u."connection", u."attachedTo", u."seenUntil", u."endedAt", v_version, p_now) on conflict (domain_id, room_id, id) do update set "user_name" = excluded."user_name", "user_id" = excluded."user_id", "verified" = excluded."verified", "message" = excluded."message", "status" = excluded."status", "reason" = excluded."reason", "reply" = excluded."reply", "requested_at" = excluded."requested_at", "decided_at" = excluded."decided_at", "decided_by" = excluded."decided_by", "exp" = excluded."exp", "knock_again_at" = excluded."knock_again_at", "is_banned" = excluded."is_banned", "token" = excluded."token", "token_hash" = excluded."token_hash", "previous_token_hash" = excluded."previous_token_hash", "spare_token_hashes" = excluded."spare_token_hashes", "idempotency_hash" = excluded."idempotency_hash", "address_hash" = excluded."address_hash", "is_return" = excluded."is_return", "connection" = excluded."connection", "attached_to" = excluded."attached_to", "seen_until" = excluded."seen_until", "ended_at" = excluded."ended_at", "version" = excluded."version", "changed_at" = case when (knocks."id", knocks."user_name", knocks."user_id", knocks."verified", knocks."message", knocks."status", knocks."reason", knocks."reply", knocks."requested_at", knocks."decided_at", knocks."decided_by", knocks."exp", knocks."knock_again_at", knocks."is_banned", knocks."token", knocks."token_hash", knocks."previous_token_hash", knocks."spare_token_hashes", knocks."idempotency_hash", knocks."address_hash", knocks."is_return", knocks."connection", knocks."ended_at") is distinct from (excluded."id", excluded."user_name", excluded."user_id", excluded."verified", excluded."message", excluded."status", excluded."reason", excluded."reply", excluded."requested_at", excluded."decided_at", excluded."decided_by", excluded."exp", excluded."knock_again_at", excluded."is_banned", excluded."token", excluded."token_hash", excluded."previous_token_hash", excluded."spare_token_hashes", excluded."idempotency_hash", excluded."address_hash", excluded."is_return", excluded."connection", excluded."ended_at") then excluded.changed_at else knocks.changed_at end;
  elsif p_knocks is not null then
    insert into knocks (domain_id, room_id, "id", "user_name", "user_id", "verified", "message", "status", "reason", "reply", "requested_at", "decided_at", "decided_by", "exp", "knock_again_at", "is_banned", "token", "token_hash", "previous_token_hash", "spare_token_hashes", "idempotency_hash", "address_hash", "is_return", "connection", "attached_to", "seen_until", "ended_at", "version", "changed_at") select p_domain, p_room, u."id", u."userName", u."userId", u."verified", u."message", u."status", u."reason", u."reply", u."requestedAt", u."decidedAt", u."decidedBy", u."exp", u."knockAgainAt", u."isBanned", u."token", decode(u."tokenHash", 'hex'), decode(u."previousTokenHash", 'hex'), u."spareTokenHashes", decode(u."idempotencyHash", 'hex'), decode(u."addressHash", 'hex'), u."isReturn", u."connection", u."attachedTo", u."seenUntil", u."endedAt", v_version, p_now from jsonb_to_recordset(p_knocks) as u("id" uuid, "userName" text, "userId" text, "verified" boolean, "message" text, "status" text, "reason" text, "reply" text, "requestedAt" timestamp (3) with time zone, "decidedAt" timestamp (3) with time zone, "decidedBy" jsonb, "exp" timestamp (3) with time zone, "knockAgainAt" timestamp (3) with time zone, "isBanned" boolean, "token" jsonb, "tokenHash" text, "previousTokenHash" text, "spareTokenHashes" text[], "idempotencyHash" text, "addressHash" text, "isReturn" boolean, "connection" text, "attachedTo" jsonb, "seenUntil" timestamp (3) with time zone, "endedAt" timestamp (3) with time zone) on conflict (domain_id, room_id, id) do update set "user_name" = excluded."user_name", "user_id" = excluded."user_id", "verified" = excluded."verified", "message" = excluded."message", "status" = excluded."status", "reason" = excluded."reason", "reply" = excluded."reply", "requested_at" = excluded."requested_at", "decided_at" = excluded."decided_at", "decided_by" = excluded."decided_by", "exp" = excluded."exp", "knock_again_at" = excluded."knock_again_at", "is_banned" = excluded."is_banned", "token" = excluded."token", "token_hash" = excluded."token_hash", "previous_token_hash" = excluded."previous_token_hash", "spare_token_hashes" = excluded."spare_token_hashes", "idempotency_hash" = excluded."idempotency_hash", "address_hash" = excluded."address_hash", "is_return" = excluded."is_return", "connection" = excluded."connection", "attached_to" = excluded."attached_to", "seen_until" = excluded."seen_until", "ended_at" = excluded."ended_at", "version" = excluded."version", "changed_at" = case when (knocks."id", knocks."user_name", knocks."user_id", knocks."verified", knocks."message", knocks."status", knocks."reason", knocks."reply", knocks."requested_at", knocks."decided_at", knocks."decided_by", knocks."exp", knocks."knock_again_at", knocks."is_banned", knocks."token", knocks."token_hash", knocks."previous_token_hash", knocks."spare_token_hashes", knocks."idempotency_hash", knocks."address_hash", knocks."is_return", knocks."connection", knocks."ended_at") is distinct from (excluded."id", excluded."user_name", excluded."user_id", excluded."verified", excluded."message", excluded."status", excluded."reason", excluded."reply", excluded."requested_at", excluded."decided_at", excluded."decided_by", excluded."exp", excluded."knock_again_at", excluded."is_banned", excluded."token", excluded."token_hash", excluded."previous_token_hash", excluded."spare_token_hashes", excluded."idempotency_hash", excluded."address_hash", excluded."is_return", excluded."connection", excluded."ended_at") then excluded.changed_at else knocks.changed_at end;
  end if;
  if jsonb_array_length(p_participants) = 1 then
    select * into u from jsonb_to_recordset(p_participants) as u("id" uuid, "userName" text, "userId" text, "verified" boolean, "isOwner" boolean, "hidden" boolean, "joinedAt" timestamp (3) with time zone, "leftAt" timestamp (3) with time zone, "leaveReason" text, "token" jsonb, "knockId" uuid, "permissions" jsonb, "audio" boolean, "video" boolean, "screenShare" boolean, "mediaConnection" text, "mediaSid" text, "mutesOwed" text[], "sessionHash" text, "previousSessionHash" text, "spareSessionHashes" text[], "idempotencyHash" text, "addressHash" text, "connection" text, "attachedTo" jsonb, "seenUntil" timestamp (3) with time zone, "isShown" boolean, "decidesKnocks" boolean);
    insert into participants (domain_id, room_id, "id", "user_name", "user_id", "verified", "is_owner", "hidden", "joined_at", "left_at", "leave_reason", "token", "knock_id", "permissions", "audio", "video", "screen_share", "media_connection", "media_sid", "mutes_owed", "session_hash", "previous_session_hash", "spare_session_hashes", "idempotency_hash", "address_hash", "connection", "attached_to", "seen_until", "is_shown", "decides_knocks") values (p_domain, p_room, u."id", u."userName", u."userId", u."verified", u."isOwner", u."hidden", u."joinedAt", u."leftAt", u."leaveReason", u."token", u."knockId", u."permissions", u."audio", u."video", u."screenShare", u."mediaConnection", u."mediaSid", u."mutesOwed", decode(u."sessionHash", 'hex'), decode(u."previousSessionHash", 'hex'), u."spareSessionHashes", decode(u."idempotencyHash", 'hex'), decode(u."addressHash", 'hex'), u."connection", u."attachedTo", u."seenUntil", u."isShown", u."decidesKnocks") on conflict (domain_id, room_id, id) do update set "user_name" = excluded."user_name", "user_id" = excluded."user_id", "verified" = excluded."verified", "is_owner" = excluded."is_owner", "hidden" = excluded."hidden", "joined_at" = excluded."joined_at", "left_at" = excluded."left_at", "leave_reason" = excluded."leave_reason", "token" = excluded."token", "knock_id" = excluded."knock_id", "permissions" = excluded."permissions", "audio" = excluded."audio", "video" = excluded."video", "screen_share" = excluded."screen_share", "media_connection" = excluded."media_connection", "media_sid" = excluded."media_sid", "mutes_owed" = excluded."mutes_owed", "session_hash" = excluded."session_hash", "previous_session_hash" = excluded."previous_session_hash", "spare_session_hashes" = excluded."spare_session_hashes", "idempotency_hash" = excluded."idempotency_hash", "address_hash" = excluded."address_hash", "connection" = excluded."connection", "attached_to" = excluded."attached_to", "seen_until" = excluded."seen_until", "is_shown" = excluded."is_shown", "decides_knocks" = excluded."decides_knocks";
  elsif p_participants is not null then
    insert into participants (domain_id, room_id, "id", "user_name", "user_id", "verified", "is_owner", "hidden", "joined_at", "left_at", "leave_reason", "token", "knock_id", "permissions", "audio", "video", "screen_share", "media_connection", "media_sid", "mutes_owed", "session_hash", "previous_session_hash", "spare_session_hashes", "idempotency_hash", "address_hash", "connection", "attached_to", "seen_until", "is_shown", "decides_knocks") select p_domain, p_room, u."id", u."userName", u."userId", u."verified", u."isOwner", u."hidden", u."joinedAt", u."leftAt", u."leaveReason", u."token", u."knockId", u."permissions", u."audio", u."video", u."screenShare", u."mediaConnection", u."mediaSid", u."mutesOwed", decode(u."sessionHash", 'hex'), decode(u."previousSessionHash", 'hex'), u."spareSessionHashes", decode(u."idempotencyHash", 'hex'), decode(u."addressHash", 'hex'), u."connection", u."attachedTo", u."seenUntil", u."isShown", u."decidesKnocks" from jsonb_to_recordset(p_participants) as u("id" uuid, "userName" text, "userId" text, "verified" boolean, "isOwner" boolean, "hidden" boolean, "joinedAt" timestamp (3) with time zone, "leftAt" timestamp (3) with time zone, "leaveReason" text, "token" jsonb, "knockId" uuid, "permissions" jsonb, "audio" boolean, "video" boolean, "screenShare" boolean, "mediaConnection" text, "mediaSid" text, "mutesOwed" text[], "sessionHash" text, "previousSessionHash" text, "spareSessionHashes" text[], "idempotencyHash" text, "addressHash" text, "connection" text, "attachedTo" jsonb, "seenUntil" timestamp (3) with time zone, "isShown" boolean, "decidesKnocks" boolean) on conflict (domain_id, room_id, id) do update set "user_name" = excluded."user_name", "user_id" = excluded."user_id", "verified" = excluded."verified", "is_owner" = excluded."is_owner", "hidden" = excluded."hidden", "joined_at" = excluded."joined_at", "left_at" = excluded."left_at", "leave_reason" = excluded."leave_reason", "token" = excluded."token", "knock_id" = excluded."knock_id", "permissions" = excluded."permissions", "audio" = excluded."audio", "video" = excluded."video", "screen_share" = excluded."screen_share", "media_connection" = excluded."media_connection", "media_sid" = excluded."media_sid", "mutes_owed" = excluded."mutes_owed", "session_hash" = excluded."session_hash", "previous_session_hash" = excluded."previous_session_hash", "spare_session_hashes" = excluded."spare_session_hashes", "idempotency_hash" = excluded."idempotency_hash", "address_hash" = excluded."address_hash", "connection" = excluded."connection", "attached_to" = excluded."attached_to", "seen_until" = excluded."seen_until", "is_shown" = excluded."is_shown", "decides_knocks" = excluded."decides_knocks";
  end if;
  if jsonb_array_length(p_bans) = 1 then
    select * into u from jsonb_to_recordset(p_bans) as u("id" uuid, "userId" text, "userName" text, "knockId" uuid, "jti" text, "addressHash" text, "madeByAdmin" boolean, "createdAt" timestamp (3) with time zone, "exp" timestamp (3) with time zone, "liftedAt" timestamp (3) with time zone);
    insert into bans (domain_id, room_id, "id", "user_id", "user_name", "knock_id", "jti", "address_hash", "made_by_admin", "created_at", "exp", "lifted_at") values (p_domain, p_room, u."id", u."userId", u."userName", u."knockId", u."jti", decode(u."addressHash", 'hex'), u."madeByAdmin", u."createdAt", u."exp", u."liftedAt") on conflict (domain_id, room_id, id) do update set "user_id" = excluded."user_id", "user_name" = excluded."user_name", "knock_id" = excluded."knock_id", "jti" = excluded."jti", "address_hash" = excluded."address_hash", "made_by_admin" = excluded."made_by_admin", "created_at" = excluded."created_at", "exp" = excluded."exp", "lifted_at" = excluded."lifted_at";
  elsif p_bans is not null then
    insert into bans (domain_id, room_id, "id", "user_id", "user_name", "knock_id", "jti", "address_hash", "made_by_admin", "created_at", "exp", "lifted_at") select p_domain, p_room, u."id", u."userId", u."userName", u."knockId", u."jti", decode(u."addressHash", 'hex'), u."madeByAdmin", u."createdAt", u."exp", u."liftedAt" from jsonb_to_recordset(p_bans) as u("id" uuid, "userId" text, "userName" text, "knockId" uuid, "jti" text, "addressHash" text, "madeByAdmin" boolean, "createdAt" timestamp (3) with time zone, "exp" timestamp (3) with time zone, "liftedAt" timestamp (3) with time zone) on conflict (domain_id, room_id, id) do update set "user_id" = excluded."user_id", "user_name" = excluded."user_name", "knock_id" = excluded."knock_id", "jti" = excluded."jti", "address_hash" = excluded."address_hash", "made_by_admin" = excluded."made_by_admin", "created_at" = excluded."created_at", "exp" = excluded."exp", "lifted_at" = excluded."lifted_at";
  end if;
  if jsonb_array_length(p_returns) = 1 then
    select * into u from jsonb_to_recordset(p_returns) as u("id" uuid, "userId" text, "jti" text, "returnedAt" timestamp (3) with time zone, "admittedAt" timestamp (3) with time zone);
    insert into lobby_returns (domain_id, room_id, "id", "user_id", "jti", "returned_at", "admitted_at") values (p_domain, p_room, u."id", u."userId", u."jti", u."returnedAt", u."admittedAt") on conflict (domain_id, room_id, id) do update set "user_id" = excluded."user_id", "jti" = excluded."jti", "returned_at" = excluded."returned_at", "admitted_at" = excluded."admitted_at";
  elsif p_returns is not null then
    insert into lobby_returns (domain_id, room_id, "id", "user_id", "jti", "returned_at", "admitted_at") select p_domain, p_room, u."id", u."userId", u."jti", u."returnedAt", u."admittedAt" from jsonb_to_recordset(p_returns) as u("id" uuid, "userId" text, "jti" text, "returnedAt" timestamp (3) with time zone, "admittedAt" timestamp (3) with time zone) on conflict (domain_id, room_id, id) do update set "user_id" = excluded."user_id", "jti" = excluded."jti", "returned_at" = excluded."returned_at", "admitted_at" = excluded."admitted_at";
  end if;
  if jsonb_array_length(p_token_uses) = 1 then
    select * into u from jsonb_to_recordset(p_token_uses) as u("jti" text, "uses" integer);
    insert into token_uses (domain_id, room_id, "jti", "uses") values (p_domain, p_room, u."jti", u."uses") on conflict (domain_id, room_id, jti) do update set "uses" = excluded."uses";
  elsif p_token_uses is not null then
    insert into token_uses (domain_id, room_id, "jti", "uses") select p_domain, p_room, u."jti", u."uses" from jsonb_to_recordset(p_token_uses) as u("jti" text, "uses" integer) on conflict (domain_id, room_id, jti) do update set "uses" = excluded."uses";
  end if;
  if jsonb_array_length(p_live_streams) = 1 then
    select * into u from jsonb_to_recordset(p_live_streams) as u("id" uuid, "status" text, "destinations" jsonb, "destinationsSealed" text, "egressId" text, "startedAt" timestamp (3) with time zone, "startedBy" jsonb, "statusAt" timestamp (3) with time zone, "endedAt" timestamp (3) with time zone, "error" text);
    insert into live_streams (domain_id, room_id, "id", "status", "destinations", "destinations_sealed", "egress_id", "started_at", "started_by", "status_at", "ended_at", "error") values (p_domain, p_room, u."id", u."status", u."destinations", decode(u."destinationsSealed", 'hex'), u."egressId", u."startedAt", u."startedBy", u."statusAt", u."endedAt", u."error") on conflict (domain_id, room_id, id) do update set "status" = excluded."status", "destinations" = excluded."destinations", "destinations_sealed" = excluded."destinations_sealed", "egress_id" = excluded."egress_id", "started_at" = excluded."started_at", "started_by" = excluded."started_by", "status_at" = excluded."status_at", "ended_at" = excluded."ended_at", "error" = excluded."error";
  elsif p_live_streams is not null then
    insert into live_streams (domain_id, room_id, "id", "status", "destinations", "destinations_sealed", "egress_id", "started_at", "started_by", "status_at", "ended_at", "error") select p_domain, p_room, u."id", u."status", u."destinations", decode(u."destinationsSealed", 'hex'), u."egressId", u."startedAt", u."startedBy", u."statusAt", u."endedAt", u."error" from jsonb_to_recordset(p_live_streams) as u("id" uuid, "status" text, "destinations" jsonb, "destinationsSealed" text, "egressId" text, "startedAt" timestamp (3) with time zone, "startedBy" jsonb, "statusAt" timestamp (3) with time zone, "endedAt" timestamp (3) with time zone, "error" text) on conflict (domain_id, room_id, id) do update set "status" = excluded."status", "destinations" = excluded."destinations", "destinations_sealed" = excluded."destinations_sealed", "egress_id" = excluded."egress_id", "started_at" = excluded."started_at", "started_by" = excluded."started_by", "status_at" = excluded."status_at", "ended_at" = excluded."ended_at", "error" = excluded."error";
  end if;
  if jsonb_array_length(p_events) = 1 then
    insert into room_events (domain_id, room_id, seq, type, payload, at, group_id, also) values (p_domain, p_room, v_version, (p_events->0->>'type')::smallint, p_events->0->'payload', p_now, p_group,
      nullif(p_events->0->'also', 'null'::jsonb));
  else
    insert into room_events (domain_id, room_id, seq, type, payload, at, group_id, also) select p_domain, p_room, p_version + u.ord, u.type, u.payload, p_now, p_group, u.also
    from rows from (jsonb_to_recordset(p_events) as (type smallint, payload jsonb, also jsonb, "webhookEvent" text, "webhookData" jsonb)) with ordinality as u(type, payload, also, "webhookEvent", "webhookData", ord);
  end if;
  if p_tells_webhooks then
    insert into webhook_deliveries (domain_id, id, webhook_id, event, payload, status, attempts, next_attempt_at, created_at)
    select p_domain, gen_random_uuid(), w.id, u."webhookEvent", u."webhookData", 'PENDING', 0, p_now, p_now
    from jsonb_to_recordset(p_events) as u(type smallint, payload jsonb, also jsonb, "webhookEvent" text, "webhookData" jsonb), webhooks w
    where w.domain_id = p_domain and w.is_active and w.deleted_at is null and u."webhookEvent" = any (w.events)
      and (w.room_name is null or w.room_name = v_name);
  end if;
  if p_media_server is not null then
    insert into media_rooms (domain_id, room_id, media_server_id, look_at, wanted_at, watch_until)
    values (p_domain, p_room, p_media_server, p_now, p_now, p_watch_until)
    on conflict (domain_id, room_id, media_server_id) do update set
      wanted = media_rooms.wanted + 1, look_at = least(media_rooms.look_at, excluded.look_at),
      wanted_at = case when media_rooms.wanted > media_rooms.done then media_rooms.wanted_at else excluded.wanted_at end,
      watch_until = greatest(media_rooms.watch_until, excluded.watch_until);
  end if;
  return array[v_version, floor(extract(epoch from app_now()) * 1000)::bigint];
end $$;
--> statement-breakpoint
create or replace function insert_room_013dff6a(p_domain uuid, p_by uuid, p_room jsonb, p_type smallint, p_payload jsonb, p_webhook_event text, p_webhook_data jsonb) returns boolean language plpgsql volatile as $$
#variable_conflict use_column
declare
  u record;
  v_exp timestamptz;
  v_reuses boolean;
begin
if p_by is not null then
    perform pg_advisory_xact_lock_shared(hashtextextended(p_domain::text, 1));
    select k.exp into v_exp from api_keys k
    where k.domain_id = p_domain and k.id = p_by and k.revoked_at is null;
    if not found or v_exp <= app_now() then return false; end if;
  end if;
  select * into u from jsonb_to_recordset(p_room) as u("domainId" uuid, "id" uuid, "name" text, "reusesName" boolean, "version" bigint, "lastGroup" uuid, "privacy" text, "nbf" timestamp (3) with time zone, "exp" timestamp (3) with time zone, "maxParticipants" integer, "enableKnocking" boolean, "knockTimeoutSeconds" integer, "knockCooldownSeconds" integer, "title" text, "meetingUrl" text, "lobbyMessage" text, "ownerOnlyBroadcast" boolean, "enforceUniqueUserIds" boolean, "ejectAtRoomExp" boolean, "ejectAfterElapsedSeconds" integer, "startVideoOff" boolean, "startAudioOff" boolean, "enableScreenshare" boolean, "lang" text, "permissions" jsonb, "createdAt" timestamp (3) with time zone, "updatedAt" timestamp (3) with time zone, "closedAt" timestamp (3) with time zone, "closedBy" text, "isOver" boolean, "dueAt" timestamp (3) with time zone);
  v_reuses := exists (select from rooms o where o.domain_id = p_domain and o.name = u.name);
  insert into rooms ("domain_id", "id", "name", "reuses_name", "version", "last_group", "privacy", "nbf", "exp", "max_participants", "enable_knocking", "knock_timeout_seconds", "knock_cooldown_seconds", "title", "meeting_url", "lobby_message", "owner_only_broadcast", "enforce_unique_user_ids", "eject_at_room_exp", "eject_after_elapsed_seconds", "start_video_off", "start_audio_off", "enable_screenshare", "lang", "permissions", "created_at", "updated_at", "closed_at", "closed_by", "is_over", "due_at")
  values (p_domain, u."id", u."name", v_reuses, u."version", u."lastGroup", u."privacy", u."nbf", u."exp", u."maxParticipants", u."enableKnocking", u."knockTimeoutSeconds", u."knockCooldownSeconds", u."title", u."meetingUrl", u."lobbyMessage", u."ownerOnlyBroadcast", u."enforceUniqueUserIds", u."ejectAtRoomExp", u."ejectAfterElapsedSeconds", u."startVideoOff", u."startAudioOff", u."enableScreenshare", u."lang", u."permissions", u."createdAt", u."updatedAt", u."closedAt", u."closedBy", u."isOver", u."dueAt")
  on conflict (domain_id, name) where closed_at is null do nothing;
  if not found then return false; end if;
  insert into room_events (domain_id, room_id, seq, type, payload, at)
  values (p_domain, u.id, u.version, p_type, p_payload, u."createdAt");
  if p_webhook_event is not null then
    insert into webhook_deliveries (domain_id, id, webhook_id, event, payload, status, attempts, next_attempt_at, created_at)
    select p_domain, gen_random_uuid(), w.id, p_webhook_event, p_webhook_data, 'PENDING', 0, u."createdAt", u."createdAt"
    from webhooks w where w.domain_id = p_domain and w.is_active and w.deleted_at is null and p_webhook_event = any (w.events)
      and (w.room_name is null or w.room_name = u.name);
  end if;
  return true;
end $$;
--> statement-breakpoint
create or replace function insert_token_e87c096f(p_domain uuid, p_by uuid, p_token jsonb) returns boolean language plpgsql volatile as $$
#variable_conflict use_column
declare
  u record;
  v_exp timestamptz;
begin
if p_by is not null then
    perform pg_advisory_xact_lock_shared(hashtextextended(p_domain::text, 1));
    select k.exp into v_exp from api_keys k
    where k.domain_id = p_domain and k.id = p_by and k.revoked_at is null;
    if not found or v_exp <= app_now() then return false; end if;
  end if;
  select * into u from jsonb_to_recordset(p_token) as u("domainId" uuid, "id" uuid, "jti" text, "roomId" uuid, "roomName" text, "isOwner" boolean, "userName" text, "userId" text, "nbf" timestamp (3) with time zone, "exp" timestamp (3) with time zone, "knocking" boolean, "ejectAtTokenExp" boolean, "ejectAfterElapsedSeconds" integer, "startVideoOff" boolean, "startAudioOff" boolean, "enableScreenshare" boolean, "lang" text, "permissions" jsonb, "maxUses" integer, "selfSigned" boolean, "createdAt" timestamp (3) with time zone, "revokedAt" timestamp (3) with time zone);
  if u."roomId" is not null then
    perform from rooms r where r.domain_id = p_domain and r.id = u."roomId" and r.closed_at is null;
    if not found then return false; end if;
  end if;
  insert into meeting_tokens ("domain_id", "id", "jti", "room_id", "room_name", "is_owner", "user_name", "user_id", "nbf", "exp", "knocking", "eject_at_token_exp", "eject_after_elapsed_seconds", "start_video_off", "start_audio_off", "enable_screenshare", "lang", "permissions", "max_uses", "self_signed", "created_at", "revoked_at")
  values (p_domain, u."id", u."jti", u."roomId", u."roomName", u."isOwner", u."userName", u."userId", u."nbf", u."exp", u."knocking", u."ejectAtTokenExp", u."ejectAfterElapsedSeconds", u."startVideoOff", u."startAudioOff", u."enableScreenshare", u."lang", u."permissions", u."maxUses", u."selfSigned", u."createdAt", u."revokedAt")
  on conflict (domain_id, jti) do nothing;
  return found;
end $$;
--> statement-breakpoint
create or replace function revoke_tokens_2e1d7648(p_domain uuid, p_jtis text[], p_room_name text, p_user_id text, p_at timestamptz, p_by uuid) returns integer language plpgsql volatile as $$
#variable_conflict use_column
declare
  v_exp timestamptz;
  v_count integer;
  v_unseen text[];
begin
if p_by is not null then
    select k.exp into v_exp from api_keys k
    where k.domain_id = p_domain and k.id = p_by and k.revoked_at is null for no key update;
    if not found or v_exp <= app_now() then return null; end if;
  end if;
  update domains set version = next_version(id, version) where id = p_domain;
  if not found then return null; end if;
  delete from revocations o where o.domain_id = p_domain and o.revoked_at <= p_at
    and o.room_name is not distinct from p_room_name and o.user_id is not distinct from p_user_id
    and case when p_jtis is null then o.jti is null else o.jti = any (p_jtis) end;
  if p_jtis is null then
    insert into revocations (domain_id, id, jti, room_name, user_id, revoked_at)
    values (p_domain, gen_random_uuid(), null, p_room_name, p_user_id, p_at);
  else
    v_unseen := array(select m.jti from unnest(p_jtis) as m(jti)
      except select r.jti from meeting_tokens r where r.domain_id = p_domain and r.jti = any (p_jtis));
    insert into revocations (domain_id, id, jti, room_name, user_id, revoked_at)
    select p_domain, gen_random_uuid(), m.jti, p_room_name, p_user_id, p_at from unnest(v_unseen) as m(jti);
  end if;
  update meeting_tokens t set revoked_at = p_at
  where t.domain_id = p_domain and t.revoked_at is null and (p_jtis is null or t.jti = any (p_jtis))
    and (p_room_name is null or t.room_name = p_room_name) and (p_user_id is null or t.user_id = p_user_id);
  get diagnostics v_count = row_count;
  return v_count;
end $$;
--> statement-breakpoint
create or replace function create_webhook_2529c584(p_domain uuid, p_id uuid, p_url text, p_events text[], p_room_name text, p_secret_sealed bytea, p_limit integer, p_by uuid) returns jsonb language plpgsql volatile as $$
#variable_conflict use_column
declare
  v_exp timestamptz;
begin
if p_by is not null then
    select k.exp into v_exp from api_keys k
    where k.domain_id = p_domain and k.id = p_by and k.revoked_at is null for no key update;
    if not found or v_exp <= app_now() then return null; end if;
  end if;
  if p_room_name is not null then
    perform from rooms r where r.domain_id = p_domain and r.name = p_room_name and r.closed_at is null
      and (r.exp is null or r.exp > (select app_now()));
    if not found then return jsonb_build_object('isKnown', false, 'webhook', null); end if;
  end if;
  if (select count(*) from webhooks o where o.domain_id = p_domain and o.deleted_at is null) >= p_limit then
    return jsonb_build_object('isKnown', true, 'webhook', null);
  end if;
  update domains set version = next_version(id, version) where id = p_domain;
  insert into webhooks (domain_id, id, url, events, room_name, is_active, secret_sealed, created_at)
  values (p_domain, p_id, p_url, p_events, p_room_name, true, p_secret_sealed, app_now());
  return jsonb_build_object('isKnown', true, 'webhook', (select to_jsonb(x) from (select w."domain_id" as "domainId", w."id" as "id", w."url" as "url", w."events" as "events", w."room_name" as "roomName", w."is_active" as "isActive", w."created_at" as "createdAt" from webhooks w where w.domain_id = p_domain and w.id = p_id) x));
end $$;
--> statement-breakpoint
create or replace function update_webhook_17135a1e(p_domain uuid, p_id uuid, p_url text, p_events text[], p_is_active boolean, p_by uuid) returns jsonb language plpgsql volatile as $$
#variable_conflict use_column
declare
  v_exp timestamptz;
begin
if p_by is not null then
    select k.exp into v_exp from api_keys k
    where k.domain_id = p_domain and k.id = p_by and k.revoked_at is null for no key update;
    if not found or v_exp <= app_now() then return null; end if;
  end if;
  perform from webhooks w where w.domain_id = p_domain and w.id = p_id and w.deleted_at is null;
  if not found then return null; end if;
  if p_is_active then update domains set version = next_version(id, version) where id = p_domain; end if;
  update webhooks w set
    url = coalesce(p_url, w.url),
    events = coalesce(p_events, w.events),
    is_active = coalesce(p_is_active, w.is_active),
    failing_since = case when p_url is null and p_is_active is null then w.failing_since end,
    call_again_at = case when p_url is null and p_is_active is null then w.call_again_at end
  where w.domain_id = p_domain and w.id = p_id and w.deleted_at is null;
  if not found then return null; end if;
  return (select to_jsonb(x) from (select w."domain_id" as "domainId", w."id" as "id", w."url" as "url", w."events" as "events", w."room_name" as "roomName", w."is_active" as "isActive", w."created_at" as "createdAt" from webhooks w where w.domain_id = p_domain and w.id = p_id) x);
end $$;
--> statement-breakpoint
create or replace function insert_api_key_551f6da3(p_domain uuid, p_by uuid, p_key jsonb) returns boolean language plpgsql volatile as $$
#variable_conflict use_column
declare
  u record;
  v_exp timestamptz;
begin
if p_by is not null then
    select k.exp into v_exp from api_keys k
    where k.domain_id = p_domain and k.id = p_by and k.revoked_at is null for no key update;
    if not found or v_exp <= app_now() then return false; end if;
  end if;
  select * into u from jsonb_to_recordset(p_key) as u("domainId" uuid, "id" uuid, "name" text, "prefix" text, "hash" text, "scopes" text[], "createdAt" timestamp (3) with time zone, "lastUsedAt" timestamp (3) with time zone, "exp" timestamp (3) with time zone, "revokedAt" timestamp (3) with time zone);
  insert into api_keys ("domain_id", "id", "name", "prefix", "hash", "scopes", "created_at", "last_used_at", "exp", "revoked_at")
  values (p_domain, u."id", u."name", u."prefix", decode(u."hash", 'hex'), u."scopes", u."createdAt", u."lastUsedAt", u."exp", u."revokedAt")
  on conflict do nothing;
  return found;
end $$;
--> statement-breakpoint
create or replace function revoke_api_key_86db0f48(p_domain uuid, p_id uuid, p_at timestamptz, p_by uuid) returns jsonb language plpgsql volatile as $$
#variable_conflict use_column
declare
  v_exp timestamptz;
begin
perform from api_keys k where k.domain_id = p_domain and k.id in (p_id, p_by) order by k.id for no key update;
  if p_by is not null then
    select k.exp into v_exp from api_keys k
    where k.domain_id = p_domain and k.id = p_by and k.revoked_at is null for no key update;
    if not found or v_exp <= app_now() then return null; end if;
  end if;
  update api_keys k set revoked_at = coalesce(k.revoked_at, p_at) where k.domain_id = p_domain and k.id = p_id;
  if not found then return null; end if;
  update domains set version = next_version(id, version) where id = p_domain;
  return (select to_jsonb(x) from (select k."domain_id" as "domainId", k."id" as "id", k."name" as "name", k."prefix" as "prefix", k."scopes" as "scopes", k."created_at" as "createdAt", k."last_used_at" as "lastUsedAt", k."exp" as "exp", k."revoked_at" as "revokedAt" from api_keys k where k.domain_id = p_domain and k.id = p_id) x);
end $$;
