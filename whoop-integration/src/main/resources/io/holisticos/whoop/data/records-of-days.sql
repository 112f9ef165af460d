-- All that a reader has to know of a member: the connection, how far they were read, their revision, every record that can say
-- something of a range of days, the newest observation whatever the range, and when another one will be the newest. One round
-- trip, and of one moment.
--
--   member: connection, listing, revision; is_shown says whether anything more is read
--
--   cycles that begin, or whose sleep ends, in the window   = named --+
--   workouts of the window, and those in reach of a named cycle       |
--                                                     = trained --+   |
--   cycles that such a workout can lie in                         |   |
--                                                     = known  <--+---+
--   known --> cycles, their sleeps, their recoveries;  trained --> workouts
--
-- Records that lie anywhere say which day a record belongs to, so a cycle that the window names is read wholly. Nothing else can
-- change one of these days. Both joins look beyond the edges of the window only. Every record is looked up by the index, once for
-- each cycle or workout that asks for it, whatever the planner expects: any other way could read all that is held of the member.
-- A range and its order where one cycle is meant: while a table was never analyzed, every index that begins with the member looks
-- as good as the one that finds the cycle. What stands in braces is filled in by UnionRow: columns by their type, so that all
-- kinds of rows are one result.
with member as materialized (
    select connected.whoop_user_id, connected.state, connected.connected_at, listing.covered_from, listing.cycles_listed_at,
        listing.sleeps_listed_at, listing.recoveries_listed_at, listing.workouts_listed_at, whoop_revision_of(:who) as revision,
        not :connected or coalesce(connected.shows_records, false) as is_shown
    from (select 1) as one
    left join whoop_member_connection connected on connected.user_id = :who
    left join whoop_member_listing listing on listing.user_id = :who
), named as materialized (
    select id as named_id from whoop_record_cycle
    where user_id = :who and deleted_at is null and start_at >= :since and start_at < :until
      and (select is_shown from member)
    union
    select cycle_id from whoop_record_sleep
    where user_id = :who and deleted_at is null and end_at >= :since and end_at < :until
      and (select is_shown from member)
), trained as materialized (
    select * from whoop_record_workout
    where user_id = :who and deleted_at is null and start_at >= :since and start_at < :until
      and (select is_shown from member)
    union all
    (select distinct on (workout.id) workout.*
     from (
         select cycle.start_at from named cross join lateral (
             select start_at from whoop_record_cycle
             where user_id = :who and id between named_id and named_id and deleted_at is null
             order by id offset 0
         ) cycle
         where cycle.start_at < :since or cycle.start_at + cast(:reach as interval) >= :until
         offset 0
     ) edge
     cross join lateral (
         select * from whoop_record_workout
         where user_id = :who and deleted_at is null
           and start_at >= edge.start_at and start_at <= edge.start_at + cast(:reach as interval)
           and (start_at < :since or start_at >= :until)
         offset 0
     ) workout
     order by workout.id)
), known as materialized (
    select named_id as known_id from named
    union
    select begun.id
    from trained
    cross join lateral (
        select id from whoop_record_cycle
        where user_id = :who and deleted_at is null
          and start_at <= trained.start_at
          and start_at >= trained.start_at - cast(:reach as interval)
        offset 0
    ) begun
    where trained.start_at - cast(:reach as interval) < :since or trained.start_at >= :until
), newest as (
    (select start_at as at, timezone_offset, cast(null as timestamptz) as changes_at from whoop_record_cycle
     where user_id = :who and deleted_at is null and start_at <= :now and (select is_shown from member)
     order by start_at desc limit 1)
    union all
    (select end_at, timezone_offset, null from whoop_record_sleep
     where user_id = :who and deleted_at is null and end_at <= :now and (select is_shown from member)
     order by end_at desc limit 1)
    union all -- one that goes on is another observation at every moment
    (select least(end_at, :now), timezone_offset, case when end_at > :now then cast(:now as timestamptz) end from whoop_record_workout
     where user_id = :who and deleted_at is null and start_at <= :now and (select is_shown from member)
     order by start_at desc limit 1)
    union all
    (select null, null, start_at from whoop_record_cycle
     where user_id = :who and deleted_at is null and start_at > :now and (select is_shown from member)
     order by start_at limit 1)
    union all
    (select null, null, end_at from whoop_record_sleep
     where user_id = :who and deleted_at is null and end_at > :now and (select is_shown from member)
     order by end_at limit 1)
    union all
    (select null, null, start_at from whoop_record_workout
     where user_id = :who and deleted_at is null and start_at > :now and (select is_shown from member)
     order by start_at limit 1)
)
select 'member', {member} from member
union all
select 'cycle', {cycle} from known cross join lateral (
    select * from whoop_record_cycle
    where user_id = :who and id between known_id and known_id and deleted_at is null
    order by id offset 0
) cycle
union all
select 'sleep', {sleep} from known cross join lateral (
    select * from whoop_record_sleep
    where user_id = :who and cycle_id between known_id and known_id and deleted_at is null
    order by cycle_id offset 0
) sleep
union all
select 'recovery', {recovery} from known cross join lateral (
    select * from whoop_record_recovery
    where user_id = :who and cycle_id between known_id and known_id and deleted_at is null
    order by cycle_id offset 0
) recovery
union all
select 'workout', {workout} from trained
union all
select 'newest', {newest} from newest
