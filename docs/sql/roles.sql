-- The three roles of the service, once for each server, as a role that may create roles. docs/postgresql-roles.md says what each is for.
-- Run again, it changes nothing. Passwords are set afterwards: \password health_owner, \password health_runtime.
do $$ begin
  if not exists (select from pg_roles where rolname = 'health_owner') then
    create role health_owner login nosuperuser nocreatedb nocreaterole;
  end if;
  if not exists (select from pg_roles where rolname = 'health_runtime') then
    create role health_runtime login nosuperuser nocreatedb nocreaterole;
  end if;
  if not exists (select from pg_roles where rolname = 'health_people') then
    create role health_people nologin nosuperuser nocreatedb nocreaterole;
  end if;
end $$;
comment on role health_owner is 'Owns the tables of unified-health and migrates them.';
comment on role health_runtime is 'Unified-health while it runs: reads and writes rows, creates and drops nothing.';
comment on role health_people is 'People who look at days, each with a role of their own that is a member of this one.';
