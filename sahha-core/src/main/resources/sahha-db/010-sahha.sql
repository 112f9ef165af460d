--liquibase formatted sql

-- The four tables of the service before us may be there already, with rows (adopted), or not (created).
-- Other services go on reading and writing adopted tables: nothing of theirs is changed, ours is added (040).
-- A rollback drops a table only if it was created here and is empty: rows never go.
-- Change sets with validCheckSum ANY were made gentler after some databases had run them; 040 mends those databases.

--changeset sahha:adoption
create table sahha_adoption (
    position integer generated always as identity primary key,
    undo text not null
);
comment on table sahha_adoption is 'Statements that undo, in falling order, what adopting the tables of the former service changed.';
--rollback drop table sahha_adoption;

--changeset sahha:profiles splitStatements:false rollbackSplitStatements:false
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 select count(*) from information_schema.tables where table_schema = current_schema() and table_name = 'profiles'
create table profiles (
    id text primary key,
    created_at timestamptz,
    updated_at timestamptz
);
comment on table profiles is 'Created by unified-health. The former service kept its members here; kept as it is, nothing is written.';
--rollback do $$ declare ours boolean; filled boolean; begin
--rollback   select obj_description(to_regclass('profiles'), 'pg_class') like 'Created by unified-health%' into ours;
--rollback   if ours then
--rollback     execute 'select exists (select 1 from profiles)' into filled;
--rollback     if not filled then execute 'drop table profiles'; end if;
--rollback   end if;
--rollback end $$;

--changeset sahha:scores splitStatements:false rollbackSplitStatements:false
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 select count(*) from information_schema.tables where table_schema = current_schema() and table_name = 'scores'
create table scores (
    id text primary key,
    profile_id text not null,
    type text,
    score numeric,
    state text,
    data jsonb,
    score_date_time timestamptz,
    created_at timestamptz,
    updated_at timestamptz
);
comment on table scores is 'Created by unified-health. Sahha scores, 0 to 1, one row for each member, type and score date-time.';
--rollback do $$ declare ours boolean; filled boolean; begin
--rollback   select obj_description(to_regclass('scores'), 'pg_class') like 'Created by unified-health%' into ours;
--rollback   if ours then
--rollback     execute 'select exists (select 1 from scores)' into filled;
--rollback     if not filled then execute 'drop table scores'; end if;
--rollback   end if;
--rollback end $$;

--changeset sahha:biomarkers splitStatements:false rollbackSplitStatements:false
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 select count(*) from information_schema.tables where table_schema = current_schema() and table_name = 'biomarkers'
create table biomarkers (
    id text primary key,
    profile_id text not null,
    category text,
    type text,
    data jsonb,
    start_date_time timestamptz,
    end_date_time timestamptz,
    created_at timestamptz,
    updated_at timestamptz
);
comment on table biomarkers is 'Created by unified-health. Sahha biomarkers, one row for each member, type and window; value and unit are in data.';
--rollback do $$ declare ours boolean; filled boolean; begin
--rollback   select obj_description(to_regclass('biomarkers'), 'pg_class') like 'Created by unified-health%' into ours;
--rollback   if ours then
--rollback     execute 'select exists (select 1 from biomarkers)' into filled;
--rollback     if not filled then execute 'drop table biomarkers'; end if;
--rollback   end if;
--rollback end $$;

--changeset sahha:archetypes splitStatements:false rollbackSplitStatements:false
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 select count(*) from information_schema.tables where table_schema = current_schema() and table_name = 'archetypes'
create table archetypes (
    id text primary key,
    profile_id text not null,
    name text,
    periodicity text,
    value text,
    data jsonb,
    start_date_time timestamptz,
    end_date_time timestamptz,
    created_at timestamptz,
    updated_at timestamptz
);
comment on table archetypes is 'Created by unified-health. Sahha archetypes, one row for each member, name, periodicity and window.';
--rollback do $$ declare ours boolean; filled boolean; begin
--rollback   select obj_description(to_regclass('archetypes'), 'pg_class') like 'Created by unified-health%' into ours;
--rollback   if ours then
--rollback     execute 'select exists (select 1 from archetypes)' into filled;
--rollback     if not filled then execute 'drop table archetypes'; end if;
--rollback   end if;
--rollback end $$;

--changeset sahha:tools splitStatements:false
-- An ALTER TABLE that waits for a reader makes everybody behind it wait too. So none waits for long: it gives way, and
-- tries again.
create function sahha_patiently(changes text[]) returns void language plpgsql set lock_timeout = '300ms' as $$
declare
  change text;
begin
  for attempt in 1..300 loop
    begin
      foreach change in array changes loop
        execute change;
      end loop;
      return;
    exception when lock_not_available then -- which gives back the locks of the changes before, too
      perform pg_sleep(0.2);
    end;
  end loop;
  raise exception 'the tables of Sahha were in use all the time: end long transactions on them, and run this again';
end $$;
comment on function sahha_patiently is 'Changes tables in use, all or nothing, without a lock that others wait for longer than an instant.';

create function sahha_created_here(tbl text) returns boolean language sql stable as $$
  select coalesce(obj_description(to_regclass(tbl), 'pg_class') like 'Created by unified-health%', false)
$$;
comment on function sahha_created_here is 'Whether a table is ours; others were there before us and are shared.';

create function sahha_check_shape() returns void language plpgsql as $$
declare
  column_of record;
begin
  select * into column_of from (
      select c.relname as tbl, a.attname as col, format_type(a.atttypid, null) as typ,
             case
               when a.attname = 'id' then '{text,uuid,"character varying"}'
               when a.attname in ('score') then '{"double precision",numeric,real}'
               when a.attname in ('created_at', 'updated_at', 'score_date_time', 'start_date_time', 'end_date_time')
                 then '{"timestamp with time zone"}'
               when a.attname = 'data' then '{jsonb}'
               else '{text,"character varying"}'
             end::text[] as expected
      from pg_attribute a join pg_class c on c.oid = a.attrelid
      where a.attrelid in (to_regclass('scores'), to_regclass('biomarkers'), to_regclass('archetypes'))
        and a.attnum > 0 and not a.attisdropped
        and a.attname in ('id', 'profile_id', 'type', 'score', 'state', 'category', 'name', 'periodicity', 'value', 'data',
            'created_at', 'updated_at', 'score_date_time', 'start_date_time', 'end_date_time')
      order by c.relname, a.attnum) columns
  where typ <> all (expected) limit 1;
  if found then
    raise exception 'column % of table % has type %, and only % is understood: see docs/existing-paths.md',
        column_of.col, column_of.tbl, column_of.typ, array_to_string(column_of.expected, ' or ');
  end if;
end $$;
comment on function sahha_check_shape is 'Refuses tables of another shape than the recorded one, with the column that differs.';
--rollback drop function sahha_check_shape;
--rollback drop function sahha_created_here;
--rollback drop function sahha_patiently;

--changeset sahha:shape
-- Before anything of theirs is changed.
select sahha_check_shape();
--rollback select 1;

--changeset sahha:columns splitStatements:false rollbackSplitStatements:false
--validCheckSum: ANY
-- Columns that the former service is known to have are added where this database lacks them, and stay at a rollback.
do $$
declare
  t text;
  added text;
  changes text[] := '{}';
begin
  foreach t in array array['scores', 'biomarkers', 'archetypes'] loop
    added := case t
        when 'scores' then 'add column if not exists state text, '
        when 'biomarkers' then 'add column if not exists end_date_time timestamptz, '
        else 'add column if not exists periodicity text, add column if not exists end_date_time timestamptz, '
      end
      || 'add column if not exists data jsonb, add column if not exists created_at timestamptz,'
      || ' add column if not exists updated_at timestamptz, add column day date, add column utc_offset_seconds integer,'
      || ' add column source_created_at timestamptz, add column fetch_begun_at timestamptz, add column recorded_at timestamptz';
    if sahha_created_here(t) then
      added := added || ', add column superseded boolean not null default false';
    end if;
    changes := changes || format('alter table %I %s', t, added);
  end loop;
  perform sahha_patiently(changes);
  foreach t in array array['scores', 'biomarkers', 'archetypes'] loop
    execute format('comment on column %I.day is %L', t, 'The member''s day this belongs to, by the record''s own offset; UTC where it is not known.');
    execute format('comment on column %I.utc_offset_seconds is %L', t, 'Offset of the record''s own times; null in rows that lost it.');
    execute format('comment on column %I.source_created_at is %L', t, 'createdAtUtc, where Sahha gave one.');
    execute format('comment on column %I.fetch_begun_at is %L', t, 'When the fetch that brought this version began; updated_at in rows of others.');
    execute format('comment on column %I.recorded_at is %L', t, 'When we knew this version; updated_at in rows of others.');
  end loop;
end $$;
--rollback do $$ declare t text; begin -- sahha_patiently may be younger than these columns, and gone
--rollback   for attempt in 1..300 loop
--rollback     begin
--rollback       set local lock_timeout = '300ms';
--rollback       foreach t in array array['scores', 'biomarkers', 'archetypes'] loop
--rollback         execute format('alter table %I drop column day, drop column utc_offset_seconds, drop column source_created_at, drop column fetch_begun_at, drop column recorded_at, drop column if exists superseded', t);
--rollback       end loop;
--rollback       return;
--rollback     exception when lock_not_available then
--rollback       perform pg_sleep(0.2);
--rollback     end;
--rollback   end loop;
--rollback   raise exception 'the tables of Sahha were in use all the time: end long transactions on them, and run this again';
--rollback end $$;

--changeset sahha:types
--validCheckSum: ANY
-- Types of adopted tables were changed here once; they stay as they are.
select 1;
--rollback select 1;

--changeset sahha:adopted-rows
--validCheckSum: ANY
-- Days of adopted rows were worked out here once, in one go; now in 040, in steps.
select 1;
--rollback select 1;

--changeset sahha:keys splitStatements:false rollbackSplitStatements:false
--validCheckSum: ANY
-- Identities of rows in tables of ours. Adopted tables keep the keys they have, or have not.
do $$
begin
  if sahha_created_here('scores') then
    create unique index sahha_scores_identity on scores (profile_id, type, score_date_time) where not superseded;
  end if;
  if sahha_created_here('biomarkers') then
    create unique index sahha_biomarkers_identity on biomarkers (profile_id, type, start_date_time, end_date_time) where not superseded;
  end if;
  if sahha_created_here('archetypes') then
    create unique index sahha_archetypes_identity on archetypes (profile_id, name, periodicity, start_date_time, end_date_time) where not superseded;
  end if;
end $$;
--rollback drop index if exists sahha_scores_identity;
--rollback drop index if exists sahha_biomarkers_identity;
--rollback drop index if exists sahha_archetypes_identity;
--rollback drop index if exists sahha_scores_day;
--rollback drop index if exists sahha_biomarkers_day;
--rollback drop index if exists sahha_archetypes_day;

--changeset sahha:history
create table sahha_history (
    kind varchar(20) not null,
    row_id text not null,
    profile_id text not null,
    value text,
    state text,
    data jsonb,
    recorded_at timestamptz,
    replaced_at timestamptz not null,
    primary key (kind, row_id, replaced_at)
);
create index sahha_history_profile on sahha_history (profile_id);
comment on table sahha_history is 'Versions of scores, biomarkers and archetypes that were replaced by another value or state.';
--rollback drop table sahha_history;

--changeset sahha:refresh
create table sahha_refresh (
    profile_id text not null,
    kind varchar(20) not null,
    span varchar(20) not null,
    refreshed_at timestamptz not null,
    primary key (profile_id, kind, span)
);
comment on table sahha_refresh is 'When Sahha last told us of a member, by kind and span of days: recent, or a month such as 2026-11.';
--rollback drop table sahha_refresh;

--changeset sahha:profile-check
create table sahha_profile_check (
    profile_id text primary key,
    known boolean not null,
    checked_at timestamptz not null,
    device_utc_offset_seconds integer,
    device_checked_at timestamptz
);
comment on table sahha_profile_check is 'What account/profile and deviceInformation said of an id, so that they are asked once a day.';
--rollback drop table sahha_profile_check;
