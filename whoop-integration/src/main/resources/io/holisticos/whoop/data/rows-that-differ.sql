-- Derived rows that differ from what is held and was made from the same payload. Row images tell 1.0 from 1.00.
from json_populate_recordset(null::{table}, cast(:rows as json)) derived
{on} held.user_id = derived.user_id and held.{own_key} = derived.{own_key}
  and held.archive_hash = derived.archive_hash
  and record_image_ne(row({held_columns}), row({derived_columns}))
