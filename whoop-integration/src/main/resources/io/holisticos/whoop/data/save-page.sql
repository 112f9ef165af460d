-- Saves the new versions of a page, notes that its other versions were seen, and notes what the page covers. One round trip.
--
--   rows (new versions)     what is held of the same records       page (versions that are held already)
--     |                       |                                      |
--   incoming ------------> known <-------- held                    seen (rows touched)
--                            |              |                        | all?
--                          winner --------> replaced               complete --> covered, missing
--                            |              (history)
--   archived (payloads)    saved
--
-- Of all versions of a record the newest wins: by updated_at, then by the fetch that began later, then by hash. So no two orders
-- of arrival end differently. The latest fetch of any version decides whether a deletion counts. What is held under its former
-- hash is the same version and gets its present hash. RecordStore fills in what stands in braces; {coverage} is there for kinds
-- that WHOOP lists. Functions are called because the last select reads from them.
with incoming as (
    select * from json_populate_recordset(null::{table}, cast(:rows as json))
), page as materialized (
    select page.id, page.hash, page.former
    from unnest(cast(:ids as {key_type}[]), cast(:hashes as bytea[]), cast(:formers as bytea[]))
        as page(id, hash, former)
), fresh as materialized (
    select fresh.hash, fresh.former
    from unnest(cast(:freshHashes as bytea[]), cast(:freshFormers as bytea[])) as fresh(hash, former)
), archived as materialized (
    select whoop_archive_payloads(:who, '{kind}', cast(:freshHashes as bytea[]), cast(:payloads as bytea[]), :now)
), held as (
    select {own_renamed} from {table} as named
    where user_id = :who and {own_key} = any (cast(:freshIds as {key_type}[]))
), known as (
    select {own} from held union all select {own} from incoming
), winner as (
    select distinct on ({key}) {winner_columns}
    from known
    window version as (partition by {version}), record as (partition by {key})
    order by {key}, {newest}fetch_begun_at desc, archive_hash desc
), replaced as (
    insert into {table}_history ({history}, replaced_at)
    select {history_of_held}, :now
    from held join winner using ({key})
    where held.archive_hash <> winner.archive_hash
), saved as (
    insert into {table} ({own}, deleted_at)
    select {own}, {deleted_at} from winner
    on conflict ({key}) do update set {set}, deleted_at = excluded.deleted_at
), seen as (
    update {table} held
    set fetch_begun_at = greatest(held.fetch_begun_at, :begun),
        last_fetch_begun_at = greatest(held.last_fetch_begun_at, :begun),
        recorded_at = least(held.recorded_at, :now)
    from page
    where held.user_id = :who and held.{own_key} = page.id and held.archive_hash in (page.hash, page.former)
      and held.deleted_at is null
    returning 1
), complete as materialized (
    select 1 where (select count(*) from seen) = cardinality(:hashes)
){coverage}
select
    (select count(*) from winner left join held using ({key})
     where held.archive_hash is distinct from winner.archive_hash) as changed,
    (select count(*) from held join incoming using ({key})
     where {same_change} and held.archive_hash <> incoming.archive_hash) as contested,
    (select count(*) from seen) as seen,
    (select count(*) from archived) as archived{coverage_calls}
