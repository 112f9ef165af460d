-- The scores of some days, as lines after those of standing.sql.
union all
select 2, cast(id as text), cast(type as text), null, null, cast(score as text), coalesce(state, data->>'state'), null, score_date_time,
       null, utc_offset_seconds, day, null, source_created_at, fetch_begun_at, null, null, null, null, null, null, null
from scores where profile_id = :who and day %s and type is not null
