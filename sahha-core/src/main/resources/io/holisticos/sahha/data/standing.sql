-- How a member stands: their revision, and, by last-seen.sql, when and where they were last seen. It is read before the rows, so
-- that an answer never bears a revision that is newer than they are.
select sahha_revision_of(:who) as revision, last.at, last.utc_offset_seconds
from (select 1) one_row
left join (
%s
) last on true
