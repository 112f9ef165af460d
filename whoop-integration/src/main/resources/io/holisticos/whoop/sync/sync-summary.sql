/* How the sync of all members stands: one row of counts, as SyncSummary.java explains them. */
with member as (
    select s.stopped_at is null as is_on, coalesce(s.paused_until > :now, false) as is_paused, s.is_listed,
        exists (select from whoop_failing_read f where f.user_id = s.user_id) as is_failing
    from whoop_member_status s
)
select count(*) as members, count(*) filter (where not is_on) as stopped, count(*) filter (where is_on and is_paused) as paused,
    count(*) filter (where is_on and is_failing) as failing, count(*) filter (where is_on and not is_listed) as first_sync,
    (select count(*) from whoop_pending_event) as events_pending,
    (select min(e.due_at) from whoop_pending_event e) as next_event_at,
    (select count(*) from whoop_open_run r where r.kind <> 'backfill') as runs_open,
    (select count(*) from whoop_open_run r where r.kind = 'backfill') as backfills_open,
    (select count(*) from job_timetable t where t.task_name = :task and not t.picked and t.execution_time <= :now) as jobs_due,
    (select count(*) from job_timetable t where t.task_name = :task and t.picked) as jobs_running
from member
