--liquibase formatted sql

-- What changed in the days of a member. Triggers see every change, whoever makes it: a page, a deletion, a rebuild, a version
-- of the service before this one, or somebody by hand.
--
--   a statement changes rows --> whoop_noted_change, within its transaction
--   the transaction commits  --> the member's next revision, and lines of whoop_day_change under it
--
-- A revision is given out as late as that, and to one member after the other in the order of their ids. So revisions become
-- visible in their order, and nobody waits longer than for a commit. A truncation is the exception: it waits for every other
-- transaction of its table anyway, and gives out the revisions of all members at once.

--changeset data:whoop_revision
create table whoop_revision (
    user_id varchar(100) primary key,
    revision bigint not null
);
comment on table whoop_revision is 'How often the days of a member changed. No row: not since this is counted.';
create table whoop_day_change (
    id bigint generated always as identity primary key,
    user_id varchar(100) not null,
    revision bigint not null,
    reason varchar(30) not null,
    days date[],
    names text[],
    recorded_at timestamptz
);
create index whoop_day_change_revision on whoop_day_change (user_id, revision);
create index whoop_day_change_recorded_at on whoop_day_change (recorded_at);
comment on table whoop_day_change is 'What changed, by revision, for 30 days. Every revision has a line until it is pruned, oldest first.';
comment on column whoop_day_change.days is 'The member''s days; null: every day.';
comment on column whoop_day_change.names is 'Collections, or columns such as recovery.resting_heart_rate; null: everything.';
comment on column whoop_day_change.recorded_at is 'When the service first saw the line: triggers know no time. Set by the job that prunes.';
create table whoop_noted_change (
    id bigint generated always as identity primary key,
    transaction_id xid8 not null default pg_current_xact_id(),
    user_id varchar(100) not null,
    reason varchar(30) not null,
    days date[] not null,
    names text[] not null
);
create index whoop_noted_change_transaction on whoop_noted_change (transaction_id, user_id);
comment on table whoop_noted_change is 'Changes of transactions that are not committed yet: day and name of each, null for all. Always empty to others.';
--rollback drop table whoop_noted_change;
--rollback drop table whoop_day_change;
--rollback drop table whoop_revision;

--changeset data:whoop_number_changes splitStatements:false rollbackSplitStatements:false
-- Triggers run with the rights of their owner, as whoever writes a record may not write these tables, and look for tables in this
-- schema only.
select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

create function whoop_revision_of(who text) returns bigint language sql stable security definer set search_path from current as $$
  select coalesce((select revision from whoop_revision where user_id = who), 0)
$$;
comment on function whoop_revision_of is 'The member''s revision, for statements that read records: both are of one moment then. ChangeStore of whoop.data owns the tables.';

create function whoop_number_changes() returns trigger language plpgsql security definer set search_path from current as $$
declare
  member text;
  next_revision bigint;
begin
  if not exists (select from whoop_noted_change where id = new.id) then
    return null; -- its transaction's first row has numbered them all
  end if;
  for member in
    select distinct user_id from whoop_noted_change where transaction_id = new.transaction_id order by user_id
  loop
    insert into whoop_revision as held (user_id, revision) values (member, 1)
    on conflict (user_id) do update set revision = held.revision + 1
    returning revision into next_revision;
    with noted as (
      delete from whoop_noted_change where transaction_id = new.transaction_id and user_id = member
      returning reason, days, names
    ), of_day as (
      select reason, each.day, case when bool_and(each.name is not null) then array_agg(distinct each.name) end as names
      from noted, unnest(noted.days, noted.names) as each(day, name)
      group by reason, each.day
    )
    insert into whoop_day_change (user_id, revision, reason, days, names)
    select member, next_revision, reason, case when bool_and(day is not null) then array_agg(day order by day) end, names
    from of_day group by reason, names;
  end loop;
  return null;
end $$;
comment on function whoop_number_changes is 'Gives the changes of a transaction their revisions when it commits.';
create constraint trigger whoop_number_changes after insert on whoop_noted_change
    deferrable initially deferred for each row execute function whoop_number_changes();
--rollback drop trigger whoop_number_changes on whoop_noted_change;
--rollback drop function whoop_number_changes;
--rollback drop function whoop_revision_of;

--changeset data:whoop_changed_days splitStatements:false rollbackSplitStatements:false
-- A range and its order where one cycle is meant: while a table was never analyzed, every index that begins with the member looks
-- as good as the one that finds the cycle, and would read all that is held of the member for each record.
-- WhoopDays says exactly which day a record belongs to. What is told here is every day that it can have belonged to before or
-- can belong to now: a day too many is read once more, a day too few would be lost.
select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

create function whoop_local_date(at timestamptz, utc_offset text) returns date language sql stable as $$
  select (at at time zone 'UTC'
      + case when utc_offset ~ '^[+-]\d\d:\d\d(:\d\d)?$' then cast(utc_offset as interval) else interval '0' end)::date
$$;
comment on function whoop_local_date is 'The date of a moment at an offset as WHOOP writes it.';

create function whoop_shown(row_held jsonb) returns jsonb language sql immutable as $$
  select case when row_held->>'deleted_at' is null
    then row_held - array['recorded_at', 'fetch_begun_at', 'last_fetch_begun_at', 'archive_hash', 'deleted_at'] end
$$;
comment on function whoop_shown is 'What a row contributes to a day; null for one that is deleted. When it was fetched is no part of it.';

create function whoop_changed_days(kind text, row_before jsonb, row_after jsonb) returns setof date
language plpgsql stable as $$ -- no part of the calling statement, which would read for rows that did not change, too
begin
  return query
  with version as (
    select held from unnest(array[row_before, row_after]) as held where held is not null
  ), change as (
    select case kind
      when 'cycle' then row_before is null or row_after is null or exists (
          select from unnest(array['start_at', 'end_at', 'timezone_offset']) as col
          where row_before->>col is distinct from row_after->>col)
      when 'sleep' then coalesce((row_before->>'nap')::boolean, true) is false
          or coalesce((row_after->>'nap')::boolean, true) is false
      else false end as moves
  ), span as ( -- of cycles that can win or lose workouts
    select held->>'user_id' as user_id, (held->>'start_at')::timestamptz as start_at, (held->>'end_at')::timestamptz as end_at
    from version where kind = 'cycle' and (select moves from change)
    union
    select y.user_id, y.start_at, y.end_at from version cross join lateral (
        select y.user_id, y.start_at, y.end_at from whoop_cycle y
        where y.user_id = held->>'user_id' and y.id = (held->>'cycle_id')::bigint and y.deleted_at is null offset 0) y
    where kind = 'sleep' and (select moves from change)
  ), trained as materialized ( -- those workouts, and a workout that is itself the record
    select held->>'user_id' as user_id, (held->>'start_at')::timestamptz as start_at, held->>'timezone_offset' as utc_offset
    from version where kind = 'workout'
    union
    select w.user_id, w.start_at, w.timezone_offset from span cross join lateral (
        select w.user_id, w.start_at, w.timezone_offset from whoop_workout w
        where w.user_id = span.user_id and w.deleted_at is null and w.start_at >= span.start_at
          and w.start_at <= span.start_at + interval '36 hours' and (span.end_at is null or w.start_at < span.end_at)
        offset 0) w
  ), owned as materialized ( -- and the cycles that they can be of: one, unless an old one was left open
    select trained.*, y.id as cycle_id from trained left join lateral (
        select y.id from whoop_cycle y
        where y.user_id = trained.user_id and y.deleted_at is null and y.start_at <= trained.start_at
          and y.start_at >= trained.start_at - interval '36 hours' and (y.end_at is null or y.end_at > trained.start_at)
        offset 0) y on true
  ), cycle as materialized (
    select held->>'user_id' as user_id, (held->>case kind when 'cycle' then 'id' else 'cycle_id' end)::bigint as id
    from version where kind <> 'workout'
    union
    select user_id, cycle_id from owned where cycle_id is not null
  ), night as materialized (
    select cycle.id, whoop_local_date(s.end_at, s.timezone_offset) as day from cycle cross join lateral (
        select s.end_at, s.timezone_offset from whoop_sleep s
        where s.user_id = cycle.user_id and s.cycle_id between cycle.id and cycle.id and s.deleted_at is null and not s.nap
        order by s.cycle_id offset 0) s
    union
    select (held->>'cycle_id')::bigint, whoop_local_date((held->>'end_at')::timestamptz, held->>'timezone_offset')
    from version where kind = 'sleep' and not (held->>'nap')::boolean
  ), begun as materialized (
    select cycle.id, whoop_local_date(y.start_at + interval '12 hours', y.timezone_offset) as day
    from cycle cross join lateral (
        select y.start_at, y.timezone_offset from whoop_cycle y
        where y.user_id = cycle.user_id and y.id = cycle.id and y.deleted_at is null offset 0) y
    union
    select (held->>'id')::bigint,
      whoop_local_date((held->>'start_at')::timestamptz + interval '12 hours', held->>'timezone_offset')
    from version where kind = 'cycle'
  ), nap as (
    select cycle.id, whoop_local_date(s.end_at, s.timezone_offset) as day from cycle cross join lateral (
        select s.end_at, s.timezone_offset from whoop_sleep s
        where s.user_id = cycle.user_id and s.cycle_id between cycle.id and cycle.id and s.deleted_at is null and s.nap
        order by s.cycle_id offset 0) s
    union
    select (held->>'cycle_id')::bigint, whoop_local_date((held->>'end_at')::timestamptz, held->>'timezone_offset')
    from version where kind = 'sleep' and (held->>'nap')::boolean
  )
  select day from night
  union
  select day from begun
  where (select moves from change) or not exists (select from night where night.id = begun.id)
  union
  select day from nap
  where not exists (select from night where night.id = nap.id) and not exists (select from begun where begun.id = nap.id)
  union
  select whoop_local_date(start_at, utc_offset) from owned where kind = 'cycle' or cycle_id is null;
end $$;
comment on function whoop_changed_days is 'The days that a record of a collection can change, from one version (null: it did not exist) to the next (null: it is gone).';

create function whoop_days_read(who text, one_end timestamptz, other_end timestamptz) returns setof date
language plpgsql stable as $$
declare
  earlier constant timestamptz := least(one_end, other_end);
  later constant timestamptz := greatest(one_end, other_end);
  newest_offset text;
  first_day date;
  last_day date;
begin
  select newest.timezone_offset into newest_offset from (
      (select start_at as at, timezone_offset from whoop_cycle
       where user_id = who and deleted_at is null and start_at <= later order by start_at desc limit 1)
      union all
      (select end_at, timezone_offset from whoop_sleep
       where user_id = who and deleted_at is null and end_at <= later order by end_at desc limit 1)
      union all
      (select least(end_at, later), timezone_offset from whoop_workout
       where user_id = who and deleted_at is null and start_at <= later order by start_at desc limit 1)
    ) newest order by newest.at desc limit 1;
  first_day := whoop_local_date(earlier, newest_offset);
  last_day := whoop_local_date(later, newest_offset);
  if last_day - first_day > 400 then
    return next null;
  elsif last_day > first_day then
    -- the day before too: a record that came since the last reading can have moved the member to another offset
    return query select first_day - 1 + i from generate_series(0, last_day - first_day + 1) i;
  end if;
  return query
  select day from whoop_cycle y cross join lateral whoop_changed_days('cycle', to_jsonb(y), to_jsonb(y)) as day
  where y.user_id = who and y.deleted_at is null and y.end_at is null
    and y.start_at >= earlier - interval '36 hours' and y.start_at <= later - interval '12 hours'
    and (y.start_at <= later - interval '36 hours' or y.start_at >= earlier - interval '12 hours' and not exists (
        select from whoop_sleep s
        where s.user_id = who and s.cycle_id between y.id and y.id and s.deleted_at is null and not s.nap));
end $$;
comment on function whoop_days_read is 'The days that change when a member was read until another moment: those that were read since, and those of open cycles whose night cannot come any more (12 hours) or that are longer than a day now (36 hours).';

create function whoop_changed_names(kind text, row_before jsonb, row_after jsonb) returns setof text language sql immutable as $$
  select kind where row_before is null or row_after is null
  union all
  select kind || '.' || col.key from jsonb_each(row_after) as col
  where row_before is not null and col.value::text is distinct from (row_before->col.key)::text
$$;
comment on function whoop_changed_names is 'The columns in which two versions differ; the collection, where there is one version only.';

create function whoop_note_records() returns trigger language plpgsql security definer set search_path from current as $$
declare
  kind constant text := tg_argv[0];
  key constant text := tg_argv[1];
begin
  if tg_op = 'INSERT' then
    insert into whoop_noted_change (user_id, reason, days, names)
    select n.held->>'user_id', 'sync', array_agg(day), array_agg(kind)
    from (select whoop_shown(to_jsonb(r)) as held from new_rows r) n
    cross join lateral whoop_changed_days(kind, null, n.held) as day
    where n.held is not null
    group by n.held->>'user_id';
  elsif tg_op = 'DELETE' then
    insert into whoop_noted_change (user_id, reason, days, names)
    select o.held->>'user_id', 'deletion', array_agg(day), array_agg(kind)
    from (select whoop_shown(to_jsonb(r)) as held from old_rows r) o
    cross join lateral whoop_changed_days(kind, o.held, null) as day
    where o.held is not null
    group by o.held->>'user_id';
  else
    insert into whoop_noted_change (user_id, reason, days, names)
    select who, reason, array_agg(day), array_agg(name)
    from (
      select coalesce(n.held, o.held)->>'user_id' as who, whoop_shown(o.held) as was_shown, whoop_shown(n.held) as is_shown,
        case
          when whoop_shown(n.held) is null then 'deletion'
          when n.held->'archive_hash' is distinct from o.held->'archive_hash'
            or n.held->'last_fetch_begun_at' is distinct from o.held->'last_fetch_begun_at' then 'sync'
          else 'edit' end as reason
      from (select to_jsonb(r) as held from old_rows r) o
      full join (select to_jsonb(r) as held from new_rows r) n
        on n.held->>'user_id' = o.held->>'user_id' and n.held->>key = o.held->>key
    ) compared
    cross join lateral whoop_changed_days(kind, was_shown, is_shown) as day
    cross join lateral whoop_changed_names(kind, was_shown, is_shown) as name
    where was_shown::text is distinct from is_shown::text
    group by who, reason;
  end if;
  return null;
end $$;
comment on function whoop_note_records is 'Notes which days a statement changed by records of a collection, and in what. A row that contributes the same as before is no change.';

create function whoop_note_truncation() returns trigger language plpgsql security definer set search_path from current as $$
begin
  -- at once, and not at the commit: a truncation may take the noted changes, too, and would not wait for a trigger of theirs
  execute format('with gone as ('
      || ' insert into whoop_revision as held (user_id, revision)'
      || ' select distinct user_id, 1 from %I where %s order by 1'
      || ' on conflict (user_id) do update set revision = held.revision + 1 returning user_id, revision)'
      || ' insert into whoop_day_change (user_id, revision, reason) select user_id, revision, %L from gone',
      tg_table_name, tg_argv[1], tg_argv[0]);
  return null;
end $$;
comment on function whoop_note_truncation is 'Notes that every row is about to go, of every member who has one that is seen. Arguments: the reason, and which rows are seen.';
--rollback drop function whoop_note_truncation;
--rollback drop function whoop_note_records;
--rollback drop function whoop_changed_names;
--rollback drop function whoop_days_read(text, timestamptz, timestamptz);
--rollback drop function whoop_changed_days;
--rollback drop function whoop_shown;
--rollback drop function whoop_local_date;

--changeset data:whoop_note_records_triggers splitStatements:false rollbackSplitStatements:false
-- PostgreSQL gives a trigger the rows of a statement for one kind of statement only.
do $$
declare
  of record;
begin
  for of in select * from (values ('cycle', 'id'), ('recovery', 'cycle_id'), ('sleep', 'id'), ('workout', 'id')) as v(kind, key) loop
    execute format('create trigger whoop_note_inserted after insert on %I referencing new table as new_rows'
        || ' for each statement execute function whoop_note_records(%L, %L)', 'whoop_' || of.kind, of.kind, of.key);
    execute format('create trigger whoop_note_updated after update on %I referencing old table as old_rows'
        || ' new table as new_rows for each statement execute function whoop_note_records(%L, %L)',
        'whoop_' || of.kind, of.kind, of.key);
    execute format('create trigger whoop_note_deleted after delete on %I referencing old table as old_rows'
        || ' for each statement execute function whoop_note_records(%L, %L)', 'whoop_' || of.kind, of.kind, of.key);
    execute format('create trigger whoop_note_truncated before truncate on %I'
        || ' for each statement execute function whoop_note_truncation(%L, %L)',
        'whoop_' || of.kind, 'deletion', 'deleted_at is null');
  end loop;
end $$;
--rollback do $$ declare of text; begin
--rollback   foreach of in array array['whoop_cycle', 'whoop_recovery', 'whoop_sleep', 'whoop_workout'] loop
--rollback     execute format('drop trigger whoop_note_inserted on %I', of);
--rollback     execute format('drop trigger whoop_note_updated on %I', of);
--rollback     execute format('drop trigger whoop_note_deleted on %I', of);
--rollback     execute format('drop trigger whoop_note_truncated on %I', of);
--rollback   end loop;
--rollback end $$;

--changeset connect:whoop_note_connections splitStatements:false rollbackSplitStatements:false
-- A token that is refreshed changes no answer, and neither does a step from one question about the account to the next.
select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

create function whoop_connection_shown(state text, connected_at timestamptz) returns text language sql stable as $$
  select case when state <> 'revoked' then concat_ws(' ',
      case state when 'refreshing' then 'active' when 'awaiting_confirmation' then 'awaiting_profile' else state end,
      connected_at) end
$$;
comment on function whoop_connection_shown is 'What of a connection is seen in answers; null where there is none.';

create function whoop_note_connections() returns trigger language plpgsql security definer set search_path from current as $$
begin
  if tg_op = 'INSERT' then
    insert into whoop_noted_change (user_id, reason, days, names)
    select user_id, 'connection', array[null::date], array[null::text] from new_rows where state <> 'revoked';
  elsif tg_op = 'DELETE' then
    insert into whoop_noted_change (user_id, reason, days, names)
    select user_id, 'connection', array[null::date], array[null::text] from old_rows where state <> 'revoked';
  else
    insert into whoop_noted_change (user_id, reason, days, names)
    select user_id, 'connection', array[null::date], array[null::text] from old_rows o full join new_rows n using (user_id)
    where whoop_connection_shown(o.state, o.connected_at) is distinct from whoop_connection_shown(n.state, n.connected_at);
  end if;
  return null;
end $$;
comment on function whoop_note_connections is 'Notes that every day of a member changed, since their connection came, went or needs consent.';
create trigger whoop_note_inserted after insert on whoop_connection referencing new table as new_rows
    for each statement execute function whoop_note_connections();
create trigger whoop_note_updated after update on whoop_connection referencing old table as old_rows new table as new_rows
    for each statement execute function whoop_note_connections();
create trigger whoop_note_deleted after delete on whoop_connection referencing old table as old_rows
    for each statement execute function whoop_note_connections();
create trigger whoop_note_truncated before truncate on whoop_connection
    for each statement execute function whoop_note_truncation('connection', 'state <> ''revoked''');
--rollback drop trigger whoop_note_truncated on whoop_connection;
--rollback drop trigger whoop_note_deleted on whoop_connection;
--rollback drop trigger whoop_note_updated on whoop_connection;
--rollback drop trigger whoop_note_inserted on whoop_connection;
--rollback drop function whoop_note_connections;
--rollback drop function whoop_connection_shown(text, timestamptz);

--changeset sync:whoop_note_coverage splitStatements:false rollbackSplitStatements:false
-- How far back a member was read, and until when, says of a day without records whether there are none or whether they were not
-- read yet.
select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

create function whoop_covered_since(covered_from timestamptz, listed_at timestamptz[]) returns date language sql stable as $$
  select case when array_position(listed_at, null) is null then whoop_local_date(covered_from, null) end
$$;
comment on function whoop_covered_since is 'Since which day a member was read without a gap; null before every collection was listed.';

create function whoop_covered_until(listed_at timestamptz[]) returns timestamptz language sql stable as $$
  select case when array_position(listed_at, null) is not null then null
      when oldest < listed_at[1] - interval '50 hours' then oldest
      else listed_at[1] end
  from (select min(one) as oldest from unnest(listed_at) as one) listed
$$;
comment on function whoop_covered_until is 'Until when a member was read without a gap, as SyncFreshness says it. Cycles come first; null before every collection was listed.';

create function whoop_note_coverage() returns trigger language plpgsql security definer set search_path from current as $$
begin
  if tg_op = 'INSERT' then
    insert into whoop_noted_change (user_id, reason, days, names)
    select user_id, 'coverage', array[null::date], array[null::text] from new_rows
    where whoop_covered_since(
        covered_from, array[cycles_listed_at, sleeps_listed_at, recoveries_listed_at, workouts_listed_at]) is not null;
  elsif tg_op = 'DELETE' then
    insert into whoop_noted_change (user_id, reason, days, names)
    select user_id, 'coverage', array[null::date], array[null::text] from old_rows
    where whoop_covered_since(
        covered_from, array[cycles_listed_at, sleeps_listed_at, recoveries_listed_at, workouts_listed_at]) is not null;
  else
    insert into whoop_noted_change (user_id, reason, days, names)
    select who, 'coverage', array_agg(day), array_agg(null::text)
    from (
      select who, whoop_covered_since(from_before, listed_before) as was, whoop_covered_since(from_after, listed_after) as now_is,
        whoop_covered_until(listed_before) as was_until, whoop_covered_until(listed_after) as is_until
      from (
        select coalesce(n.user_id, o.user_id) as who, o.covered_from as from_before, n.covered_from as from_after,
          array[o.cycles_listed_at, o.sleeps_listed_at, o.recoveries_listed_at, o.workouts_listed_at] as listed_before,
          array[n.cycles_listed_at, n.sleeps_listed_at, n.recoveries_listed_at, n.workouts_listed_at] as listed_after
        from old_rows o full join new_rows n using (user_id)
      ) compared
      where from_before is distinct from from_after or listed_before is distinct from listed_after
    ) span
    cross join lateral (
      -- a day at any offset, and the day after it, which is the first that was read wholly
      select least(was, now_is) - 1 + i as day from generate_series(0, abs(was - now_is) + 3) i
      where was <> now_is and abs(was - now_is) <= 400
      union
      select null where was is distinct from now_is and coalesce(abs(was - now_is) > 400, true)
      union
      select read from whoop_days_read(who, was_until, is_until) read
      where was is not null and now_is is not null and was_until <> is_until) days
    group by who;
  end if;
  return null;
end $$;
comment on function whoop_note_coverage is 'Notes the days that a member was read of, or no longer was.';
create trigger whoop_note_inserted after insert on whoop_member_sync referencing new table as new_rows
    for each statement execute function whoop_note_coverage();
create trigger whoop_note_updated after update on whoop_member_sync referencing old table as old_rows new table as new_rows
    for each statement execute function whoop_note_coverage();
create trigger whoop_note_deleted after delete on whoop_member_sync referencing old table as old_rows
    for each statement execute function whoop_note_coverage();
create trigger whoop_note_truncated before truncate on whoop_member_sync
    for each statement execute function whoop_note_truncation('coverage', 'covered_from is not null');
--rollback drop trigger whoop_note_truncated on whoop_member_sync;
--rollback drop trigger whoop_note_deleted on whoop_member_sync;
--rollback drop trigger whoop_note_updated on whoop_member_sync;
--rollback drop trigger whoop_note_inserted on whoop_member_sync;
--rollback drop function whoop_note_coverage;
--rollback drop function whoop_covered_until(timestamptz[]);
--rollback drop function whoop_covered_since(timestamptz, timestamptz[]);
