-- What the roles may do, in each of the two databases, as the owner of the tables (health_owner, or the role that has owned them so
-- far): after its first migration, and again whenever in doubt. Later migrations need nothing. docs/postgresql-roles.md explains it.

-- The service reads and writes the rows of all tables of this owner, and calls the functions.
do $$
declare
  one record;
begin
  execute format('grant usage on schema %I to health_runtime, health_people', current_schema());
  for one in
    select c.relname as name, c.relkind = 'S' as is_sequence from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relowner = current_user::regrole and c.relkind in ('r', 'p', 'v', 'S')
  loop
    if one.is_sequence then
      execute format('grant usage, select on sequence %I to health_runtime', one.name);
    else
      execute format('grant select, insert, update, delete on %I to health_runtime', one.name);
    end if;
  end loop;
  -- Some functions work with the rights of the owner, so nobody else may call any. Those of triggers nobody calls: who could,
  -- could put them on a table of his own.
  for one in
    select p.oid::regprocedure as signature, p.prorettype = 'trigger'::regtype as is_trigger from pg_proc p
    where p.pronamespace = current_schema()::regnamespace and p.proowner = current_user::regrole
  loop
    if one.is_trigger then
      execute format('revoke execute on function %s from public, health_runtime', one.signature);
    else
      execute format('revoke execute on function %s from public', one.signature);
      execute format('grant execute on function %s to health_runtime', one.signature);
    end if;
  end loop;
end $$;

-- The same of what later migrations make.
alter default privileges grant select, insert, update, delete on tables to health_runtime;
alter default privileges grant usage, select on sequences to health_runtime;
alter default privileges revoke execute on functions from public;
alter default privileges grant execute on functions to health_runtime;

-- Nothing of ours needs a temporary table, and in pg_temp anybody may create what only owners may elsewhere. A service beside ours
-- that needs them gets the right by its own name. Only the owner of the database can take it: another sees a warning here.
do $$ begin
  execute format('revoke temporary on database %I from public', current_database());
end $$;

-- What has run is the business of migrations.
revoke insert, update, delete on databasechangelog, databasechangeloglock from health_runtime;

-- People see the unmerged days, and nothing else: no token, no payload, no profile, no key. The views ask functions, which tell no more.
do $$
declare
  name text;
begin
  foreach name in array array['unmerged_sahha_day', 'unmerged_whoop_day'] loop
    if to_regclass(name) is not null then
      execute format('grant select on %I to health_people', name);
    end if;
  end loop;
  if to_regprocedure('whoop_local_date(timestamptz, text)') is not null then
    grant execute on function whoop_local_date(timestamptz, text) to health_people;
  end if;
  if to_regprocedure('unmerged_sahha_rows(text)') is not null then
    grant execute on function unmerged_sahha_members(), unmerged_sahha_rows(text) to health_people;
  end if;
end $$;
