CREATE TABLE "media_rooms" (
	"domain_id" uuid NOT NULL,
	"room_id" uuid NOT NULL,
	"media_server_id" uuid NOT NULL,
	"wanted" bigint DEFAULT 1 NOT NULL,
	"done" bigint DEFAULT 0 NOT NULL,
	"look_at" timestamp (3) with time zone NOT NULL,
	"leased_until" timestamp (3) with time zone,
	"watch_until" timestamp (3) with time zone,
	CONSTRAINT "media_rooms_domain_id_room_id_media_server_id_pk" PRIMARY KEY("domain_id","room_id","media_server_id")
);
--> statement-breakpoint
CREATE TABLE "media_servers" (
	"domain_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"url" text NOT NULL,
	"api_url" text,
	"api_key" text NOT NULL,
	"secret_sealed" "bytea" NOT NULL,
	"key_id" text,
	"tenant" text,
	"gate" boolean DEFAULT false NOT NULL,
	"gate_holds" boolean,
	"state" text NOT NULL,
	"last_error" text,
	"checked_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "media_servers_domain_id_id_pk" PRIMARY KEY("domain_id","id"),
	CONSTRAINT "media_servers_kind" CHECK ("media_servers"."kind" in ('LIVEKIT', 'JITSI'))
);
--> statement-breakpoint
CREATE TABLE "media_webhooks" (
	"domain_id" uuid NOT NULL,
	"id" text NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "media_webhooks_domain_id_id_pk" PRIMARY KEY("domain_id","id")
);
--> statement-breakpoint
ALTER TABLE "domains" ADD COLUMN "media_server" jsonb;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "media_connection" text;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "media_sid" text;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "mutes_owed" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "live_streams" ADD COLUMN "destinations_sealed" "bytea";--> statement-breakpoint
ALTER TABLE "live_streams" ADD COLUMN "egress_id" text;--> statement-breakpoint
ALTER TABLE "media_rooms" ADD CONSTRAINT "media_rooms_domain_id_room_id_rooms_domain_id_id_fk" FOREIGN KEY ("domain_id","room_id") REFERENCES "rooms"("domain_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media_rooms" ADD CONSTRAINT "media_rooms_domain_id_media_server_id_media_servers_domain_id_id_fk" FOREIGN KEY ("domain_id","media_server_id") REFERENCES "media_servers"("domain_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media_servers" ADD CONSTRAINT "media_servers_domain_id_domains_id_fk" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media_webhooks" ADD CONSTRAINT "media_webhooks_domain_id_domains_id_fk" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "media_rooms_look" ON "media_rooms" USING btree ("look_at");--> statement-breakpoint
CREATE INDEX "media_rooms_server" ON "media_rooms" USING btree ("domain_id","media_server_id");--> statement-breakpoint
CREATE INDEX "media_servers_key" ON "media_servers" USING btree ("api_key") WHERE "media_servers"."kind" = 'LIVEKIT';--> statement-breakpoint
CREATE INDEX "media_servers_ended" ON "media_servers" USING btree ("ended_at") WHERE "media_servers"."ended_at" is not null;--> statement-breakpoint
CREATE INDEX "media_webhooks_seen" ON "media_webhooks" USING btree ("seen_at");