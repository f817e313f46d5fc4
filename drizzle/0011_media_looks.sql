ALTER TABLE "media_rooms" ADD COLUMN "wanted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "live_streams" ADD COLUMN "status_at" timestamp (3) with time zone;