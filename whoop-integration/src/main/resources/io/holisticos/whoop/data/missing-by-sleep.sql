-- Recoveries that a page should have shown and did not. Part of confirm-page.sql and save-page.sql.
--
--   :present (cycles on the page) --> their sleeps --> span (first and last start) --> sleeps in between --> recoveries of those
--
-- Nothing is sure beyond the first and the last sleep that the page's own recoveries are of; on the last page the window's start
-- takes the place of the first. Arrays stand where joins would do: while a table was never analyzed, the server joins everything
-- with everything.
with span as materialized (
    select min(sleep.start_at) as first, max(sleep.start_at) as last from whoop_sleep sleep
    where sleep.user_id = :who and sleep.id = any (array(
        select listed.sleep_id from {table} listed
        where listed.user_id = :who and listed.cycle_id = any (cast(:present as {key_type}[]))))
)
select cast(held.sleep_id as text) as id, {cycle_id} as cycle_id
from {table} held, complete
where held.user_id = :who and held.deleted_at is null and held.last_fetch_begun_at < :begun
  and held.cycle_id <> all (cast(:present as {key_type}[]))
  and held.sleep_id = any (array(
      select sleep.id from whoop_sleep sleep, span
      where sleep.user_id = :who and sleep.start_at < span.last
        and sleep.start_at >= case when :last then :from else span.first end))
