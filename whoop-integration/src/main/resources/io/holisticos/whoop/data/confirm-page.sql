-- Asks which versions of a page are held. If all are, then it notes that they were seen and what the page covers, else it
-- writes nothing. One round trip.
--
--   page (key and hash of each version)
--     |
--   same (held under that hash) --all?--> seen (rows touched) --all?--> complete --> covered, missing
--
-- A version is held under its hash or under its former one. RecordStore fills in what stands in braces; {coverage} is there for
-- kinds that WHOOP lists, and its functions are called because {coverage_calls} reads from them.
with turn as materialized (
    select pg_advisory_xact_lock(hashtextextended(:who, 0))
), page as materialized (
    select page.id, page.hash, page.former
    from turn, unnest(cast(:ids as {key_type}[]), cast(:hashes as bytea[]), cast(:formers as bytea[]))
        as page(id, hash, former)
), same as materialized (
    select held.{own_key} as id from page join {table} held
        on held.user_id = :who and held.{own_key} = page.id
            and held.archive_hash in (page.hash, page.former)
    where held.deleted_at is null
), seen as (
    update {table} held
    set fetch_begun_at = greatest(held.fetch_begun_at, :begun),
        last_fetch_begun_at = greatest(held.last_fetch_begun_at, :begun),
        recorded_at = least(held.recorded_at, :now)
    from page
    where held.user_id = :who and held.{own_key} = page.id and held.archive_hash in (page.hash, page.former)
      and held.deleted_at is null and (select count(*) from same) = cardinality(:hashes)
    returning 1
), complete as materialized (
    select 1 where (select count(*) from seen) = cardinality(:hashes)
){coverage}
select
    cast(array(select id from same) as text[]) as same,
    (select count(*) from seen) as seen{coverage_calls}
