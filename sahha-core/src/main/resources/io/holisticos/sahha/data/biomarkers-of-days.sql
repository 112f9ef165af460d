-- The biomarkers of some days, however incomplete, which sources Sahha's logs name on these days, and when its logs say there was
-- exercise. One round trip.
-- Ids and types are cast, since the former service's tables have other types for them.
select cast(id as text) as id, cast(profile_id as text) as profile_id, cast(type as text) as name,
       cast(category as text) as category, data->>'periodicity' as periodicity, data->>'value' as value, null as state,
       start_date_time as start_at, end_date_time as end_at, utc_offset_seconds, day, source_created_at, fetch_begun_at,
       recorded_at, cast(data as text) as data, created_at, updated_at, cast(null as date) as sleep_day,
       null as log_type, null as data_type, null as source
from biomarkers where profile_id = :who and day between :from and :to
union all
select null, null, null, null, null, null, null, null, null, null, day, null, null, null, null, null, null, sleep_day,
       log_type, data_type, source
from sahha_logged_source
where profile_id = :who and (day between :from and :to or sleep_day between :from and :to)
union all
select null, null, null, null, null, null, null, start_at, end_at, null, day, null, null, null, null, null, null, sleep_day,
       log_type, data_type, source
from sahha_logged_exercise where profile_id = :who and day between :from and :to
order by start_at desc, name, end_at desc, id, log_type, data_type, source
