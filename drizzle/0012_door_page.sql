ALTER TABLE "domains" ADD COLUMN "door_page" jsonb;--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "title" text;--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "meeting_url" text;