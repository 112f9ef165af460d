--liquibase formatted sql logicalFilePath:sahha-db/010-sahha.sql

-- The four tables of the service before us may be there already, with rows (adopted), or not (created).
-- Adopting changes types and drops foreign and unique keys; what undoes each step is kept in sahha_adoption and run by
-- the rollback. A rollback drops a table only if it was created here and is empty: rows never go.

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

--changeset sahha:columns splitStatements:false rollbackSplitStatements:false
-- Columns that the former service is known to have are added where this database lacks them, and stay at a rollback.
alter table scores add column if not exists state text;
alter table scores add column if not exists data jsonb;
alter table scores add column if not exists created_at timestamptz;
alter table scores add column if not exists updated_at timestamptz;
alter table biomarkers add column if not exists end_date_time timestamptz;
alter table biomarkers add column if not exists created_at timestamptz;
alter table biomarkers add column if not exists updated_at timestamptz;
alter table archetypes add column if not exists periodicity text;
alter table archetypes add column if not exists data jsonb;
alter table archetypes add column if not exists end_date_time timestamptz;
alter table archetypes add column if not exists created_at timestamptz;
alter table archetypes add column if not exists updated_at timestamptz;
do $$
declare t text;
begin
  foreach t in array array['scores', 'biomarkers', 'archetypes'] loop
    execute format('alter table %I add column day date', t);
    execute format('alter table %I add column utc_offset_seconds integer', t);
    execute format('alter table %I add column source_created_at timestamptz', t);
    execute format('alter table %I add column fetch_begun_at timestamptz', t);
    execute format('alter table %I add column recorded_at timestamptz', t);
    execute format('alter table %I add column superseded boolean not null default false', t);
    execute format('comment on column %I.day is %L', t, 'The member''s day this belongs to, by the record''s own offset; UTC where it is not known.');
    execute format('comment on column %I.utc_offset_seconds is %L', t, 'Offset of the record''s own times; null in adopted rows that lost it.');
    execute format('comment on column %I.source_created_at is %L', t, 'createdAtUtc, where Sahha gave one.');
    execute format('comment on column %I.fetch_begun_at is %L', t, 'When the fetch that brought this version began; null in adopted rows.');
    execute format('comment on column %I.recorded_at is %L', t, 'When we knew this version.');
    execute format('comment on column %I.superseded is %L', t, 'An adopted duplicate of a newer row: kept, never read.');
  end loop;
end $$;
--rollback do $$ declare t text; begin
--rollback   foreach t in array array['scores', 'biomarkers', 'archetypes'] loop
--rollback     execute format('alter table %I drop column day, drop column utc_offset_seconds, drop column source_created_at, drop column fetch_begun_at, drop column recorded_at, drop column superseded', t);
--rollback   end loop;
--rollback end $$;

--changeset sahha:types splitStatements:false rollbackSplitStatements:false
-- The former service left timestamps as timestamptz, timestamp (then UTC) or text in three shapes, ids as uuid or text.
set local timezone to 'UTC';
set local datestyle to 'ISO, MDY';
do $$
declare
  was record;
  target text;
begin
  -- Keys first: they could refuse the change of a type, and a member unknown to table profiles must not be refused.
  for was in
    select c.conrelid::regclass::text as tbl, c.conname, c.contype, pg_get_constraintdef(c.oid) as def
    from pg_constraint c
    where c.conrelid in (to_regclass('scores'), to_regclass('biomarkers'), to_regclass('archetypes')) and c.contype in ('f', 'u')
    order by c.conname
  loop
    insert into sahha_adoption (undo) values (format('alter table %s add constraint %I %s%s', was.tbl, was.conname, was.def,
        case when was.contype = 'f' and was.def not like '%NOT VALID' then ' not valid' else '' end));
    execute format('alter table %s drop constraint %I', was.tbl, was.conname);
  end loop;
  for was in
    select i.indexrelid::regclass::text as idx, pg_get_indexdef(i.indexrelid) as def
    from pg_index i
    where i.indrelid in (to_regclass('scores'), to_regclass('biomarkers'), to_regclass('archetypes'))
      and i.indisunique and not i.indisprimary
    order by 1
  loop
    insert into sahha_adoption (undo) values (was.def);
    execute format('drop index %s', was.idx);
  end loop;

  for was in
    select a.attrelid::regclass::text as tbl, a.attname as col, format_type(a.atttypid, a.atttypmod) as typ, a.attnotnull as mandatory,
           pg_get_expr(d.adbin, d.adrelid) as def
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid in (to_regclass('scores'), to_regclass('biomarkers'), to_regclass('archetypes'))
      and a.attnum > 0 and not a.attisdropped
    order by a.attrelid, a.attnum
  loop
    target := case
      when was.col in ('id', 'profile_id', 'type', 'state', 'category', 'name', 'periodicity', 'value') then 'text'
      when was.col in ('created_at', 'updated_at', 'score_date_time', 'start_date_time', 'end_date_time') then 'timestamp with time zone'
      when was.col = 'data' then 'jsonb'
      when was.col = 'score' then 'numeric'
    end;
    if was.mandatory and was.def is null and target is null then -- a column that only the former service fills
      execute format('alter table %s alter column %I drop not null', was.tbl, was.col);
    end if;
    if target is null or was.typ = target then
      continue;
    end if;
    if was.typ in ('text', 'character varying') and was.col in ('score_date_time', 'start_date_time') then
      execute format($f$
        update %s set utc_offset_seconds = (case when substring(%I from '([+-])\d\d:?\d\d$') = '-' then -1 else 1 end)
            * (3600 * substring(%I from '[+-](\d\d):?\d\d$')::integer + 60 * substring(%I from '[+-]\d\d:?(\d\d)$')::integer)
        where %I ~ '\d:\d\d(\.\d+)?[+-](\d\d):?(\d\d)$' and %I !~ '[+-]00:?00$'$f$,
        was.tbl, was.col, was.col, was.col, was.col, was.col);
    end if;
    if was.def is not null then
      insert into sahha_adoption (undo) values (format('alter table %s alter column %I set default %s', was.tbl, was.col, was.def));
      execute format('alter table %s alter column %I drop default', was.tbl, was.col);
    end if;
    insert into sahha_adoption (undo) values (format('alter table %s alter column %I type %s using %I::text::%s', was.tbl, was.col, was.typ, was.col, was.typ));
    execute format('alter table %s alter column %I type %s using nullif(%I::text, '''')::%s', was.tbl, was.col, target, was.col, target);
    if was.def is not null then
      insert into sahha_adoption (undo) values (format('alter table %s alter column %I drop default', was.tbl, was.col));
      execute format('alter table %s alter column %I set default (%s)::%s', was.tbl, was.col, was.def, target);
    end if;
  end loop;
end $$;
--rollback set local timezone to 'UTC';
--rollback do $$ declare step record; begin
--rollback   for step in select position, undo from sahha_adoption order by position desc loop
--rollback     begin
--rollback       execute step.undo;
--rollback     exception when unique_violation then -- two shapes of one time have become one text: the rows stay, the key does not come back
--rollback       raise warning 'not restored: %', step.undo;
--rollback     end;
--rollback     delete from sahha_adoption where position = step.position;
--rollback   end loop;
--rollback end $$;

--changeset sahha:adopted-rows splitStatements:false
-- Days of adopted rows, and which of two rows of one identity is the newer.
update scores set day = (score_date_time at time zone 'UTC' + make_interval(secs => coalesce(utc_offset_seconds, 0)))::date;
update biomarkers set day = case
    when end_date_time is not null and (category = 'sleep' or data->>'periodicity' in ('weekly', 'monthly')
        or (start_date_time at time zone 'UTC' + make_interval(secs => coalesce(utc_offset_seconds, 0)))::time = time '18:00')
    then (end_date_time at time zone 'UTC' + make_interval(secs => coalesce(utc_offset_seconds, 0) - 1))::date
    else (start_date_time at time zone 'UTC' + make_interval(secs => coalesce(utc_offset_seconds, 0)))::date
    end;
update archetypes set day = (start_date_time at time zone 'UTC' + make_interval(secs => coalesce(utc_offset_seconds, 0)))::date;
update scores set recorded_at = coalesce(updated_at, created_at), fetch_begun_at = coalesce(updated_at, created_at);
update biomarkers set recorded_at = coalesce(updated_at, created_at), fetch_begun_at = coalesce(updated_at, created_at);
update archetypes set recorded_at = coalesce(updated_at, created_at), fetch_begun_at = coalesce(updated_at, created_at);
update scores set source_created_at = (data->>'createdAtUtc')::timestamptz
where data->>'createdAtUtc' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$';
update scores set superseded = true where id in (
    select id from (select id, row_number() over (partition by profile_id, type, score_date_time
        order by updated_at desc nulls last, created_at desc nulls last, id) as place from scores where score_date_time is not null) ranked
    where place > 1);
update biomarkers set superseded = true where id in (
    select id from (select id, row_number() over (partition by profile_id, type, start_date_time, end_date_time
        order by (category is not null and data is not null) desc, updated_at desc nulls last, created_at desc nulls last, id) as place
        from biomarkers where start_date_time is not null and end_date_time is not null) ranked
    where place > 1);
update archetypes set superseded = true where id in (
    select id from (select id, row_number() over (partition by profile_id, name, periodicity, start_date_time, end_date_time
        order by updated_at desc nulls last, created_at desc nulls last, id) as place
        from archetypes where start_date_time is not null and end_date_time is not null) ranked
    where place > 1);
--rollback update scores set superseded = false where superseded;
--rollback update biomarkers set superseded = false where superseded;
--rollback update archetypes set superseded = false where superseded;

--changeset sahha:keys
create unique index sahha_scores_identity on scores (profile_id, type, score_date_time) where not superseded;
create unique index sahha_biomarkers_identity on biomarkers (profile_id, type, start_date_time, end_date_time) where not superseded;
create unique index sahha_archetypes_identity on archetypes (profile_id, name, periodicity, start_date_time, end_date_time) where not superseded;
create index sahha_scores_day on scores (profile_id, day);
create index sahha_biomarkers_day on biomarkers (profile_id, day);
create index sahha_archetypes_day on archetypes (profile_id, day);
--rollback drop index sahha_scores_identity;
--rollback drop index sahha_biomarkers_identity;
--rollback drop index sahha_archetypes_identity;
--rollback drop index sahha_scores_day;
--rollback drop index sahha_biomarkers_day;
--rollback drop index sahha_archetypes_day;

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
