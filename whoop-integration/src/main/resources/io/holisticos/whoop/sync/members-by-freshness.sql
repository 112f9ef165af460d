-- How many connected members were last read when. So many blocks of the table are read and no more; what is found in them stands
-- for the blocks that were not.
with table_size as (
    select greatest(1, pg_relation_size('whoop_member_sync') / current_setting('block_size')::bigint) as blocks
),
members as (
    select cycles_listed_at as read_at
    from whoop_member_sync tablesample system (least(100, 100.0 * :blocks
        / greatest(1, pg_relation_size('whoop_member_sync') / current_setting('block_size')::bigint)))
    where stopped_at is null
),
counted as (
    select
        count(*) filter (where read_at > cast(:now as timestamptz) - interval '6 hours') as within_6h,
        count(*) filter (where read_at <= cast(:now as timestamptz) - interval '6 hours'
            and read_at > cast(:now as timestamptz) - interval '24 hours') as within_24h,
        count(*) filter (where read_at <= cast(:now as timestamptz) - interval '24 hours'
            and read_at > cast(:now as timestamptz) - interval '48 hours') as within_48h,
        count(*) filter (where read_at <= cast(:now as timestamptz) - interval '48 hours') as older,
        count(*) filter (where read_at is null) as never
    from members
)
select within_6h * factor as within_6h, within_24h * factor as within_24h, within_48h * factor as within_48h,
    older * factor as older, never * factor as never
from counted, (select greatest(1, blocks / cast(:blocks as double precision)) as factor from table_size) scale
