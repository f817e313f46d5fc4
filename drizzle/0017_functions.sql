CREATE OR REPLACE FUNCTION oldest_code() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '0012_door_page' $$;
--> statement-breakpoint
create or replace function update_webhook_125ab3e6(p_domain uuid, p_id uuid, p_url text, p_events text[], p_is_active boolean, p_by uuid) returns jsonb language plpgsql volatile as $$
#variable_conflict use_column
declare
  v_exp timestamptz;
begin
if p_by is not null then
    select k.exp into v_exp from api_keys k where k.domain_id = p_domain and k.id = p_by and k.revoked_at is null for share;
    if not found or v_exp <= app_now() then return null; end if;
  end if;
  perform from webhooks w where w.domain_id = p_domain and w.id = p_id and w.deleted_at is null;
  if not found then return null; end if;
  if p_is_active then update domains set version = version + 1 where id = p_domain; end if;
  update webhooks w set
    url = coalesce(p_url, w.url),
    events = coalesce(p_events, w.events),
    is_active = coalesce(p_is_active, w.is_active),
    failing_since = case when p_url is null and p_is_active is null then w.failing_since end,
    call_again_at = case when p_url is null and p_is_active is null then w.call_again_at end
  where w.domain_id = p_domain and w.id = p_id and w.deleted_at is null;
  if not found then return null; end if;
  return (select to_jsonb(x) from (select w."domain_id" as "domainId", w."id" as "id", w."url" as "url", w."events" as "events", w."room_name" as "roomName", w."is_active" as "isActive", w."created_at" as "createdAt" from webhooks w where w.domain_id = p_domain and w.id = p_id) x);
end $$;
