--liquibase formatted sql

-- Tables that the former service created go on being read and written by it, and by others (docs/existing-paths.md).
-- Every column, type, default, key and cascade of theirs stays. A trigger completes each row, whoever writes it: rows of
-- others with our columns, rows of ours with the columns that others read. Tables of our own need none of it.

--changeset sahha:validate-keys splitStatements:false
create function sahha_validate_keys() returns void language plpgsql as $$
declare
  k record;
begin
  for k in
    select conrelid::regclass::text as tbl, conname from pg_constraint
    where conrelid in (to_regclass('scores'), to_regclass('biomarkers'), to_regclass('archetypes')) and not convalidated
  loop
    begin
      execute format('alter table %s validate constraint %I', k.tbl, k.conname);
    exception when foreign_key_violation then
      raise warning 'rows of table % break its key %, which holds for new rows only', k.tbl, k.conname;
    end;
  end loop;
end $$;
comment on function sahha_validate_keys is 'Makes foreign keys that were given back hold for all rows, where they do. Blocks nobody.';
--rollback drop function sahha_validate_keys;

--changeset sahha:given-back splitStatements:false
-- Databases adopted by an early version of this service lost keys and types; sahha_adoption knows how to undo that.
do $$
declare
  t text;
  step record;
begin
  foreach t in array array['scores', 'biomarkers', 'archetypes'] loop
    if not sahha_created_here(t) then
      perform sahha_patiently(array[
          format('drop index if exists %I', 'sahha_' || t || '_identity'),
          format('alter table %I drop column if exists superseded', t)]);
    end if;
  end loop;
  for step in select position, undo from sahha_adoption order by position desc loop
    begin
      perform sahha_patiently(array[step.undo]);
    exception when unique_violation then -- two rows of one identity: the rows stay, the key does not come back
      raise warning 'not given back: %', step.undo;
    end;
    delete from sahha_adoption where position = step.position;
  end loop;
  perform sahha_validate_keys();
  perform sahha_check_shape();
end $$;
--rollback select 1;

--changeset sahha:row-functions splitStatements:false
-- The trigger runs with the rights of whoever owns it, so that others need none, and looks for tables in this schema only.
select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
create function sahha_moment(said text) returns timestamptz language plpgsql stable as $$
begin
  if said ~ '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$' then
    return said::timestamptz;
  end if;
  return null;
exception when others then -- a month 13, say
  return null;
end $$;
comment on function sahha_moment is 'A time as Sahha writes it; null for whatever is none.';

create function sahha_offset_seconds(said text) returns integer language plpgsql immutable as $$
declare
  parts text[] := regexp_match(said, '\d:\d\d(?:\.\d+)?([+-])(\d\d):?(\d\d)$');
begin
  if said ~ '\d:\d\d(\.\d+)?Z$' then
    return 0;
  end if;
  if parts[2]::integer > 17 or parts[3]::integer > 59 then
    return null;
  end if;
  return (parts[1] || '1')::integer * (3600 * parts[2]::integer + 60 * parts[3]::integer);
end $$;
comment on function sahha_offset_seconds is 'The offset that a time of Sahha''s ends with, in seconds; null where it has none.';

create function sahha_date(at timestamptz, utc_offset_seconds integer) returns date language sql immutable as $$
  select (at at time zone 'UTC' + make_interval(secs => coalesce(utc_offset_seconds, 0)))::date
$$;
comment on function sahha_date is 'The date that a time has at an offset; at UTC where the offset is not known.';

-- What the table of profiles is like decides whether rows of ours need a row there.
do $body$
declare
  type_of_id text := (select format_type(atttypid, null) from pg_attribute
      where attrelid = to_regclass('profiles') and attname = 'id' and not attisdropped);
  has_external_id boolean := exists (select 1 from pg_attribute
      where attrelid = to_regclass('profiles') and attname = 'sahha_external_id' and not attisdropped);
  has_times boolean := 2 = (select count(*) from pg_attribute
      where attrelid = to_regclass('profiles') and attname in ('created_at', 'updated_at') and not attisdropped);
begin
  execute format($f$
create function sahha_profile(who text, known_at timestamptz) returns jsonb language plpgsql set search_path from current as $$
declare
  profile jsonb;
begin
  if not %1$L::boolean then
    return null;
  end if;
  select to_jsonb(p) into profile from profiles p where p.id::text = who;
  if profile is null then
    insert into profiles (id %2$s %3$s)
    select who %4$s %5$s
    on conflict do nothing;
    select to_jsonb(p) into profile from profiles p where p.id::text = who;
  end if;
  return profile;
end $$$f$,
    coalesce(type_of_id in ('text', 'character varying'), false),
    case when has_external_id then ', sahha_external_id' else '' end,
    case when has_times then ', created_at, updated_at' else '' end,
    case when has_external_id -- which is unique, and may be another row's
      then ', case when exists (select 1 from profiles where sahha_external_id = who) then null else who end' else '' end,
    case when has_times then ', known_at, known_at' else '' end);
end $body$;
comment on function sahha_profile is 'The row of table profiles that others'' keys ask for, inserted where there is none.';

create function sahha_complete_row() returns trigger language plpgsql security definer set search_path from current as $$
declare
  writer text := coalesce(current_setting('sahha.writer', true), '');
  start_at timestamptz;
  was_at timestamptz;
  said text;
  owner jsonb;
  theirs jsonb;
  one record;
begin
  if writer <> 'unified-health' then
    if writer = 'migration' then -- what triggers before this one did to the row is undone: nothing of theirs changes
      new := old;
    end if;
    begin
      if tg_table_name = 'scores' then
        start_at := new.score_date_time;
        said := new.data->>'scoreDateTime';
        was_at := case when tg_op = 'UPDATE' then old.score_date_time end;
      else
        start_at := new.start_date_time;
        said := new.data->>'startDateTime';
        was_at := case when tg_op = 'UPDATE' then old.start_date_time end;
      end if;
      if sahha_offset_seconds(said) is not null or was_at is distinct from start_at then
        new.utc_offset_seconds := sahha_offset_seconds(said); -- else what we knew of this time still holds
      end if;
      new.day := sahha_date(start_at, new.utc_offset_seconds);
      if tg_table_name = 'biomarkers' then
        if new.end_date_time is not null and (new.category = 'sleep' or new.data->>'periodicity' in ('weekly', 'monthly')
            or (start_at at time zone 'UTC' + make_interval(secs => coalesce(new.utc_offset_seconds, 0)))::time = time '18:00') then
          new.day := sahha_date(new.end_date_time - interval '1 second',
              coalesce(sahha_offset_seconds(new.data->>'endDateTime'), new.utc_offset_seconds));
        end if;
      end if;
      new.source_created_at := sahha_moment(coalesce(new.data->>'createdAtUtc', new.data->>'createdAt'));
      new.recorded_at := coalesce(new.updated_at, new.created_at, start_at, timestamptz '1970-01-01 00:00:00+00');
      new.fetch_begun_at := new.recorded_at;
    exception when others then -- a row that we cannot read is still theirs to write
      new.recorded_at := timestamptz '1970-01-01 00:00:00+00';
    end;
    return new;
  end if;

  owner := sahha_profile(new.profile_id, new.recorded_at);
  theirs := jsonb_build_object('sync_date', (new.recorded_at at time zone 'UTC')::date)
      || case tg_table_name
        when 'scores' then jsonb_build_object('user_id', owner->'user_id', 'sahha_score_id', new.data->'id',
            'factors', new.data->'factors', 'data_sources', new.data->'dataSources', 'version', new.data->'version')
        when 'biomarkers' then jsonb_build_object('user_id', owner->'user_id', 'sahha_biomarker_id', new.data->'id',
            'value', new.data->'value', 'unit', new.data->'unit', 'value_type', new.data->'valueType',
            'periodicity', new.data->'periodicity', 'aggregation', new.data->'aggregation')
        else jsonb_build_object('sahha_archetype_id', new.data->'id', -- no user_id: their key on it does not cascade
            'data_type', new.data->'dataType', 'ordinality', new.data->'ordinality', 'version', new.data->'version',
            'start_date_only', new.day)
      end;
  for one in select key, value from jsonb_each(theirs) where value <> 'null' loop
    begin
      new := jsonb_populate_record(new, jsonb_build_object(one.key, one.value));
    exception when data_exception then
      null; -- Sahha's object holds what this column of theirs cannot: it is whole in data
    end;
  end loop;
  return new;
end $$;
comment on function sahha_complete_row is 'Rows of others get our columns, rows of ours the columns that others read.';
--rollback drop function sahha_complete_row;
--rollback drop function sahha_profile;
--rollback drop function sahha_date;
--rollback drop function sahha_offset_seconds;
--rollback drop function sahha_moment;

--changeset sahha:row-triggers splitStatements:false rollbackSplitStatements:false
-- Triggers fire in the order of their names: this one comes after those that others may have, such as for updated_at.
do $$
declare
  t text;
  changes text[] := '{}';
begin
  foreach t in array array['scores', 'biomarkers', 'archetypes'] loop
    if not sahha_created_here(t) then
      changes := changes || format('create trigger zz_sahha_complete_row before insert or update on %I'
          || ' for each row execute function sahha_complete_row()', t);
    end if;
  end loop;
  perform sahha_patiently(changes);
end $$;
--rollback do $$ begin
--rollback   if exists (select 1 from databasechangelog where id = 'alone' and author = 'sahha') then
--rollback     raise exception 'the cut-over was made: run sahha-cut-over rollback --count 1 first';
--rollback   end if;
--rollback   perform sahha_patiently(array['drop trigger if exists zz_sahha_complete_row on scores',
--rollback     'drop trigger if exists zz_sahha_complete_row on biomarkers',
--rollback     'drop trigger if exists zz_sahha_complete_row on archetypes']);
--rollback end $$;

--changeset sahha:rows-without-day runInTransaction:false splitStatements:false
-- The rows that were there before the triggers, a few at a time, so that nobody waits for one of them. Tables of our own
-- have such rows after a rollback only.
do $$
declare
  t text;
  last text;
  next text;
  busy integer;
begin
  set lock_timeout = '300ms';
  perform set_config('sahha.writer', 'migration', false);
  foreach t in array array['scores', 'biomarkers', 'archetypes'] loop
    if sahha_created_here(t) then
      execute format('create trigger zz_sahha_complete_row before update on %I'
          || ' for each row execute function sahha_complete_row()', t);
      execute format('update %I set day = null where recorded_at is null', t);
      execute format('drop trigger zz_sahha_complete_row on %I', t);
      commit;
      continue;
    end if;
    last := null;
    busy := 0;
    loop
      begin
        execute format('with few as (select id from %1$I %2$s order by id limit 1000),'
            || ' completed as (update %1$I set day = null from few where %1$I.id = few.id'
            || ' and (recorded_at is null or utc_offset_seconds is null))'
            || ' select (array_agg(id order by id desc))[1]::text from few',
            t, case when last is null then '' else format('where id > %L', last) end) into next;
        busy := 0;
      exception when lock_not_available or deadlock_detected then
        busy := busy + 1;
      end;
      commit;
      if busy > 300 then
        raise exception 'rows of table % were locked all the time: end long transactions on it, and run this again', t;
      elsif busy > 0 then
        perform pg_sleep(0.2);
      elsif next is null then
        exit;
      else
        last := next;
      end if;
    end loop;
  end loop;
  reset lock_timeout;
  perform set_config('sahha.writer', '', false);
end $$;
--rollback select 1;

--changeset sahha:day-indexes runInTransaction:false
drop index concurrently if exists sahha_scores_day;
create index concurrently sahha_scores_day on scores (profile_id, day);
drop index concurrently if exists sahha_biomarkers_day;
create index concurrently sahha_biomarkers_day on biomarkers (profile_id, day);
drop index concurrently if exists sahha_archetypes_day;
create index concurrently sahha_archetypes_day on archetypes (profile_id, day);
--rollback drop index concurrently if exists sahha_scores_day;
--rollback drop index concurrently if exists sahha_biomarkers_day;
--rollback drop index concurrently if exists sahha_archetypes_day;
