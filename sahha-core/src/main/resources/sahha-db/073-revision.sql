--liquibase formatted sql

-- What changed in the days of a member. The former service and operators write the same rows, so triggers see every change:
--
--   a statement changes rows --> sahha_noted_change, within its transaction
--   the transaction commits  --> the member's next revision, and lines of sahha_day_change under it
--
-- A revision is given out as late as that, and to one member after the other in the order of their ids. So revisions become
-- visible in their order, nobody waits longer than for a commit, and transactions that change rows never wait for each other in
-- a circle. A truncation is the exception: it takes the revisions of everybody in the table at once, so that truncating both
-- tables in one transaction can come into a deadlock with one that has written the second. Stop what writes first, or delete.

--changeset sahha:revision
create table sahha_revision (
    profile_id text primary key,
    revision bigint not null
);
comment on table sahha_revision is 'How often the days of a member changed. No row: not since this is counted.';
create table sahha_day_change (
    id bigint generated always as identity primary key,
    profile_id text not null,
    revision bigint not null,
    reason varchar(30) not null,
    days date[],
    names text[],
    recorded_at timestamptz
);
create index sahha_day_change_revision on sahha_day_change (profile_id, revision);
create index sahha_day_change_recorded_at on sahha_day_change (recorded_at);
comment on table sahha_day_change is 'What changed, by revision, for 30 days. Every revision has a line until it is pruned, oldest first.';
comment on column sahha_day_change.days is 'The member''s days; null: every day.';
comment on column sahha_day_change.names is 'Types of scores and biomarkers; null: all.';
comment on column sahha_day_change.recorded_at is 'When the service first saw the line: triggers know no time. Set by the job that prunes.';
create table sahha_noted_change (
    id bigint generated always as identity primary key,
    transaction_id xid8 not null default pg_current_xact_id(),
    profile_id text not null,
    reason varchar(30) not null,
    days date[] not null,
    names text[] not null
);
create index sahha_noted_change_transaction on sahha_noted_change (transaction_id, profile_id);
comment on table sahha_noted_change is 'Changes of transactions that are not committed yet: day and name of each, null for all. Always empty to others.';
--rollback drop table sahha_noted_change;
--rollback drop table sahha_day_change;
--rollback drop table sahha_revision;

--changeset sahha:revision-functions splitStatements:false rollbackSplitStatements:false
-- As those of change set row-functions, they run with the rights of their owner and look for tables in this schema only.
select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

create function sahha_revision_of(who text) returns bigint language sql stable security definer set search_path from current as $$
  select coalesce((select revision from sahha_revision where profile_id = who), 0)
$$;
comment on function sahha_revision_of is 'The member''s revision, for statements that read rows: both are of one moment then. SahhaChangeStore owns the tables.';

create function sahha_number_changes() returns trigger language plpgsql security definer set search_path from current as $$
declare
  member text;
  next_revision bigint;
begin
  if not exists (select from sahha_noted_change where id = new.id) then
    return null; -- its transaction's first row has numbered them all
  end if;
  for member in
    select distinct profile_id from sahha_noted_change where transaction_id = new.transaction_id order by profile_id
  loop
    insert into sahha_revision as held (profile_id, revision) values (member, 1)
    on conflict (profile_id) do update set revision = held.revision + 1
    returning revision into next_revision;
    with noted as (
      delete from sahha_noted_change where transaction_id = new.transaction_id and profile_id = member
      returning reason, days, names
    ), of_day as (
      select reason, each.day, case when bool_and(each.name is not null) then array_agg(distinct each.name) end as names
      from noted, unnest(noted.days, noted.names) as each(day, name)
      group by reason, each.day
    )
    insert into sahha_day_change (profile_id, revision, reason, days, names)
    select member, next_revision, reason, case when bool_and(day is not null) then array_agg(day order by day) end, names
    from of_day group by reason, names;
  end loop;
  return null;
end $$;
comment on function sahha_number_changes is 'Gives the changes of a transaction their revisions when it commits.';

create function sahha_shown(row_held jsonb) returns text language sql stable as $$
  select case
    when row_held->>'type' is null or row_held->>'profile_id' is null then null
    when not coalesce((row_held->>'day')::date between date '0001-01-01' and date '9999-12-31', false) then null
    when row_held ? 'score' then case when row_held->>'score' is not null then jsonb_build_array(
        row_held->'profile_id', row_held->'day', row_held->'type', row_held->'score',
        coalesce(row_held->>'state', row_held->'data'->>'state'), row_held->'utc_offset_seconds',
        row_held->'score_date_time') end
    when row_held->>'category' is not null and row_held->>'start_date_time' is not null
        and row_held->>'created_at' is not null and row_held->>'updated_at' is not null
        and jsonb_typeof(row_held->'data') = 'object' then jsonb_build_array(
        row_held->'profile_id', row_held->'day', row_held->'type', row_held->'category', row_held->'data'->'value',
        row_held->'data'->'unit', row_held->'data'->'periodicity', row_held->'utc_offset_seconds',
        row_held->'start_date_time', row_held->'end_date_time')
    end::text
$$;
comment on function sahha_shown is 'What a row of scores or biomarkers contributes to the member''s day; null for a row that contributes nothing.';

create function sahha_note_rows() returns trigger language plpgsql security definer set search_path from current as $$
declare
  why text := case
    when tg_op = 'DELETE' then 'deletion'
    when coalesce(current_setting('sahha.writer', true), '') = 'unified-health' then 'refresh'
    else 'edit' end;
begin
  if tg_op = 'INSERT' then
    insert into sahha_noted_change (profile_id, reason, days, names)
    select who, why, array_agg(day), array_agg(name) from (
      select distinct n.profile_id::text as who, n.day, n.type::text as name
      from new_rows n where sahha_shown(to_jsonb(n)) is not null) inserted
    group by who;
  elsif tg_op = 'DELETE' then
    insert into sahha_noted_change (profile_id, reason, days, names)
    select who, why, array_agg(day), array_agg(name) from (
      select distinct o.profile_id::text as who, o.day, o.type::text as name
      from old_rows o where sahha_shown(to_jsonb(o)) is not null) deleted
    group by who;
  else
    insert into sahha_noted_change (profile_id, reason, days, names)
    select who, why, array_agg(day), array_agg(name) from (
      select distinct version->>'profile_id' as who, (version->>'day')::date as day, version->>'type' as name
      from (select r.id, to_jsonb(r) as held from old_rows r) o
      full join (select r.id, to_jsonb(r) as held from new_rows r) n on n.id = o.id
      cross join lateral (select sahha_shown(o.held) as was_shown, sahha_shown(n.held) as is_shown) compared
      cross join lateral unnest(array[o.held, n.held]) as version
      where (was_shown is distinct from is_shown or sahha_overtakes(tg_table_name, o.held, n.held))
        and sahha_shown(version) is not null) updated
    group by who;
  end if;
  return null;
end $$;
comment on function sahha_note_rows is 'Notes which days and types a statement changed. A row that contributes the same as before is no change.';

create function sahha_overtakes(tbl text, row_before jsonb, row_after jsonb) returns boolean language plpgsql stable as $$
declare
  has_rival boolean;
begin
  if row_before->'source_created_at' is not distinct from row_after->'source_created_at'
      and row_before->'fetch_begun_at' is not distinct from row_after->'fetch_begun_at' then
    return false;
  end if;
  execute format('select exists (select from %I where profile_id = $1 and day = $2 and type = $3 and id::text <> $4)', tbl)
    into has_rival
    using row_after->>'profile_id', (row_after->>'day')::date, row_after->>'type', row_after->>'id';
  return has_rival;
end $$;
comment on function sahha_overtakes is 'Whether another time of a row can change which of several rows of a day and type is shown: the newest is.';

create function sahha_note_all_rows() returns trigger language plpgsql security definer set search_path from current as $$
begin
  -- at once, and not at the commit: a truncation may take the noted changes, too, and would not wait for a trigger of theirs
  execute format('with gone as ('
      || ' insert into sahha_revision as held (profile_id, revision)'
      || ' select distinct profile_id::text, 1 from %I where profile_id is not null order by 1'
      || ' on conflict (profile_id) do update set revision = held.revision + 1 returning profile_id, revision)'
      || ' insert into sahha_day_change (profile_id, revision, reason)'
      || ' select profile_id, revision, ''deletion'' from gone', tg_table_name);
  return null;
end $$;
comment on function sahha_note_all_rows is 'Notes that every row is about to go, of every member.';
--rollback drop function sahha_note_all_rows;
--rollback drop function sahha_note_rows;
--rollback drop function sahha_overtakes;
--rollback drop function sahha_shown;
--rollback drop function sahha_number_changes;
--rollback drop function sahha_revision_of;

--changeset sahha:revision-triggers splitStatements:false rollbackSplitStatements:false
create constraint trigger sahha_number_changes after insert on sahha_noted_change
    deferrable initially deferred for each row execute function sahha_number_changes();
do $$
declare
  t text;
  changes text[] := '{}';
begin
  foreach t in array array['scores', 'biomarkers'] loop
    changes := changes || array[
        format('create trigger sahha_note_inserted after insert on %I referencing new table as new_rows'
            || ' for each statement execute function sahha_note_rows()', t),
        format('create trigger sahha_note_updated after update on %I referencing old table as old_rows'
            || ' new table as new_rows for each statement execute function sahha_note_rows()', t),
        format('create trigger sahha_note_deleted after delete on %I referencing old table as old_rows'
            || ' for each statement execute function sahha_note_rows()', t),
        format('create trigger sahha_note_truncated before truncate on %I'
            || ' for each statement execute function sahha_note_all_rows()', t)];
  end loop;
  perform sahha_patiently(changes);
end $$;
--rollback do $$ declare t text; changes text[] := '{}'; begin
--rollback   if exists (select 1 from databasechangelog where id = 'alone' and author = 'sahha') then
--rollback     raise exception 'the cut-over was made: run sahha-cut-over rollback --count 1 first';
--rollback   end if;
--rollback   foreach t in array array['scores', 'biomarkers'] loop
--rollback     changes := changes || array[format('drop trigger if exists sahha_note_inserted on %I', t),
--rollback       format('drop trigger if exists sahha_note_updated on %I', t),
--rollback       format('drop trigger if exists sahha_note_deleted on %I', t),
--rollback       format('drop trigger if exists sahha_note_truncated on %I', t)];
--rollback   end loop;
--rollback   perform sahha_patiently(changes || array['drop trigger sahha_number_changes on sahha_noted_change']);
--rollback end $$;
