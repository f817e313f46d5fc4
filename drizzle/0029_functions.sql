CREATE OR REPLACE FUNCTION oldest_code() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '0012_door_page' $$;
--> statement-breakpoint
create or replace function revoke_tokens_2dc1571d(p_domain uuid, p_jtis text[], p_room_name text, p_user_id text, p_at timestamptz, p_by uuid) returns integer language plpgsql volatile as $$
#variable_conflict use_column
declare
  v_exp timestamptz;
  v_count integer;
  v_unseen text[];
begin
if p_by is not null then
    select k.exp into v_exp from api_keys k
    where k.domain_id = p_domain and k.id = p_by and k.revoked_at is null for no key update;
    if not found or v_exp <= app_now() then return null; end if;
  end if;
  update domains set version = next_version(id, version) where id = p_domain;
  if not found then return null; end if;
  delete from revocations o where o.domain_id = p_domain and o.revoked_at <= p_at
    and o.room_name is not distinct from p_room_name and o.user_id is not distinct from p_user_id
    and case when p_jtis is null then o.jti is null else o.jti = any (p_jtis) end;
  if p_jtis is null then
    insert into revocations (domain_id, id, jti, room_name, user_id, revoked_at)
    values (p_domain, gen_random_uuid(), null, p_room_name, p_user_id, p_at);
  else
    v_unseen := array(select m.jti from unnest(p_jtis) as m(jti)
      except select r.jti from meeting_tokens r where r.domain_id = p_domain and r.jti = any (p_jtis)
        and (p_room_name is null or r.room_name = p_room_name) and (p_user_id is null or r.user_id = p_user_id));
    insert into revocations (domain_id, id, jti, room_name, user_id, revoked_at)
    select p_domain, gen_random_uuid(), m.jti, p_room_name, p_user_id, p_at from unnest(v_unseen) as m(jti);
  end if;
  update meeting_tokens t set revoked_at = p_at
  where t.domain_id = p_domain and t.revoked_at is null and (p_jtis is null or t.jti = any (p_jtis))
    and (p_room_name is null or t.room_name = p_room_name) and (p_user_id is null or t.user_id = p_user_id);
  get diagnostics v_count = row_count;
  return v_count;
end $$;
