--liquibase formatted sql

-- Answers show what was logged of a day, and their ETag follows the member's revision. So a log that somebody else than the
-- service writes, moves or deletes has to count as a change of its days, as an edit of scores and biomarkers does.

--changeset sahha:logs-by-others splitStatements:false rollbackSplitStatements:false
-- As the functions of 073, they run with the rights of their owner and look for tables in this schema only.
select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

create function sahha_note_logs() returns trigger language plpgsql security definer set search_path from current as $$
begin
  if coalesce(current_setting('sahha.writer', true), '') = 'unified-health' then
    return null; -- the service knows which logs say something, and notes the days of these
  end if;
  if tg_op = 'INSERT' then
    perform sahha_note_days(profile_id, 'edit', array_agg(distinct told.day))
    from new_rows cross join lateral (values (new_rows.day), (sleep_day)) told (day) group by profile_id;
  elsif tg_op = 'DELETE' then
    perform sahha_note_days(profile_id, 'deletion', array_agg(distinct told.day))
    from old_rows cross join lateral (values (old_rows.day), (sleep_day)) told (day) group by profile_id;
  else
    perform sahha_note_days(profile_id, 'edit', array_agg(distinct told.day))
    from ((table old_rows except table new_rows) union all (table new_rows except table old_rows)) changed
    cross join lateral (values (changed.day), (sleep_day)) told (day) group by profile_id;
  end if;
  return null;
end $$;
comment on function sahha_note_logs is 'Notes the days and sleep days of logs that others than the service changed. A log that is the same as before is no change.';

select sahha_patiently(array[
    'create trigger sahha_note_inserted after insert on sahha_data_log referencing new table as new_rows'
        || ' for each statement execute function sahha_note_logs()',
    'create trigger sahha_note_updated after update on sahha_data_log referencing old table as old_rows'
        || ' new table as new_rows for each statement execute function sahha_note_logs()',
    'create trigger sahha_note_deleted after delete on sahha_data_log referencing old table as old_rows'
        || ' for each statement execute function sahha_note_logs()',
    'create trigger sahha_note_truncated before truncate on sahha_data_log'
        || ' for each statement execute function sahha_note_all_rows()']);
--rollback drop trigger sahha_note_inserted on sahha_data_log;
--rollback drop trigger sahha_note_updated on sahha_data_log;
--rollback drop trigger sahha_note_deleted on sahha_data_log;
--rollback drop trigger sahha_note_truncated on sahha_data_log;
--rollback drop function sahha_note_logs;
