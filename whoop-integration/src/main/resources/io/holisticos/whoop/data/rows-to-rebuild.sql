-- A page of rows beside the payloads that they were made from. Their own sealed columns come along where there are any.
select held.user_id, cast(held.{own_key} as text) as own_key, held.archive_hash, archived.payload_sealed, {sealed} as sealed
from (
    select * from {table}
    where {which}
    order by {key} fetch first {page} rows with ties
) held
left join whoop_archived_payload archived on archived.user_id = held.user_id and archived.hash = held.archive_hash
order by {key_of_held}
