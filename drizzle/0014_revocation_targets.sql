CREATE INDEX "revocations_target" ON "revocations" USING btree ("domain_id","user_id","room_name","revoked_at") WHERE "revocations"."jti" is null;--> statement-breakpoint
-- Which code may still run on this database: whatever knows the migration that is named here. Each migration says it anew.
CREATE FUNCTION oldest_code() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '0012_door_page' $$;
