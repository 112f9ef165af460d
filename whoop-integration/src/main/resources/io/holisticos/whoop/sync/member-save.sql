/*
 * The first part of member-state.sql: the member after they were saved.
 *
 *   saved   the row that was updated; none if the account is another one by now
 *   member  that row, or else the row as it is
 *   event   the events are settled after the row is locked, and only if it was saved
 */
with saved as (
    {save}
    returning *
), member as (
    select saved.*, true as is_saved from saved
    union all
    select held.*, false from whoop_member_sync held where held.user_id = :who and not exists (select from saved)
), event as (
    select pending.* from member, lateral whoop_settle_events(
        member.user_id, case when member.is_saved then cast(:settled as json) end, :now, :late) pending
)
