-- Records that start in the window that a page covers, and are not on the page. Part of confirm-page.sql and save-page.sql.
select cast(held.{id} as text) as id, {cycle_id} as cycle_id
from {table} held, complete
where held.user_id = :who and held.deleted_at is null and held.last_fetch_begun_at < :begun
  and held.start_at >= :from and held.start_at < :until
  and held.{id} <> all (cast(:present as {key_type}[]))
