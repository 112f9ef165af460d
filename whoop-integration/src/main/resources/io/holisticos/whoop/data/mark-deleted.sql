-- A deletion yields to a fetch that began after it.
update {table} set deleted_at = :deletedAt
where user_id = :who and {id} = cast(:id as {id_type}) and last_fetch_begun_at <= :deletedAt
  and (deleted_at is null or deleted_at < :deletedAt)
