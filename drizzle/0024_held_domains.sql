CREATE OR REPLACE FUNCTION oldest_code() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '0012_door_page' $$;--> statement-breakpoint
-- The next version of a domain, for whoever changes what its decisions rest on. It waits for all who hold the domain on this machine, and keeps
-- others from holding it until the change is committed. A cluster writes the row on every machine, and so asks this on every machine: it does so
-- with functions that it takes for immutable, and PostgreSQL asks them once for a row, since they are given its columns.
create function next_version(p_domain uuid, p_version bigint) returns bigint language plpgsql immutable as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(p_domain::text, 1));
  return p_version + 1;
end $$;
