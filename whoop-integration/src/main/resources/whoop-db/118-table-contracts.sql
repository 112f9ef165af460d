--liquibase formatted sql

--changeset connect:whoop_account_owner
-- The contract of whoop.connect (ConnectionStore).
create view whoop_account_owner as
    select whoop_user_id, user_id, state in ('active', 'refreshing') as is_usable
    from whoop_connection where state <> 'revoked';
comment on view whoop_account_owner is 'Whose WHOOP account it is, and whether calls can be made for them.';
--rollback drop view whoop_account_owner;

--changeset data:whoop_newest_records splitStatements:false
-- The contract of whoop.data.
create function whoop_newest_records(who text) returns table (
    night_id uuid, night_cycle_id bigint, night_start timestamptz, night_end timestamptz, night_offset text,
    night_cycle_state text, cycle_id bigint, cycle_start timestamptz, cycle_offset text)
language sql stable as $$
    select night.id, night.cycle_id, night.start_at, night.end_at, night.timezone_offset, of_night.score_state,
        newest.id, newest.start_at, newest.timezone_offset
    from (select 1) as one_row
    left join lateral (
        select s.id, s.cycle_id, s.start_at, s.end_at, s.timezone_offset from whoop_sleep s
        where s.user_id = who and not s.nap and s.deleted_at is null and s.score_state <> 'PENDING_SCORE'
        order by s.end_at desc limit 1) night on true
    left join whoop_cycle of_night
        on of_night.user_id = who and of_night.id = night.cycle_id and of_night.deleted_at is null
    left join lateral (
        select y.id, y.start_at, y.timezone_offset from whoop_cycle y
        where y.user_id = who and y.deleted_at is null
        order by y.start_at desc limit 1) newest on true
$$;
comment on function whoop_newest_records is 'One row: the newest main sleep of a member that is not pending, with the state of its cycle, and the newest cycle. Columns are null for what is not held.';
--rollback drop function whoop_newest_records(text);

--changeset data:whoop_record_start
-- The contract of whoop.data.
create view whoop_record_start as
    select user_id, id as record_id, start_at, cycle_id from whoop_sleep
    union all
    select user_id, id, start_at, null from whoop_workout;
comment on view whoop_record_start is 'When the records begin that WHOOP''s events name by a UUID; cycle_id for sleeps only.';
--rollback drop view whoop_record_start;

--changeset sync:whoop_member_status
-- The contract of whoop.sync.MemberStore.
create view whoop_member_status as
    select user_id, stopped_at, paused_until, failures, failure, failure_collection,
        cycles_listed_at is not null and sleeps_listed_at is not null and recoveries_listed_at is not null
            and workouts_listed_at is not null as is_listed
    from whoop_member_sync;
comment on view whoop_member_status is 'Whether a member can be read now: stopped, paused, how often an outage was met, and whether every collection was listed.';
--rollback drop view whoop_member_status;

--changeset sync:whoop_member_has_account splitStatements:false
-- The contract of whoop.sync.MemberStore. Whoever changes the account waits until the caller's transaction ends.
create function whoop_member_has_account(who text, account bigint) returns boolean
language plpgsql as $$
begin
    perform 1 from whoop_member_sync m
    where m.user_id = who and m.whoop_user_id is not distinct from account for share;
    return found;
end
$$;
comment on function whoop_member_has_account is 'Whether this is still the member''s WHOOP account, null for none known. It stays so until the transaction ends.';
--rollback drop function whoop_member_has_account(text, bigint);

--changeset sync:whoop_member_lock splitStatements:false
-- The contract of whoop.sync.MemberStore. A member's row is locked before the events, and those before the job: in any
-- other order two transactions could wait for each other.
create function whoop_member_lock(who text, heard_at timestamptz) returns boolean
language plpgsql as $$
begin
    perform 1 from whoop_member_sync m where m.user_id = who for update;
    if not found then
        return false;
    end if;
    update whoop_member_sync m set last_event_at = heard_at
    where m.user_id = who and (m.last_event_at is null or m.last_event_at < heard_at) and heard_at is not null;
    return true;
end
$$;
comment on function whoop_member_lock is 'Locks a member until the transaction ends, and notes when WHOOP sent an event of them (heard_at; null notes nothing). Returns false for a member who is not synced.';
--rollback drop function whoop_member_lock(text, timestamptz);

--changeset sync:whoop_open_run
-- The contract of whoop.sync.SyncRunStore.
create view whoop_open_run as
    select user_id, kind, state, requested_at from whoop_sync where state in ('queued', 'running');
comment on view whoop_open_run is 'Runs that are not over.';
--rollback drop view whoop_open_run;

--changeset sync:whoop_failing_read
-- The contract of whoop.sync.FailureStore.
create view whoop_failing_read as
    select user_id, further_back, retry_at from whoop_sync_failure;
comment on view whoop_failing_read is 'What fails of a member, and when it is tried again.';
--rollback drop view whoop_failing_read;

--changeset sync:whoop_member_flags splitStatements:false
-- The contract of whoop.sync.MemberStore, for the owners of the three tables behind it. It is volatile on purpose: each call
-- sees what was committed before it, also in a statement that waited for the member's row.
create function whoop_member_flags(who text, missed timestamptz, out asked boolean, out absent boolean, out failing boolean)
language plpgsql volatile as $$
begin
    asked := exists (select from whoop_open_run r where r.user_id = who);
    absent := exists (select from whoop_absence a
        where a.user_id = who and (a.missed_before is not null or a.missed_at > missed));
    failing := exists (select from whoop_failing_read f where f.user_id = who);
end
$$;
comment on function whoop_member_flags is 'Whether a member has open runs, records that were missing twice or since missed, and failing reads: as committed now, not when the statement began.';
--rollback drop function whoop_member_flags(text, timestamptz);

--changeset sync:whoop_pending_event
-- The contract of whoop.sync.RecordEventStore.
create view whoop_pending_event as
    select user_id, due_at from whoop_change where done_at is null;
comment on view whoop_pending_event is 'Events whose records are still to be read, and when they are due.';
--rollback drop view whoop_pending_event;

--changeset sync:whoop_pending_events splitStatements:false
-- The contract of whoop.sync.RecordEventStore.
create function whoop_pending_events(who text, late timestamptz) returns table (
    event_id bigint, collection text, record_id uuid, happened text, first_told_at timestamptz, told_at timestamptz, due_at timestamptz,
    rung integer, is_partner_settled boolean, is_deleted boolean)
language sql stable as $$
    select c.id, c.collection, c.record_id, c.happened, c.first_told_at, c.told_at, c.due_at, c.rung,
        exists (select from whoop_change p
            where p.user_id = c.user_id and p.record_id = c.record_id and p.collection <> c.collection
              and p.happened = 'updated' and p.outcome = 'done' and p.done_at > late),
        exists (select from whoop_change d
            where d.user_id = c.user_id and d.record_id = c.record_id and d.happened = 'deleted')
    from whoop_change c where c.user_id = who and c.done_at is null
$$;
comment on function whoop_pending_events is 'The pending events of a member, each with what else is known of its record: whether its other half (the recovery of a sleep, or the sleep of a recovery) was read since late, and whether it was deleted.';
--rollback drop function whoop_pending_events(text, timestamptz);

--changeset sync:whoop_settle_events splitStatements:false
-- The contract of whoop.sync.RecordEventStore. Settlement.java says which events are settled by a page, moved or added.
create function whoop_settle_events(who text, settled json, settled_at timestamptz, late timestamptz) returns table (
    event_id bigint, collection text, record_id uuid, happened text, first_told_at timestamptz, told_at timestamptz, due_at timestamptz,
    rung integer, is_partner_settled boolean, is_deleted boolean)
language plpgsql as $$
#variable_conflict use_column
begin
    if settled is not null then
        with given as (
            select * from json_to_recordset(settled) as g(collection text, record_id uuid, first_told_at timestamptz,
                told_at timestamptz, due_at timestamptz, rung integer, outcome text, added boolean)
        ), changed as (
            update whoop_change c
            set due_at = g.due_at, rung = g.rung, outcome = g.outcome,
                done_at = case when g.outcome is not null then settled_at end
            from given g
            where not g.added and c.user_id = who and c.collection = g.collection and c.record_id = g.record_id
              and c.happened = 'updated' and c.done_at is null and c.told_at = g.told_at
        )
        insert into whoop_change
            (user_id, collection, record_id, happened, first_told_at, told_at, due_at, rung, owed, outcome, done_at)
        select who, g.collection, g.record_id, 'updated', g.first_told_at, g.told_at, g.due_at, g.rung, true, g.outcome,
            case when g.outcome is not null then settled_at end
        from given g where g.added
        on conflict (user_id, collection, record_id, happened) where done_at is null do nothing;
    end if;
    return query select * from whoop_pending_events(who, late);
end
$$;
comment on function whoop_settle_events is 'Settles, moves and adds events of a member as a page showed them (settled; null changes nothing), and returns those that are pending then. An event that came again meanwhile stays as it is.';
--rollback drop function whoop_settle_events(text, json, timestamptz, timestamptz);
