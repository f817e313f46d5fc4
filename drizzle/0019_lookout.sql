CREATE OR REPLACE FUNCTION oldest_code() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '0012_door_page' $$;--> statement-breakpoint
ALTER TABLE "processes" ADD COLUMN "lookout_until" timestamp (3) with time zone;
