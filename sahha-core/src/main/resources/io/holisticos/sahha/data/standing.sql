-- The first lines of what is held of a member, of one moment and so in one statement with the rows: where the member stands, by
-- last-seen.sql, and a line for each mark. The first line has, as start_at, when the member was last seen; as end_at, when the next
-- record begins that lies in the future and may then be the newest; as source_created_at, what the newest says of itself. Ids and
-- types are cast in all lines, since the former service's tables have other types for them.
with seen as materialized (
%s
)
select 0 as line, cast(null as text) as id, cast(null as text) as name, cast(null as text) as category,
       cast(null as text) as periodicity, cast(null as text) as value, cast(null as text) as state, cast(null as text) as unit,
       seen.at as start_at,
       least(
           (select score_date_time from scores where profile_id = :who and utc_offset_seconds is not null
              and score_date_time > :now order by score_date_time limit 1),
           (select start_date_time from biomarkers where profile_id = :who and utc_offset_seconds is not null
              and start_date_time > :now order by start_date_time limit 1),
           case when seen.utc_offset_seconds is null then least(
               (select score_date_time from scores where profile_id = :who and utc_offset_seconds is null
                  and score_date_time > :now order by score_date_time limit 1),
               (select start_date_time from biomarkers where profile_id = :who and utc_offset_seconds is null
                  and start_date_time > :now order by start_date_time limit 1)) end) as end_at,
       seen.utc_offset_seconds, cast(null as date) as day, cast(null as date) as other_day,
       seen.seen_at as source_created_at, cast(null as timestamptz) as fetch_begun_at, cast(null as timestamptz) as recorded_at,
       cast(null as text) as data, cast(null as timestamptz) as created_at, cast(null as timestamptz) as updated_at,
       coalesce((select revision from sahha_member_revision where profile_id = :who), 0) as revision,
       seen.at is not null or exists (select from scores where profile_id = :who)
           or exists (select from biomarkers where profile_id = :who)
           or exists (select from archetypes where profile_id = :who) as has_rows,
       (select device_utc_offset_seconds from sahha_phone_offset where profile_id = :who) as phone_offset_seconds
from (select 1) one_line left join seen on true
union all
select 1, null, kind, span, null, null, null, null, refreshed_at, until, null, first_day, last_day, null, null, null, null, null,
       null, null, null, null
from sahha_mark where profile_id = :who
