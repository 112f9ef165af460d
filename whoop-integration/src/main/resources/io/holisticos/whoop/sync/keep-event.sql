/*
 * Keeps an event of WHOOP once, and if it is new, notes that its record is to be read:
 *
 *   owner ----> kept ----> member ----> partner ----> expected ----> pending ----> due ----> job
 *
 *   owner     whose WHOOP account it is
 *   kept      the event's row in the inbox; none for a repetition, and then nothing that follows happens
 *   member    is locked before any of their pending events, as it is when a page is saved: in any other order two of
 *             these statements could wait for each other; counting its rows makes PostgreSQL lock it first
 *   partner   the other half of a night that is pending already: both are read now
 *   expected  an event that was waited for, because its record was read together with its other half: it is used up
 *   pending   the row that says the record is to be read
 *   job       the member's job, which is moved to the moment the first of them is due
 */
with owner as materialized (
    select 1 from whoop_account_owner where whoop_user_id = :account and user_id = :who
), kept as (
    {kept}
), member as materialized (
    select whoop_member_lock(:who, :receivedAt) as is_synced where exists (select from kept)
), partner as (
    update whoop_change set due_at = least(due_at, :receivedAt), rung = 0
    where (select count(*) from member) = 1
      and user_id = :who and record_id = :record and collection = :partner and happened = 'updated'
      and :happened = 'updated' and done_at is null
    returning due_at
), expected as (
    update whoop_change set owed = false
    where (select count(*) from member) = 1 and not exists (select from partner)
      and user_id = :who and record_id = :record and collection = :collection and happened = 'updated'
      and :happened = 'updated' and owed and outcome = 'done' and done_at > :expectedSince
    returning id
), pending as (
    insert into whoop_change as held
        (user_id, collection, record_id, happened, first_told_at, told_at, due_at)
    select :who, :collection, :record, :happened, :receivedAt, :receivedAt,
        case when exists (select from partner) then cast(:receivedAt as timestamptz) else :dueAt end
    where (select count(*) from member) = 1 and not exists (select from expected)
    on conflict (user_id, collection, record_id, happened) where done_at is null
    do update set told_at = greatest(held.told_at, excluded.told_at), rung = 0, owed = false,
        due_at = case when held.rung = 0 then least(held.due_at, excluded.due_at) else excluded.due_at end
    returning due_at
), due as (
    select least((select due_at from pending), (select min(due_at) from partner)) as due_at
)
select exists (select from owner) as is_theirs, exists (select from kept) as is_new,
    case when due.due_at is not null then
        job_wake_up(:task, :who, due.due_at, case when (select is_synced from member) then due.due_at end)
    end as is_scheduled
from due
