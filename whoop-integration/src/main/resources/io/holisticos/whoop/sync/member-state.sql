/*
 * All that the planner wants to know of a member, one row for each pending event, or one row without any:
 *
 *   member  the row of the member, with what comes before this text: member-load.sql or member-save.sql
 *     |---- newest   the newest main sleep and the newest cycle
 *     |---- flags    whether there are open runs, missing records and failures, which are looked up only then; as they
 *     |              are once the member's row is locked, so that a run that was requested meanwhile is seen
 *     `---- event    the pending events, each with
 *             `---- record  when its record began, if it is stored
 */
select member.*, newest.*, event.*, record.start_at as record_start, record.cycle_id as record_cycle_id,
    flags.asked, flags.absent, flags.failing
from member
left join lateral whoop_member_flags(member.user_id, :missed) flags on true
left join lateral whoop_newest_records(member.user_id) newest on true
left join event on true
left join lateral (
    select r.start_at, r.cycle_id from whoop_record_start r
    where r.user_id = member.user_id and r.record_id = event.record_id
    limit 1) record on true
order by event.first_told_at, event.event_id
