--liquibase formatted sql

--changeset access:session-use
alter table browser_session add column last_used_at timestamptz;
comment on column browser_session.last_used_at is 'Written in the background, now and then. Null: not since it began, as far as was written.';
--rollback alter table browser_session drop column last_used_at;

--changeset sahha:unmerged-sahha-day-by-name splitStatements:false rollbackSplitStatements:false
-- The same view, which did not let the owner of the tables change the type of a column that it names. The text of a function is
-- read when it is called, so it holds no column. It asks for one member at a time, by the indexes that begin with the member.
-- The functions work with the rights of their owner, since people have none on the tables, and tell what the view tells.
select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

create function unmerged_sahha_members() returns table (user_id text)
language sql stable security definer set search_path from current as $$
  with recursive scored(id) as (
    select min(s.profile_id::text) from scores s
    union all
    select (select min(s.profile_id::text) from scores s where s.profile_id::text > scored.id) from scored where scored.id is not null),
  marked(id) as (
    select min(b.profile_id::text) from biomarkers b
    union all
    select (select min(b.profile_id::text) from biomarkers b where b.profile_id::text > marked.id) from marked where marked.id is not null)
  select id from scored where id is not null union select id from marked where id is not null
$$;
comment on function unmerged_sahha_members is 'Whom view unmerged_sahha_day tells of: one look at an index for each.';

create function unmerged_sahha_rows(who text) returns table (day date, kind text, category text, type text, value text, unit text,
    state text, start_at timestamptz, end_at timestamptz, utc_offset_seconds integer, recorded_at timestamptz)
language sql stable security definer set search_path from current as $$
  select s.day, 'score', cast(null as text), seen->>'type', seen->>'score', cast(null as text),
      coalesce(seen->>'state', seen->'data'->>'state'), cast(seen->>'score_date_time' as timestamptz), cast(null as timestamptz),
      s.utc_offset_seconds, s.recorded_at
  from scores s cross join lateral (select to_jsonb(s) as seen offset 0) held where s.profile_id::text = who
  union all
  select b.day, 'biomarker', seen->>'category', seen->>'type', seen->'data'->>'value', seen->'data'->>'unit', null,
      cast(seen->>'start_date_time' as timestamptz), cast(seen->>'end_date_time' as timestamptz), b.utc_offset_seconds, b.recorded_at
  from biomarkers b cross join lateral (select to_jsonb(b) as seen offset 0) held where b.profile_id::text = who
$$;
comment on function unmerged_sahha_rows is 'What view unmerged_sahha_day tells of a member.';

create function unmerged_sahha_granted(granted aclitem[]) returns void language plpgsql set search_path from current as $$
declare
  one record;
begin
  for one in -- whom the view was granted to; its owner needs no grant
    select distinct acl.grantee from aclexplode(granted) as acl
    where acl.privilege_type = 'SELECT' and acl.grantee <> (select oid from pg_roles where rolname = current_user)
  loop
    execute format('grant select on unmerged_sahha_day to %s',
        case one.grantee when 0 then 'public' else one.grantee::regrole::text end);
    if to_regprocedure('unmerged_sahha_rows(text)') is not null then
      execute format('grant execute on function unmerged_sahha_members(), unmerged_sahha_rows(text) to %s',
          case one.grantee when 0 then 'public' else one.grantee::regrole::text end);
    end if;
  end loop;
end $$;

revoke execute on function unmerged_sahha_members(), unmerged_sahha_rows(text), unmerged_sahha_granted(aclitem[]) from public;

do $$
declare
  granted constant aclitem[] := (select relacl from pg_class where oid = to_regclass('unmerged_sahha_day'));
  about constant text := obj_description(to_regclass('unmerged_sahha_day'), 'pg_class');
begin
  drop view unmerged_sahha_day;
  create view unmerged_sahha_day as
  select member.user_id, told.day, told.kind, told.category, told.type, told.value, told.unit, told.state, told.start_at, told.end_at,
      told.utc_offset_seconds, told.recorded_at
  from unmerged_sahha_members() member cross join lateral unmerged_sahha_rows(member.user_id) told;
  execute format('comment on view unmerged_sahha_day is %L', about);
  perform unmerged_sahha_granted(granted);
end $$;
--rollback do $$
--rollback declare
--rollback   granted constant aclitem[] := (select relacl from pg_class where oid = to_regclass('unmerged_sahha_day'));
--rollback   about constant text := obj_description(to_regclass('unmerged_sahha_day'), 'pg_class');
--rollback begin
--rollback   drop view unmerged_sahha_day;
--rollback   drop function unmerged_sahha_members(), unmerged_sahha_rows(text);
--rollback   create view unmerged_sahha_day as
--rollback   select s.profile_id as user_id, s.day, 'score' as kind, cast(null as text) as category, seen->>'type' as type,
--rollback       seen->>'score' as value, cast(null as text) as unit,
--rollback       coalesce(seen->>'state', seen->'data'->>'state') as state,
--rollback       cast(seen->>'score_date_time' as timestamptz) as start_at, cast(null as timestamptz) as end_at,
--rollback       s.utc_offset_seconds, s.recorded_at
--rollback   from scores s cross join lateral (select to_jsonb(s) as seen offset 0) held
--rollback   union all
--rollback   select b.profile_id, b.day, 'biomarker', seen->>'category', seen->>'type', seen->'data'->>'value', seen->'data'->>'unit', null,
--rollback       cast(seen->>'start_date_time' as timestamptz), cast(seen->>'end_date_time' as timestamptz),
--rollback       b.utc_offset_seconds, b.recorded_at
--rollback   from biomarkers b cross join lateral (select to_jsonb(b) as seen offset 0) held;
--rollback   execute format('comment on view unmerged_sahha_day is %L', about);
--rollback   perform unmerged_sahha_granted(granted);
--rollback   drop function unmerged_sahha_granted(aclitem[]);
--rollback end $$;
