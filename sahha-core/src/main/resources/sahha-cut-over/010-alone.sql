--liquibase formatted sql

--changeset sahha:alone splitStatements:false rollbackSplitStatements:false
-- The triggers go that complete rows for others, and the foreign keys that ask for rows only the former service writes.
-- Columns, and the rows in them, stay. What undoes a key stands in sahha_adoption.
do $$
declare
  was record;
  changes text[] := '{}';
begin
  for was in
    select c.conrelid::regclass::text as tbl, c.conname, pg_get_constraintdef(c.oid) as def
    from pg_constraint c
    where c.conrelid in (to_regclass('scores'), to_regclass('biomarkers'), to_regclass('archetypes')) and c.contype = 'f'
    order by c.conname
  loop
    insert into sahha_adoption (undo) values (format('alter table %s add constraint %I %s%s', was.tbl, was.conname, was.def,
        case when was.def like '%NOT VALID' then '' else ' not valid' end));
    changes := changes || format('alter table %s drop constraint %I', was.tbl, was.conname);
  end loop;
  perform sahha_patiently(changes || array[
      'drop trigger if exists zz_sahha_complete_row on scores',
      'drop trigger if exists zz_sahha_complete_row on biomarkers',
      'drop trigger if exists zz_sahha_complete_row on archetypes']);
end $$;
--rollback do $$ declare t text; changes text[] := array(select undo from sahha_adoption order by position desc); begin
--rollback   foreach t in array array['scores', 'biomarkers', 'archetypes'] loop
--rollback     if not sahha_created_here(t) then
--rollback       changes := changes || format('create trigger zz_sahha_complete_row before insert or update on %I for each row execute function sahha_complete_row()', t);
--rollback     end if;
--rollback   end loop;
--rollback   perform sahha_patiently(changes);
--rollback   delete from sahha_adoption;
--rollback   perform sahha_validate_keys();
--rollback end $$;
