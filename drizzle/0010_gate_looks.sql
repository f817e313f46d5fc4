ALTER TABLE "media_servers" ADD COLUMN "gate_looked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "media_servers" ADD COLUMN "gate_asked_by" uuid;