-- Every record that can say something of a range of days, the newest observations whatever the range, and the member's revision.
-- One round trip.
--
--   cycles that begin, or whose sleep ends, in the window   = named --+
--   workouts of the window, and those in reach of a named cycle       |
--                                                     = trained --+   |
--   cycles that such a workout can lie in                         |   |
--                                                     = known  <--+---+
--   known --> cycles, their sleeps, their recoveries;  trained --> workouts
--
-- Records that lie anywhere say which day a record belongs to, so a cycle that the window names is read wholly. Nothing else can
-- change one of these days. Both joins look beyond the edges of the window only, and the second asks the index once for each
-- workout, whatever the planner expects of it.
with named as (
    select id from whoop_record_cycle
    where user_id = :who and deleted_at is null and start_at >= :since and start_at < :until
    union
    select cycle_id from whoop_record_sleep
    where user_id = :who and deleted_at is null and end_at >= :since and end_at < :until
), trained as (
    select id, start_at from whoop_record_workout
    where user_id = :who and deleted_at is null and start_at >= :since and start_at < :until
    union
    select workout.id, workout.start_at
    from named
    join whoop_record_cycle cycle on cycle.user_id = :who and cycle.id = named.id
    join whoop_record_workout workout on workout.user_id = :who and workout.deleted_at is null
        and workout.start_at >= cycle.start_at
        and workout.start_at <= cycle.start_at + cast(:reach as interval)
    where cycle.deleted_at is null
      and (cycle.start_at < :since or cycle.start_at + cast(:reach as interval) >= :until)
), known as (
    select id from named
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
    (select start_at as at, timezone_offset from whoop_record_cycle
     where user_id = :who and deleted_at is null and start_at <= :now order by start_at desc limit 1)
    union all
    (select end_at, timezone_offset from whoop_record_sleep
     where user_id = :who and deleted_at is null and end_at <= :now order by end_at desc limit 1)
    union all
    (select least(end_at, :now), timezone_offset from whoop_record_workout
     where user_id = :who and deleted_at is null and start_at <= :now order by start_at desc limit 1)
)
select 'cycle', cast(row_to_json(cycle) as text) from whoop_record_cycle cycle
where user_id = :who and deleted_at is null and id in (select id from known)
union all
select 'sleep', cast(row_to_json(sleep) as text) from whoop_record_sleep sleep
where user_id = :who and deleted_at is null and cycle_id in (select id from known)
union all
select 'recovery', cast(row_to_json(recovery) as text) from whoop_record_recovery recovery
where user_id = :who and deleted_at is null and cycle_id in (select id from known)
union all
select 'workout', cast(row_to_json(workout) as text) from whoop_record_workout workout
where user_id = :who and deleted_at is null and id in (select id from trained)
union all
select 'newest', cast(row_to_json(newest) as text) from newest
union all
select 'revision', cast(whoop_revision_of(:who) as text)
