-- One role that makes the tables, and one that the service runs as. Run this once, as a superuser, connected to the database:
--   psql --set ON_ERROR_STOP=1 --dbname vestibule --file roles.sql
-- Then run `vestibule migrate` as vestibule_migrate at each upgrade, and the service as vestibule_service.
create role vestibule_migrate login password 'change-me-1';
create role vestibule_service login password 'change-me-2';

-- The tables have a schema of their own. Both roles find it first.
create schema vestibule authorization vestibule_migrate;
alter role vestibule_migrate in database vestibule set search_path = vestibule;
alter role vestibule_service in database vestibule set search_path = vestibule;

-- Which migrations were applied is kept in the schema drizzle.
create schema drizzle authorization vestibule_migrate;

grant usage on schema vestibule, drizzle to vestibule_service;
alter default privileges for role vestibule_migrate in schema vestibule grant select, insert, update, delete on tables to vestibule_service;
alter default privileges for role vestibule_migrate in schema drizzle grant select on tables to vestibule_service;

-- Drizzle asks for this right whether or not its schema is there.
grant create on database vestibule to vestibule_migrate;
