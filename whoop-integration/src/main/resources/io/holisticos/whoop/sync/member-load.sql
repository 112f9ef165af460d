/* The first part of member-state.sql: the member as they are. */
with member as (
    select * from whoop_member_sync where user_id = :who
), event as (
    select pending.* from member, lateral whoop_pending_events(member.user_id, :late) pending
)
