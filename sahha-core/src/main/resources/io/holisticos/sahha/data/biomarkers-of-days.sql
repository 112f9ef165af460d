-- The biomarkers of some days that have all that is needed of one, as lines after those of standing.sql.
union all
select 3, cast(id as text), cast(type as text), cast(category as text), data->>'periodicity', data->>'value', null, data->>'unit',
       start_date_time, end_date_time, utc_offset_seconds, day, null, source_created_at, fetch_begun_at,
       case when recorded_at between timestamptz '0001-01-01 00:00:00Z' and timestamptz '9999-12-31 23:59:59.999999Z' then recorded_at
            else updated_at end,
       %2$s, null, null, null
from biomarkers
where profile_id = :who and day %1$s and type is not null and category is not null
  and start_date_time between timestamptz '0001-01-01 00:00:00Z' and timestamptz '9999-12-31 23:59:59.999999Z'
  and created_at between timestamptz '0001-01-01 00:00:00Z' and timestamptz '9999-12-31 23:59:59.999999Z'
  and updated_at between timestamptz '0001-01-01 00:00:00Z' and timestamptz '9999-12-31 23:59:59.999999Z'
  and jsonb_typeof(data) = 'object'
