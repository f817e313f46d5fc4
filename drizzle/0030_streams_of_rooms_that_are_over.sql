CREATE OR REPLACE FUNCTION oldest_code() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '0012_door_page' $$;--> statement-breakpoint
-- Older versions left a live stream running in a room that had ended at its exp, with its stream keys. Nothing is told of a room that is over,
-- so nobody would ever say that it ended.
UPDATE live_streams s SET status = 'STOPPED', status_at = r.updated_at, ended_at = r.updated_at, destinations_sealed = NULL
  FROM rooms r
  WHERE r.domain_id = s.domain_id AND r.id = s.room_id AND r.is_over AND s.ended_at IS NULL;
