DROP INDEX "knocks_id";--> statement-breakpoint
DROP INDEX "participants_id";--> statement-breakpoint
DROP INDEX "bans_id";--> statement-breakpoint
DROP INDEX "live_streams_id";--> statement-breakpoint
CREATE INDEX "knocks_id" ON "knocks" USING btree ("domain_id","id");--> statement-breakpoint
CREATE INDEX "participants_id" ON "participants" USING btree ("domain_id","id");--> statement-breakpoint
CREATE INDEX "bans_id" ON "bans" USING btree ("domain_id","id");--> statement-breakpoint
CREATE INDEX "live_streams_id" ON "live_streams" USING btree ("domain_id","id");