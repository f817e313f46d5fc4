CREATE INDEX "bans_over" ON "bans" USING btree (least("lifted_at", "exp"));--> statement-breakpoint
CREATE INDEX "live_streams_ended" ON "live_streams" USING btree ("ended_at") WHERE "live_streams"."ended_at" is not null;--> statement-breakpoint
CREATE OR REPLACE FUNCTION oldest_code() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '0012_door_page' $$;
