--liquibase formatted sql

--changeset data:keep-partitions splitStatements:false rollbackSplitStatements:false
-- What the service does month by month to tables that only grow (class PartitionStore), with the rights of their owner: its own role
-- need not own a table nor create one. They touch partitions only, and only of a table that a migration partitioned by month.
select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

create function partition_key(tbl text) returns name language plpgsql stable set search_path from current as $$
declare
  key name;
begin
  select a.attname into key
  from pg_partitioned_table p
  join pg_class rest on rest.oid = p.partdefid
  join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
  where p.partrelid = to_regclass(quote_ident(tbl)) and p.partstrat = 'r' and p.partnatts = 1 and rest.relname = tbl || '_rest';
  if key is null then
    raise exception '% is no table with partitions by month', tbl using errcode = 'undefined_table';
  end if;
  return key;
end $$;
comment on function partition_key is 'The column by which a table is partitioned by month; fails for any other table.';

create function partition_attach(tbl text, part text, since timestamptz, until timestamptz) returns void
language plpgsql set search_path from current as $$
declare
  one record;
begin
  for one in -- who may use the table may use the partition, which rows that are too old are deleted from
    select acl.grantee, acl.privilege_type as privilege from pg_class c, aclexplode(c.relacl) as acl
    where c.oid = to_regclass(quote_ident(tbl)) and acl.grantee <> c.relowner
  loop
    execute format('grant %s on %I to %s', one.privilege, part,
        case one.grantee when 0 then 'public' else one.grantee::regrole::text end);
  end loop;
  if until is null then
    execute format('alter table %I attach partition %I default', tbl, part);
  else
    execute format('alter table %I attach partition %I for values from (%s) to (%L)', tbl, part,
        case when since is null then 'minvalue' else quote_literal(since) end, until);
  end if;
end $$;
comment on function partition_attach is 'Makes a table a partition; without an end it is the one for whatever no other is there for.';

create function partition_name(tbl text, kind text, month_start timestamptz) returns text
language plpgsql stable set search_path from current as $$
begin
  if month_start is distinct from date_trunc('month', month_start, 'UTC') then
    raise exception 'a partition of % begins and ends with a month of UTC', tbl using errcode = 'invalid_parameter_value';
  end if;
  return tbl || kind || to_char(month_start at time zone 'UTC', 'YYYY_MM');
end $$;
comment on function partition_name is 'The name of a partition by month; fails for a moment within one.';

create function partition_add(tbl text, since timestamptz, until timestamptz) returns text
language plpgsql security definer set search_path from current as $$
declare
  part constant text := partition_name(tbl, '_', date_trunc('month', until - interval '1 day', 'UTC'));
begin
  perform partition_key(tbl), partition_name(tbl, '', until);
  execute format('create table %I (like %I including all)', part, tbl || '_rest');
  perform partition_attach(tbl, part, since, until);
  return part;
end $$;
comment on function partition_add is 'Makes the partition of the month that ends with this moment, and of what lies between it and the one before.';

create function partition_drop(tbl text, part text) returns void
language plpgsql security definer set search_path from current as $$
begin
  perform partition_key(tbl);
  if not exists (select from pg_inherits where inhparent = to_regclass(quote_ident(tbl)) and inhrelid = to_regclass(quote_ident(part)))
      or part = tbl || '_rest' then
    raise exception '% is no partition by month of %', part, tbl using errcode = 'undefined_table';
  end if;
  execute format('alter table %I detach partition %I', tbl, part);
  execute format('drop table %I', part);
end $$;
comment on function partition_drop is 'Drops the partition of a time that is over.';

create function partition_bound(tbl text, since timestamptz, until timestamptz) returns void
language plpgsql security definer set search_path from current as $$
declare
  key constant name := partition_key(tbl);
  rest constant text := tbl || '_rest';
begin
  execute format('alter table %1$I drop constraint if exists %2$I, add constraint %2$I check (%3$I < %4$L%5$s) not valid',
      rest, rest || '_until', key, until, case when since is null then '' else format(' and %I >= %L', key, since) end);
end $$;
comment on function partition_bound is 'States, without reading, that all rows without a partition are of one time.';

create function partition_prove(tbl text) returns void language plpgsql security definer set search_path from current as $$
begin
  perform partition_key(tbl);
  execute format('alter table %I validate constraint %I', tbl || '_rest', tbl || '_rest_until');
end $$;
comment on function partition_prove is 'Reads whether what was stated is true, while others write.';

create function partition_unbound(tbl text) returns void language plpgsql security definer set search_path from current as $$
begin
  perform partition_key(tbl);
  execute format('alter table %I drop constraint if exists %I', tbl || '_rest', tbl || '_rest_until');
end $$;
comment on function partition_unbound is 'Takes back what was stated.';

create function partition_of_rest(tbl text, since timestamptz, until timestamptz) returns text
language plpgsql security definer set search_path from current as $$
declare
  rest constant text := tbl || '_rest';
  part constant text := partition_name(tbl, '_until_', until);
begin
  perform partition_key(tbl);
  execute format('alter table %I detach partition %I', tbl, rest);
  execute format('alter table %I rename to %I', rest, part);
  perform partition_attach(tbl, part, since, until);
  execute format('alter table %I drop constraint if exists %I', part, rest || '_until');
  execute format('create table %I (like %I including all)', rest, part);
  perform partition_attach(tbl, rest, null, null);
  return part;
end $$;
comment on function partition_of_rest is 'Makes the rows without a partition the one of their time, where they are, and a new table for later ones.';

revoke execute on function partition_key, partition_attach, partition_name, partition_add, partition_drop, partition_bound,
    partition_prove, partition_unbound, partition_of_rest from public;
--rollback drop function partition_of_rest, partition_unbound, partition_prove, partition_bound, partition_drop, partition_add,
--rollback     partition_name, partition_attach, partition_key;

--changeset data:unmerged-whoop-day
-- For people. The day is that of class WhoopDays: where the main sleep ended, else where the cycle was twelve hours old.
create view unmerged_whoop_day as
select held.user_id, held.day, held.cycle_id,
    row_number() over (partition by held.user_id, held.day
        order by held.asleep desc, held.cycle_end_at desc nulls first, held.cycle_id desc) = 1 as is_primary,
    held.cycle_start_at, held.cycle_end_at, held.timezone_offset, held.cycle_score_state, held.strain, held.kilojoule,
    held.average_heart_rate, held.max_heart_rate, held.sleep_id, held.sleep_start_at, held.sleep_end_at, held.sleep_score_state,
    held.total_in_bed_time_milli, held.total_awake_time_milli, held.total_light_sleep_time_milli,
    held.total_slow_wave_sleep_time_milli, held.total_rem_sleep_time_milli, held.respiratory_rate,
    held.sleep_performance_percentage, held.recovery_score_state, held.recovery_score, held.resting_heart_rate,
    held.hrv_rmssd_milli, held.spo2_percentage, held.skin_temp_celsius
from (
    select c.user_id, case when s.id is null then whoop_local_date(c.start_at + interval '12 hours', c.timezone_offset)
            else whoop_local_date(s.end_at, s.timezone_offset) end as day,
        c.id as cycle_id, c.start_at as cycle_start_at, c.end_at as cycle_end_at, c.timezone_offset,
        c.score_state as cycle_score_state, c.strain, c.kilojoule, c.average_heart_rate, c.max_heart_rate,
        s.id as sleep_id, s.start_at as sleep_start_at, s.end_at as sleep_end_at, coalesce(s.end_at - s.start_at, interval '0') as asleep,
        s.score_state as sleep_score_state, s.total_in_bed_time_milli, s.total_awake_time_milli, s.total_light_sleep_time_milli,
        s.total_slow_wave_sleep_time_milli, s.total_rem_sleep_time_milli, s.respiratory_rate, s.sleep_performance_percentage,
        r.score_state as recovery_score_state, r.recovery_score, r.resting_heart_rate, r.hrv_rmssd_milli, r.spo2_percentage,
        r.skin_temp_celsius
    from whoop_member_connection m
    join whoop_cycle c on c.user_id = m.user_id and c.whoop_user_id = m.whoop_user_id and c.deleted_at is null
    left join lateral (
        select sleep.* from whoop_sleep sleep
        where sleep.user_id = c.user_id and sleep.cycle_id = c.id and sleep.deleted_at is null and not sleep.nap
        order by sleep.end_at - sleep.start_at desc, sleep.end_at desc, sleep.id desc limit 1) s on true
    left join whoop_recovery r on r.user_id = c.user_id and r.cycle_id = c.id and r.deleted_at is null
    where m.shows_records) held;
comment on view unmerged_whoop_day is 'For people: what WHOOP says of a connected member''s days, one line for each cycle with its main sleep and recovery, before any merge. Of several cycles of a day one is primary. docs/postgresql-roles.md explains it.';
--rollback drop view unmerged_whoop_day;
