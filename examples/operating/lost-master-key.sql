-- The master key is lost: nobody can read what it sealed. This gives all of that up, so that the service can start with a new key.
-- Stop every process first. Run it with: psql --single-transaction --set ON_ERROR_STOP=1 "$DATABASE_URL" --file lost-master-key.sql

-- Bans of networks and repeated requests: the new key makes new ones. PUBLIC_URL is recorded anew at the next start.
delete from installation_keys;
-- Meeting tokens and media grants end. Each domain has a new key as soon as it needs one.
delete from signing_keys;
-- Those with a shared secret. Keys of which the service knows only the public half stay.
update self_signing_keys set revoked_at = app_now(), secret_sealed = null where secret_sealed is not null;
-- Make them again with createWebhook and setMediaServer.
delete from webhooks;
delete from live_streams;
delete from media_servers;
