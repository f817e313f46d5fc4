CREATE TABLE "api_keys" (
	"domain_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"exp" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_keys_domain_id_id_pk" PRIMARY KEY("domain_id","id")
);
--> statement-breakpoint
CREATE TABLE "domains" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"version" bigint DEFAULT 1 NOT NULL,
	"permissions" jsonb,
	"enforce_unique_user_ids" boolean DEFAULT false NOT NULL,
	"lang" text DEFAULT 'en' NOT NULL,
	"meeting_token_lifetime_seconds" integer DEFAULT 86400,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "meeting_tokens" (
	"domain_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"jti" text NOT NULL,
	"room_id" uuid,
	"room_name" text,
	"is_owner" boolean NOT NULL,
	"user_name" text,
	"user_id" text,
	"nbf" timestamp (3) with time zone,
	"exp" timestamp (3) with time zone,
	"knocking" boolean NOT NULL,
	"eject_at_token_exp" boolean,
	"eject_after_elapsed_seconds" integer,
	"start_video_off" boolean,
	"start_audio_off" boolean,
	"enable_screenshare" boolean,
	"lang" text,
	"permissions" jsonb,
	"max_uses" integer,
	"self_signed" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "meeting_tokens_domain_id_id_pk" PRIMARY KEY("domain_id","id")
);
--> statement-breakpoint
CREATE TABLE "revocations" (
	"domain_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"jti" text,
	"room_name" text,
	"user_id" text,
	"revoked_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "revocations_domain_id_id_pk" PRIMARY KEY("domain_id","id"),
	CONSTRAINT "revocations_of_something" CHECK (num_nonnulls("revocations"."jti", "revocations"."room_name", "revocations"."user_id") > 0)
);
--> statement-breakpoint
CREATE TABLE "self_signing_keys" (
	"domain_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kid" text NOT NULL,
	"algorithm" text NOT NULL,
	"public_jwk" jsonb,
	"secret_sealed" "bytea",
	"created_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "self_signing_keys_domain_id_id_pk" PRIMARY KEY("domain_id","id")
);
--> statement-breakpoint
CREATE TABLE "signing_keys" (
	"domain_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kid" text NOT NULL,
	"public_jwk" jsonb NOT NULL,
	"private_key_sealed" "bytea" NOT NULL,
	"follows" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"active_from" timestamp (3) with time zone NOT NULL,
	"last_token_exp" timestamp (3) with time zone,
	"retired_at" timestamp (3) with time zone,
	CONSTRAINT "signing_keys_domain_id_id_pk" PRIMARY KEY("domain_id","id")
);
--> statement-breakpoint
CREATE TABLE "budgets" (
	"key" text PRIMARY KEY NOT NULL,
	"left" double precision NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "knocks" (
	"domain_id" uuid NOT NULL,
	"room_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"user_name" text NOT NULL,
	"user_id" text,
	"verified" boolean NOT NULL,
	"message" text,
	"status" text NOT NULL,
	"reason" text,
	"reply" text,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"decided_by" jsonb,
	"exp" timestamp (3) with time zone,
	"knock_again_at" timestamp (3) with time zone,
	"token" jsonb,
	"token_hash" "bytea" NOT NULL,
	"previous_token_hash" "bytea",
	"idempotency_hash" "bytea",
	"address_hash" "bytea" NOT NULL,
	"is_return" boolean NOT NULL,
	"connection" text NOT NULL,
	"attached_to" jsonb NOT NULL,
	"seen_until" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"version" bigint NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "knocks_domain_id_room_id_id_pk" PRIMARY KEY("domain_id","room_id","id"),
	CONSTRAINT "knocks_status" CHECK ("knocks"."status" in ('PENDING', 'ADMITTED', 'DENIED', 'CANCELLED', 'EXPIRED'))
);
--> statement-breakpoint
CREATE TABLE "participants" (
	"domain_id" uuid NOT NULL,
	"room_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"user_name" text NOT NULL,
	"user_id" text,
	"verified" boolean NOT NULL,
	"is_owner" boolean NOT NULL,
	"hidden" boolean NOT NULL,
	"joined_at" timestamp (3) with time zone NOT NULL,
	"left_at" timestamp (3) with time zone,
	"leave_reason" text,
	"token" jsonb,
	"knock_id" uuid,
	"permissions" jsonb,
	"audio" boolean NOT NULL,
	"video" boolean NOT NULL,
	"screen_share" boolean NOT NULL,
	"session_hash" "bytea" NOT NULL,
	"previous_session_hash" "bytea",
	"idempotency_hash" "bytea",
	"address_hash" "bytea" NOT NULL,
	"connection" text NOT NULL,
	"attached_to" jsonb NOT NULL,
	"seen_until" timestamp (3) with time zone NOT NULL,
	"is_shown" boolean NOT NULL,
	"decides_knocks" boolean NOT NULL,
	CONSTRAINT "participants_domain_id_room_id_id_pk" PRIMARY KEY("domain_id","room_id","id")
);
--> statement-breakpoint
CREATE TABLE "processes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"renewed_at" timestamp (3) with time zone NOT NULL,
	"dead_at" timestamp (3) with time zone,
	"swept_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "bans" (
	"domain_id" uuid NOT NULL,
	"room_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"user_id" text,
	"user_name" text,
	"knock_id" uuid,
	"jti" text,
	"address_hash" "bytea",
	"created_at" timestamp (3) with time zone NOT NULL,
	"exp" timestamp (3) with time zone,
	"lifted_at" timestamp (3) with time zone,
	CONSTRAINT "bans_domain_id_room_id_id_pk" PRIMARY KEY("domain_id","room_id","id")
);
--> statement-breakpoint
CREATE TABLE "live_streams" (
	"domain_id" uuid NOT NULL,
	"room_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"status" text NOT NULL,
	"destinations" jsonb NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"started_by" jsonb NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"error" text,
	CONSTRAINT "live_streams_domain_id_room_id_id_pk" PRIMARY KEY("domain_id","room_id","id")
);
--> statement-breakpoint
CREATE TABLE "room_events" (
	"domain_id" uuid NOT NULL,
	"room_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"type" smallint NOT NULL,
	"payload" jsonb NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"group_id" uuid,
	"also" jsonb,
	CONSTRAINT "room_events_domain_id_room_id_seq_pk" PRIMARY KEY("domain_id","room_id","seq")
);
--> statement-breakpoint
CREATE TABLE "rooms" (
	"domain_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"version" bigint NOT NULL,
	"last_group" uuid,
	"privacy" text NOT NULL,
	"nbf" timestamp (3) with time zone,
	"exp" timestamp (3) with time zone,
	"max_participants" integer,
	"enable_knocking" boolean NOT NULL,
	"knock_timeout_seconds" integer NOT NULL,
	"knock_cooldown_seconds" integer NOT NULL,
	"lobby_message" text,
	"owner_only_broadcast" boolean NOT NULL,
	"enforce_unique_user_ids" boolean,
	"eject_at_room_exp" boolean NOT NULL,
	"eject_after_elapsed_seconds" integer,
	"start_video_off" boolean NOT NULL,
	"start_audio_off" boolean NOT NULL,
	"enable_screenshare" boolean NOT NULL,
	"lang" text,
	"permissions" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone,
	"closed_by" text,
	"is_over" boolean DEFAULT false NOT NULL,
	"due_at" timestamp (3) with time zone,
	CONSTRAINT "rooms_domain_id_id_pk" PRIMARY KEY("domain_id","id"),
	CONSTRAINT "rooms_privacy" CHECK ("rooms"."privacy" in ('PUBLIC', 'PRIVATE')),
	CONSTRAINT "rooms_max_participants" CHECK ("rooms"."max_participants" > 0)
);
--> statement-breakpoint
CREATE TABLE "token_uses" (
	"domain_id" uuid NOT NULL,
	"room_id" uuid NOT NULL,
	"jti" text NOT NULL,
	"uses" integer NOT NULL,
	"in_lobby" boolean NOT NULL,
	CONSTRAINT "token_uses_domain_id_room_id_jti_pk" PRIMARY KEY("domain_id","room_id","jti")
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"domain_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"webhook_id" uuid NOT NULL,
	"event" text NOT NULL,
	"payload" jsonb NOT NULL,
	"status" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"response_status" integer,
	"next_attempt_at" timestamp (3) with time zone,
	"leased_until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "webhook_deliveries_domain_id_id_pk" PRIMARY KEY("domain_id","id")
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"domain_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"url" text NOT NULL,
	"events" text[] NOT NULL,
	"room_name" text,
	"is_active" boolean NOT NULL,
	"secret_sealed" "bytea" NOT NULL,
	"previous_secret_sealed" "bytea",
	"previous_secret_until" timestamp (3) with time zone,
	"failing_since" timestamp (3) with time zone,
	"call_again_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "webhooks_domain_id_id_pk" PRIMARY KEY("domain_id","id")
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_domain_id_domains_id_fk" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "meeting_tokens" ADD CONSTRAINT "meeting_tokens_domain_id_domains_id_fk" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "revocations" ADD CONSTRAINT "revocations_domain_id_domains_id_fk" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "self_signing_keys" ADD CONSTRAINT "self_signing_keys_domain_id_domains_id_fk" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signing_keys" ADD CONSTRAINT "signing_keys_domain_id_domains_id_fk" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "knocks" ADD CONSTRAINT "knocks_domain_id_room_id_rooms_domain_id_id_fk" FOREIGN KEY ("domain_id","room_id") REFERENCES "rooms"("domain_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants" ADD CONSTRAINT "participants_domain_id_room_id_rooms_domain_id_id_fk" FOREIGN KEY ("domain_id","room_id") REFERENCES "rooms"("domain_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bans" ADD CONSTRAINT "bans_domain_id_room_id_rooms_domain_id_id_fk" FOREIGN KEY ("domain_id","room_id") REFERENCES "rooms"("domain_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "live_streams" ADD CONSTRAINT "live_streams_domain_id_room_id_rooms_domain_id_id_fk" FOREIGN KEY ("domain_id","room_id") REFERENCES "rooms"("domain_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "room_events" ADD CONSTRAINT "room_events_domain_id_room_id_rooms_domain_id_id_fk" FOREIGN KEY ("domain_id","room_id") REFERENCES "rooms"("domain_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rooms" ADD CONSTRAINT "rooms_domain_id_domains_id_fk" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "token_uses" ADD CONSTRAINT "token_uses_domain_id_room_id_rooms_domain_id_id_fk" FOREIGN KEY ("domain_id","room_id") REFERENCES "rooms"("domain_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_domain_id_webhook_id_webhooks_domain_id_id_fk" FOREIGN KEY ("domain_id","webhook_id") REFERENCES "webhooks"("domain_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_domain_id_domains_id_fk" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_hash" ON "api_keys" USING btree ("hash","domain_id");--> statement-breakpoint
CREATE INDEX "api_keys_newest" ON "api_keys" USING btree ("domain_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "domains_name" ON "domains" USING btree ("name");--> statement-breakpoint
CREATE UNIQUE INDEX "meeting_tokens_jti" ON "meeting_tokens" USING btree ("domain_id","jti");--> statement-breakpoint
CREATE INDEX "meeting_tokens_newest" ON "meeting_tokens" USING btree ("domain_id","created_at","id");--> statement-breakpoint
CREATE INDEX "meeting_tokens_room" ON "meeting_tokens" USING btree ("domain_id","room_id","created_at","id");--> statement-breakpoint
CREATE INDEX "meeting_tokens_exp" ON "meeting_tokens" USING btree ("exp") WHERE "meeting_tokens"."exp" is not null;--> statement-breakpoint
CREATE INDEX "meeting_tokens_user" ON "meeting_tokens" USING btree ("domain_id","user_id","created_at","id");--> statement-breakpoint
CREATE INDEX "revocations_jti" ON "revocations" USING btree ("domain_id","jti");--> statement-breakpoint
CREATE UNIQUE INDEX "self_signing_keys_kid" ON "self_signing_keys" USING btree ("domain_id","kid") WHERE "self_signing_keys"."revoked_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "signing_keys_kid" ON "signing_keys" USING btree ("domain_id","kid");--> statement-breakpoint
CREATE UNIQUE INDEX "signing_keys_follows" ON "signing_keys" USING btree ("domain_id",coalesce("follows", '00000000-0000-0000-0000-000000000000'::uuid));--> statement-breakpoint
CREATE INDEX "knocks_id" ON "knocks" USING btree ("id");--> statement-breakpoint
CREATE INDEX "knocks_token" ON "knocks" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "knocks_previous_token" ON "knocks" USING btree ("previous_token_hash") WHERE "knocks"."previous_token_hash" is not null;--> statement-breakpoint
CREATE INDEX "knocks_key" ON "knocks" USING btree ("domain_id","room_id","idempotency_hash") WHERE "knocks"."idempotency_hash" is not null;--> statement-breakpoint
CREATE INDEX "knocks_waiting" ON "knocks" USING btree ("domain_id","room_id","requested_at","id") WHERE "knocks"."status" = 'PENDING';--> statement-breakpoint
CREATE INDEX "knocks_order" ON "knocks" USING btree ("domain_id","room_id","requested_at","id");--> statement-breakpoint
CREATE INDEX "knocks_domain_waiting" ON "knocks" USING btree ("domain_id","requested_at","id") WHERE "knocks"."status" = 'PENDING';--> statement-breakpoint
CREATE INDEX "knocks_changed" ON "knocks" USING btree ("domain_id","changed_at");--> statement-breakpoint
CREATE INDEX "knocks_denied" ON "knocks" USING btree ("domain_id","room_id","knock_again_at") WHERE "knocks"."status" = 'DENIED' and "knocks"."knock_again_at" is not null;--> statement-breakpoint
CREATE INDEX "knocks_ended" ON "knocks" USING btree ("ended_at") WHERE "knocks"."ended_at" is not null;--> statement-breakpoint
CREATE INDEX "knocks_admitted" ON "knocks" USING btree ("domain_id","room_id") WHERE "knocks"."status" = 'ADMITTED';--> statement-breakpoint
CREATE INDEX "knocks_admitted_until" ON "knocks" USING btree ("exp") WHERE "knocks"."status" = 'ADMITTED';--> statement-breakpoint
CREATE INDEX "participants_id" ON "participants" USING btree ("id");--> statement-breakpoint
CREATE INDEX "participants_session" ON "participants" USING btree ("session_hash");--> statement-breakpoint
CREATE INDEX "participants_previous_session" ON "participants" USING btree ("previous_session_hash") WHERE "participants"."previous_session_hash" is not null;--> statement-breakpoint
CREATE INDEX "participants_key" ON "participants" USING btree ("domain_id","room_id","idempotency_hash") WHERE "participants"."idempotency_hash" is not null;--> statement-breakpoint
CREATE INDEX "participants_knock" ON "participants" USING btree ("domain_id","room_id","knock_id") WHERE "participants"."knock_id" is not null;--> statement-breakpoint
CREATE INDEX "participants_left" ON "participants" USING btree ("left_at") WHERE "participants"."left_at" is not null;--> statement-breakpoint
CREATE INDEX "participants_inside" ON "participants" USING btree ("domain_id","room_id","joined_at","id") WHERE "participants"."left_at" is null;--> statement-breakpoint
CREATE INDEX "bans_id" ON "bans" USING btree ("id");--> statement-breakpoint
CREATE INDEX "bans_in_force" ON "bans" USING btree ("domain_id","room_id","created_at") WHERE "bans"."lifted_at" is null;--> statement-breakpoint
CREATE INDEX "live_streams_id" ON "live_streams" USING btree ("id");--> statement-breakpoint
CREATE INDEX "live_streams_latest" ON "live_streams" USING btree ("domain_id","room_id","started_at");--> statement-breakpoint
CREATE INDEX "room_events_at" ON "room_events" USING btree ("at");--> statement-breakpoint
CREATE UNIQUE INDEX "rooms_live_name" ON "rooms" USING btree ("domain_id","name") WHERE "rooms"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "rooms_name" ON "rooms" USING btree ("domain_id","name","created_at");--> statement-breakpoint
CREATE INDEX "rooms_newest" ON "rooms" USING btree ("domain_id","created_at","id");--> statement-breakpoint
CREATE INDEX "rooms_due" ON "rooms" USING btree ("due_at") WHERE "rooms"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "rooms_closed" ON "rooms" USING btree ("closed_at") WHERE "rooms"."closed_at" is not null;--> statement-breakpoint
CREATE INDEX "token_uses_jti" ON "token_uses" USING btree ("domain_id","jti");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" USING btree ("domain_id","webhook_id","next_attempt_at") WHERE "webhook_deliveries"."status" = 'PENDING';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_leased" ON "webhook_deliveries" USING btree ("domain_id","webhook_id") WHERE "webhook_deliveries"."leased_until" is not null;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_newest" ON "webhook_deliveries" USING btree ("domain_id","webhook_id","created_at","id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_ended" ON "webhook_deliveries" USING btree ("ended_at") WHERE "webhook_deliveries"."ended_at" is not null;--> statement-breakpoint
CREATE INDEX "webhooks_active" ON "webhooks" USING btree ("domain_id") WHERE "webhooks"."is_active" and "webhooks"."deleted_at" is null;