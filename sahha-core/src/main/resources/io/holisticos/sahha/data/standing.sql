-- How a member stands: their revision, and, by last-seen.sql, when and where they were last seen, on a row for each mark of which
-- days were read. It is read before the rows, so that an answer never bears a revision that is newer than they are.
select sahha_revision_of(:who) as revision, last.at, last.utc_offset_seconds, mark.kind, mark.first_day, mark.last_day, mark.until
from (select 1) one_row
left join (
%s
) last on true
left join (
    select kind, coalesce(read_from, sahha_first_day(span, refreshed_at)) as first_day, sahha_last_day(span) as last_day,
           coalesce(read_until, refreshed_at) as until
    from sahha_refresh where profile_id = :who and kind in ('scores', 'biomarkers')
) mark on true
