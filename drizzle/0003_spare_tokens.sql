ALTER TABLE "knocks" ADD COLUMN "spare_token_hashes" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "spare_session_hashes" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
CREATE INDEX "knocks_spare_tokens" ON "knocks" USING gin ("spare_token_hashes") WITH (fastupdate=false) WHERE "knocks"."spare_token_hashes" <> '{}';--> statement-breakpoint
CREATE INDEX "participants_spare_sessions" ON "participants" USING gin ("spare_session_hashes") WITH (fastupdate=false) WHERE "participants"."spare_session_hashes" <> '{}';