CREATE TABLE "lobby_returns" (
	"domain_id" uuid NOT NULL,
	"room_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"user_id" text,
	"jti" text,
	"returned_at" timestamp (3) with time zone NOT NULL,
	"admitted_at" timestamp (3) with time zone,
	CONSTRAINT "lobby_returns_domain_id_room_id_id_pk" PRIMARY KEY("domain_id","room_id","id"),
	CONSTRAINT "lobby_returns_of_somebody" CHECK (num_nonnulls("lobby_returns"."user_id", "lobby_returns"."jti") = 1)
);
--> statement-breakpoint
ALTER TABLE "token_uses" ALTER COLUMN "in_lobby" SET DEFAULT false;--> statement-breakpoint
ALTER TABLE "lobby_returns" ADD CONSTRAINT "lobby_returns_domain_id_room_id_rooms_domain_id_id_fk" FOREIGN KEY ("domain_id","room_id") REFERENCES "rooms"("domain_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "lobby_returns_open" ON "lobby_returns" USING btree ("domain_id","room_id") WHERE "lobby_returns"."admitted_at" is null;--> statement-breakpoint
CREATE INDEX "lobby_returns_admitted" ON "lobby_returns" USING btree ("admitted_at") WHERE "lobby_returns"."admitted_at" is not null;--> statement-breakpoint
INSERT INTO "lobby_returns" ("domain_id", "room_id", "id", "user_id", "jti", "returned_at")
	SELECT u."domain_id", u."room_id", coalesce(k."id", gen_random_uuid()), coalesce(k."user_id", t."user_id"),
		CASE WHEN coalesce(k."user_id", t."user_id") IS NULL THEN u."jti" END, coalesce(k."requested_at", now())
	FROM "token_uses" u
		LEFT JOIN LATERAL (SELECT k."id", k."user_id", k."requested_at" FROM "knocks" k
			WHERE k."domain_id" = u."domain_id" AND k."room_id" = u."room_id" AND k."is_return" AND k."token"->>'jti' = u."jti"
			ORDER BY k."requested_at" DESC LIMIT 1) k ON true
		LEFT JOIN "meeting_tokens" t ON t."domain_id" = u."domain_id" AND t."jti" = u."jti"
	WHERE u."in_lobby";
