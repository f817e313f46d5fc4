CREATE OR REPLACE FUNCTION oldest_code() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '0012_door_page' $$;
--> statement-breakpoint
create or replace function revoke_api_key_87916bf1(p_domain uuid, p_id uuid, p_at timestamptz, p_by uuid) returns jsonb language plpgsql volatile as $$
#variable_conflict use_column
declare
  v_exp timestamptz;
begin
perform from api_keys k where k.domain_id = p_domain and k.id in (p_id, p_by) order by k.id for no key update;
  if p_by is not null then
    select k.exp into v_exp from api_keys k where k.domain_id = p_domain and k.id = p_by and k.revoked_at is null for share;
    if not found or v_exp <= app_now() then return null; end if;
  end if;
  update api_keys k set revoked_at = coalesce(k.revoked_at, p_at) where k.domain_id = p_domain and k.id = p_id;
  if not found then return null; end if;
  update domains set version = version + 1 where id = p_domain;
  return (select to_jsonb(x) from (select k."domain_id" as "domainId", k."id" as "id", k."name" as "name", k."prefix" as "prefix", k."scopes" as "scopes", k."created_at" as "createdAt", k."last_used_at" as "lastUsedAt", k."exp" as "exp", k."revoked_at" as "revokedAt" from api_keys k where k.domain_id = p_domain and k.id = p_id) x);
end $$;
