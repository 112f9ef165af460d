-- Complete rows that start on some days, newest first, as lines after those of standing.sql.
union all
(select 6, cast(id as text), name, category, periodicity, value, state, null, start_at, end_at, utc_offset_seconds, day, null,
        source_created_at, fetch_begun_at, recorded_at, data, created_at, updated_at, null, null, null
from (
    select distinct on (%2$s start_at, end_at) * from (%1$s and jsonb_typeof(data) = 'object'
        and day between coalesce(cast(:from as date), date '0001-01-01')
            and coalesce(cast(:to as date) + 400, date '9999-12-31')) found
    where name is not null and start_at between timestamptz '0001-01-02 00:00:00Z'
          and timestamptz '9999-12-30 00:00:00Z' and created_at is not null and updated_at is not null %3$s
      and (cast(:from as date) is null or (start_at at time zone 'UTC'
          + make_interval(secs => coalesce(utc_offset_seconds, 0)))::date >= :from)
      and (cast(:to as date) is null or (start_at at time zone 'UTC'
          + make_interval(secs => coalesce(utc_offset_seconds, 0)))::date <= :to)
    order by %2$s start_at, end_at, updated_at desc, created_at desc, id
) newest
order by start_at desc, name, end_at desc, id limit :limit)
order by line, start_at desc, name, end_at desc, id
