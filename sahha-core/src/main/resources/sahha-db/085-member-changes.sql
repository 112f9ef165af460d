--liquibase formatted sql

-- Every replica keeps answers about members in memory, so whatever can alter one is told by notice_member, whoever does it: the
-- former service, operators, or a version of ours that knows none of this. A notice makes its commit wait for others that tell
-- something, so only statements that changed something do, and a transaction tells of a member once.

--changeset sahha:member-changes-functions splitStatements:false rollbackSplitStatements:false
-- As the functions of 073, they run with the rights of their owner and look for tables in this schema only.
select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

create function sahha_tell_of(members text[]) returns void language plpgsql security definer set search_path from current as $$
declare
  member text;
  transaction_id text;
begin
  if cardinality(members) = 0 then
    return;
  end if;
  if cardinality(members) > 100 then
    members := array['']; -- to forget all of them is cheaper than as many notices
  end if;
  transaction_id := pg_current_xact_id()::text; -- a setting may be older than the transaction
  foreach member in array members loop
    if coalesce(current_setting('sahha.told_of', true), '') not in (transaction_id || '/', transaction_id || '/' || member) then
      perform notice_member(member);
      perform set_config('sahha.told_of', transaction_id || '/' || member, true);
    end if;
  end loop;
end $$;
comment on function sahha_tell_of is 'Tells of these members when the transaction commits; an empty id means all. Of the one told last, and after all of anyone, not again.';

create function sahha_tell_changed() returns trigger language plpgsql security definer set search_path from current as $$
begin
  if tg_op = 'TRUNCATE' then
    perform sahha_tell_of(array['']);
  elsif tg_table_name = 'sahha_data_log' and coalesce(current_setting('sahha.writer', true), '') = 'unified-health' then
    null; -- the service knows which logs say something, and notes the days of these
  elsif tg_op = 'INSERT' then
    perform sahha_tell_of(array(select distinct profile_id::text from new_rows where profile_id is not null));
  elsif tg_op = 'DELETE' then
    perform sahha_tell_of(array(select distinct profile_id::text from old_rows where profile_id is not null));
  else -- by their texts, since not every type of the former service's columns can be compared
    perform sahha_tell_of(array(
        select distinct who from (
          (select profile_id::text as who, held::text from old_rows held
           except all select profile_id::text, held::text from new_rows held)
          union all
          (select profile_id::text, held::text from new_rows held
           except all select profile_id::text, held::text from old_rows held)) changed
        where who is not null));
  end if;
  return null;
end $$;
comment on function sahha_tell_changed is 'Tells whose rows a statement changed. A row that is the same as before tells nothing.';
--rollback drop function sahha_tell_changed;
--rollback drop function sahha_tell_of;

--changeset sahha:member-changes-triggers splitStatements:false rollbackSplitStatements:false
-- sahha_revision is among them for whatever else counts a revision.
do $$
declare
  t text;
  changes text[] := '{}';
begin
  foreach t in array array['scores', 'biomarkers', 'archetypes', 'sahha_revision', 'sahha_refresh', 'sahha_profile_check',
      'sahha_data_log'] loop
    changes := changes || array[
        format('create trigger sahha_tell_inserted after insert on %I referencing new table as new_rows'
            || ' for each statement execute function sahha_tell_changed()', t),
        format('create trigger sahha_tell_updated after update on %I referencing old table as old_rows'
            || ' new table as new_rows for each statement execute function sahha_tell_changed()', t),
        format('create trigger sahha_tell_deleted after delete on %I referencing old table as old_rows'
            || ' for each statement execute function sahha_tell_changed()', t),
        format('create trigger sahha_tell_truncated after truncate on %I'
            || ' for each statement execute function sahha_tell_changed()', t)];
  end loop;
  perform sahha_patiently(changes);
end $$;
--rollback do $$ declare t text; changes text[] := '{}'; begin
--rollback   if exists (select 1 from databasechangelog where id = 'alone' and author = 'sahha') then
--rollback     raise exception 'the cut-over was made: run sahha-cut-over rollback --count 1 first';
--rollback   end if;
--rollback   foreach t in array array['scores', 'biomarkers', 'archetypes', 'sahha_revision', 'sahha_refresh', 'sahha_profile_check',
--rollback       'sahha_data_log'] loop
--rollback     changes := changes || array[format('drop trigger if exists sahha_tell_inserted on %I', t),
--rollback       format('drop trigger if exists sahha_tell_updated on %I', t),
--rollback       format('drop trigger if exists sahha_tell_deleted on %I', t),
--rollback       format('drop trigger if exists sahha_tell_truncated on %I', t)];
--rollback   end loop;
--rollback   perform sahha_patiently(changes);
--rollback end $$;
