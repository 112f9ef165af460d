-- How a member stands: their revision, and, by last-seen.sql, when and where they were last seen, on a row for each mark of which
-- days were read. It is read before the rows, so that an answer never bears a revision that is newer than they are.
select sahha_revision_of(:who) as revision, last.at, last.utc_offset_seconds, mark.kind, mark.first_day, mark.last_day, mark.until
from (select 1) one_row
left join (
%s
) last on true
left join sahha_read_days mark on mark.profile_id = :who
