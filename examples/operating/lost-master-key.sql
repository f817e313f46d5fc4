-- The master key is lost: nobody can read what it sealed. This gives all of that up, so that the service can start with a new key.
-- Stop every process first. Run it with: psql --single-transaction --set ON_ERROR_STOP=1 "$DATABASE_URL" --file lost-master-key.sql

-- Bans of networks and repeated requests: the new key makes new ones. PUBLIC_URL is recorded anew at the next start.
delete from installation_keys;
update bans set lifted_at = now()
where lifted_at is null and address_hash is not null and num_nonnulls(user_id, knock_id, jti) = 0;
-- These go on, for the person whom they name as well.
update bans set address_hash = null where lifted_at is null and address_hash is not null;
-- A request that is repeated would get a token that opens nothing: it counts as a new one.
update knocks set idempotency_hash = null where idempotency_hash is not null;
update participants set idempotency_hash = null where idempotency_hash is not null;
-- Meeting tokens and media grants end. Each domain has a new key as soon as it needs one.
delete from signing_keys;
update meeting_tokens set exp = now() where not self_signed and (exp is null or exp > now());
-- Those with a shared secret. Keys of which the service knows only the public half stay.
update self_signing_keys set revoked_at = now(), secret_sealed = null where secret_sealed is not null;
-- Make them again with createWebhook and setMediaServer.
delete from webhooks;
update live_streams set status = 'FAILED', error = 'the master key was lost', status_at = now(), ended_at = now(), destinations_sealed = null
where destinations_sealed is not null;
update domains set media_server = null, version = version + 1 where media_server is not null;
delete from media_servers;
