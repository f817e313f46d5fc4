-- The one clock that decides: tests move it by replacing this function.
create function app_now() returns timestamptz language sql volatile as $$ select date_trunc('milliseconds', clock_timestamp()) $$;
