-- Which sources Sahha's logs name on some days, and when its logs say there was exercise, as lines after those of standing.sql.
union all
select 4, null, log_type, data_type, null, source, null, null, null, null, null, day, sleep_day, null, null, null, null, null, null,
       null, null, null
from sahha_logged_source where profile_id = :who and (day between :from and :to or sleep_day between :from and :to)
union all
select 5, null, log_type, data_type, null, source, null, null, start_at, end_at, null, day, sleep_day, null, null, null, null, null,
       null, null, null, null
from sahha_logged_exercise where profile_id = :who and day between :from and :to
