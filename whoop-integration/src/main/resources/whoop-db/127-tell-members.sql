--liquibase formatted sql

-- Replicas keep answers about members in memory. Whatever can make one another answer is told by notice_member, whoever does it:
--
--   a statement changes rows --> whoop_noted_change, within its transaction: the days that changed, or that only other things did
--   the transaction commits  --> each of its members is told once, and has a next revision where days changed
--
-- A notification makes those who notify commit one after the other. So nothing is told that no answer shows: a token that is
-- refreshed, an event that arrives, a page that brings the same again.

--changeset data:whoop_number_and_tell splitStatements:false rollbackSplitStatements:false
select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

create function whoop_number_and_tell() returns trigger language plpgsql security definer set search_path from current as $$
declare
  most constant integer := 1000; -- more members than this are told as all of them
  members text[];
  member text;
  next_revision bigint;
begin
  if not exists (select from whoop_noted_change where id = new.id) then
    return null; -- its transaction's first row has numbered them all
  end if;
  members := array(
      select distinct user_id from whoop_noted_change where transaction_id = new.transaction_id order by user_id);
  foreach member in array members loop
    next_revision := null;
    if exists (select from whoop_noted_change
        where transaction_id = new.transaction_id and user_id = member and reason <> 'untold') then
      insert into whoop_revision as held (user_id, revision) values (member, 1)
      on conflict (user_id) do update set revision = held.revision + 1
      returning revision into next_revision;
    end if;
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
  if cardinality(members) > most then
    members := array[''];
  end if;
  foreach member in array members loop
    perform notice_member(member);
    raise info using errcode = 'MEMBR', message = 'answers about a member changed', detail = member;
  end loop;
  return null;
end $$;
comment on function whoop_number_and_tell is 'When a transaction commits: gives its changes their revisions and tells all replicas of their members. The message MEMBR tells the same to whoever commits, who knows it before the commit is acknowledged.';
drop trigger whoop_number_changes on whoop_noted_change;
create constraint trigger whoop_number_changes after insert on whoop_noted_change
    deferrable initially deferred for each row execute function whoop_number_and_tell();
comment on column whoop_noted_change.reason is 'untold: no day counts as changed, but answers say something else.';
--rollback comment on column whoop_noted_change.reason is null;
--rollback drop trigger whoop_number_changes on whoop_noted_change;
--rollback create constraint trigger whoop_number_changes after insert on whoop_noted_change
--rollback     deferrable initially deferred for each row execute function whoop_number_changes();
--rollback drop function whoop_number_and_tell;

--changeset data:whoop_tell_records splitStatements:false rollbackSplitStatements:false
-- What whoop_note_records leaves out: since when a version is held, which is no change of a day and is shown as a value's origin,
-- and whether anything was ever held of a member.
select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

create function whoop_tell_updated() returns trigger language plpgsql security definer set search_path from current as $$
begin
  insert into whoop_noted_change (user_id, reason, days, names)
  select distinct user_id, 'untold', array[]::date[], array[]::text[]
  from (select user_id, recorded_at from new_rows except all select user_id, recorded_at from old_rows) differing;
  return null;
end $$;
comment on function whoop_tell_updated is 'Notes the members who have versions that are held since another moment.';

create function whoop_tell_come_or_gone() returns trigger language plpgsql security definer set search_path from current as $$
begin
  insert into whoop_noted_change (user_id, reason, days, names)
  select distinct user_id, 'untold', array[]::date[], array[]::text[]
  from changed_rows where tg_argv[0] = 'all' or deleted_at is not null;
  return null;
end $$;
comment on function whoop_tell_come_or_gone is 'Notes the members whose rows came or went: all, or those that count as deleted.';

create function whoop_tell_everybody() returns trigger language plpgsql security definer set search_path from current as $$
begin
  perform notice_member('');
  return null;
end $$;
comment on function whoop_tell_everybody is 'Tells that anything of anybody can have changed.';

create function whoop_tell_row() returns trigger language plpgsql security definer set search_path from current as $$
begin
  if tg_op <> 'DELETE' then
    perform notice_member(new.user_id);
  end if;
  if tg_op = 'DELETE' or tg_op = 'UPDATE' and old.user_id <> new.user_id then
    perform notice_member(old.user_id);
  end if;
  return null;
end $$;
comment on function whoop_tell_row is 'Tells of the member of each row.';

do $$
declare
  of record;
begin
  for of in select * from (values ('cycle', 'deleted'), ('recovery', 'deleted'), ('sleep', 'deleted'), ('workout', 'deleted'),
      ('profile', 'all')) as v(kind, which) loop
    execute format('create trigger whoop_tell_inserted after insert on %I referencing new table as changed_rows'
        || ' for each statement execute function whoop_tell_come_or_gone(%L)', 'whoop_' || of.kind, of.which);
    execute format('create trigger whoop_tell_deleted after delete on %I referencing old table as changed_rows'
        || ' for each statement execute function whoop_tell_come_or_gone(%L)', 'whoop_' || of.kind, of.which);
    if of.which = 'deleted' then
      execute format('create trigger whoop_tell_updated after update on %I referencing old table as old_rows'
          || ' new table as new_rows for each statement execute function whoop_tell_updated()', 'whoop_' || of.kind);
    end if;
    execute format('create trigger whoop_tell_truncated before truncate on %I'
        || ' for each statement execute function whoop_tell_everybody()', 'whoop_' || of.kind);
  end loop;
end $$;

-- revisions that are given out are told already
create trigger whoop_tell_by_hand after insert or update or delete on whoop_revision
    for each row when (pg_trigger_depth() = 0) execute function whoop_tell_row();
create trigger whoop_tell_truncated before truncate on whoop_revision
    for each statement execute function whoop_tell_everybody();
--rollback drop trigger whoop_tell_truncated on whoop_revision;
--rollback drop trigger whoop_tell_by_hand on whoop_revision;
--rollback do $$ declare of text; begin
--rollback   foreach of in array array['whoop_cycle', 'whoop_recovery', 'whoop_sleep', 'whoop_workout', 'whoop_profile'] loop
--rollback     execute format('drop trigger whoop_tell_inserted on %I', of);
--rollback     execute format('drop trigger if exists whoop_tell_updated on %I', of);
--rollback     execute format('drop trigger whoop_tell_deleted on %I', of);
--rollback     execute format('drop trigger whoop_tell_truncated on %I', of);
--rollback   end loop;
--rollback end $$;
--rollback drop function whoop_tell_row;
--rollback drop function whoop_tell_everybody;
--rollback drop function whoop_tell_come_or_gone;
--rollback drop function whoop_tell_updated;

--changeset connect:whoop_tell_connections
-- whoop_note_connections notes every change that an answer shows.
create trigger whoop_tell_truncated before truncate on whoop_connection
    for each statement execute function whoop_tell_everybody();
--rollback drop trigger whoop_tell_truncated on whoop_connection;

--changeset sync:whoop_tell_coverage splitStatements:false rollbackSplitStatements:false
-- A reading that no day changes by still moves the moment at which the data count as stale. An event that arrives does not.
select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

create function whoop_tell_coverage() returns trigger language plpgsql security definer set search_path from current as $$
begin
  insert into whoop_noted_change (user_id, reason, days, names)
  select n.user_id, 'untold', array[]::date[], array[]::text[]
  from new_rows n join old_rows o using (user_id)
  where (n.covered_from, n.cycles_listed_at, n.sleeps_listed_at, n.recoveries_listed_at, n.workouts_listed_at)
      is distinct from (o.covered_from, o.cycles_listed_at, o.sleeps_listed_at, o.recoveries_listed_at, o.workouts_listed_at)
    and (n.covered_from, whoop_covered_until(
        array[n.cycles_listed_at, n.sleeps_listed_at, n.recoveries_listed_at, n.workouts_listed_at]))
      is distinct from (o.covered_from, whoop_covered_until(
        array[o.cycles_listed_at, o.sleeps_listed_at, o.recoveries_listed_at, o.workouts_listed_at]));
  return null;
end $$;
comment on function whoop_tell_coverage is 'Notes the members who were read since another moment, or until another one.';
create trigger whoop_tell_updated after update on whoop_member_sync referencing old table as old_rows new table as new_rows
    for each statement execute function whoop_tell_coverage();
create trigger whoop_tell_truncated before truncate on whoop_member_sync
    for each statement execute function whoop_tell_everybody();
--rollback drop trigger whoop_tell_truncated on whoop_member_sync;
--rollback drop trigger whoop_tell_updated on whoop_member_sync;
--rollback drop function whoop_tell_coverage;
