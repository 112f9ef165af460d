--liquibase formatted sql

-- The functions that keep partitions looked a table up by its bare name, and so found a temporary one where the schema has none:
-- what its indexes call ran as the owner. Functions of triggers could be put on temporary tables, with the same end.

--changeset sahha:partitions-of-this-schema splitStatements:false rollbackSplitStatements:false
-- current_schema() is what search_path names first here, and never pg_temp.
select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

create or replace function partition_key(tbl text) returns name language plpgsql stable set search_path from current as $$
declare
  key name;
begin
  select a.attname into key
  from pg_partitioned_table p
  join pg_class rest on rest.oid = p.partdefid
  join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
  where p.partrelid = to_regclass(format('%I.%I', current_schema(), tbl)) and p.partstrat = 'r' and p.partnatts = 1
    and rest.oid = to_regclass(format('%I.%I', current_schema(), tbl || '_rest'));
  if key is null then
    raise exception '% is no table with partitions by month', tbl using errcode = 'undefined_table';
  end if;
  return key;
end $$;

create or replace function partition_attach(tbl text, part text, since timestamptz, until timestamptz) returns void
language plpgsql set search_path from current as $$
declare
  whole constant text := format('%I.%I', current_schema(), tbl);
  one_part constant text := format('%I.%I', current_schema(), part);
  one record;
begin
  for one in -- who may use the table may use the partition, which rows that are too old are deleted from
    select acl.grantee, acl.privilege_type as privilege from pg_class c, aclexplode(c.relacl) as acl
    where c.oid = to_regclass(whole) and acl.grantee <> c.relowner
  loop
    execute format('grant %s on %s to %s', one.privilege, one_part,
        case one.grantee when 0 then 'public' else one.grantee::regrole::text end);
  end loop;
  if until is null then
    execute format('alter table %s attach partition %s default', whole, one_part);
  else
    execute format('alter table %s attach partition %s for values from (%s) to (%L)', whole, one_part,
        case when since is null then 'minvalue' else quote_literal(since) end, until);
  end if;
end $$;

create or replace function partition_drop(tbl text, part text) returns void
language plpgsql security definer set search_path from current as $$
declare
  whole constant text := format('%I.%I', current_schema(), tbl);
  one_part constant text := format('%I.%I', current_schema(), part);
begin
  perform partition_key(tbl);
  if not exists (select from pg_inherits where inhparent = to_regclass(whole) and inhrelid = to_regclass(one_part))
      or part = tbl || '_rest' then
    raise exception '% is no partition by month of %', part, tbl using errcode = 'undefined_table';
  end if;
  execute format('alter table %s detach partition %s', whole, one_part);
  execute format('drop table %s', one_part);
end $$;
-- Back, the former text, hole and all: then docs/sql/grants.sql alone keeps temporary tables from the service's role.
--rollback select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
--rollback create or replace function partition_key(tbl text) returns name language plpgsql stable set search_path from current as $$
--rollback declare
--rollback   key name;
--rollback begin
--rollback   select a.attname into key
--rollback   from pg_partitioned_table p
--rollback   join pg_class rest on rest.oid = p.partdefid
--rollback   join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
--rollback   where p.partrelid = to_regclass(quote_ident(tbl)) and p.partstrat = 'r' and p.partnatts = 1 and rest.relname = tbl || '_rest';
--rollback   if key is null then
--rollback     raise exception '% is no table with partitions by month', tbl using errcode = 'undefined_table';
--rollback   end if;
--rollback   return key;
--rollback end $$;
--rollback create or replace function partition_attach(tbl text, part text, since timestamptz, until timestamptz) returns void
--rollback language plpgsql set search_path from current as $$
--rollback declare
--rollback   one record;
--rollback begin
--rollback   for one in 
--rollback     select acl.grantee, acl.privilege_type as privilege from pg_class c, aclexplode(c.relacl) as acl
--rollback     where c.oid = to_regclass(quote_ident(tbl)) and acl.grantee <> c.relowner
--rollback   loop
--rollback     execute format('grant %s on %I to %s', one.privilege, part,
--rollback         case one.grantee when 0 then 'public' else one.grantee::regrole::text end);
--rollback   end loop;
--rollback   if until is null then
--rollback     execute format('alter table %I attach partition %I default', tbl, part);
--rollback   else
--rollback     execute format('alter table %I attach partition %I for values from (%s) to (%L)', tbl, part,
--rollback         case when since is null then 'minvalue' else quote_literal(since) end, until);
--rollback   end if;
--rollback end $$;
--rollback create or replace function partition_drop(tbl text, part text) returns void
--rollback language plpgsql security definer set search_path from current as $$
--rollback begin
--rollback   perform partition_key(tbl);
--rollback   if not exists (select from pg_inherits where inhparent = to_regclass(quote_ident(tbl)) and inhrelid = to_regclass(quote_ident(part)))
--rollback       or part = tbl || '_rest' then
--rollback     raise exception '% is no partition by month of %', part, tbl using errcode = 'undefined_table';
--rollback   end if;
--rollback   execute format('alter table %I detach partition %I', tbl, part);
--rollback   execute format('drop table %I', part);
--rollback end $$;

--changeset sahha:triggers-of-the-owner splitStatements:false rollbackSplitStatements:false
-- Nobody needs the right to call a function of a trigger but who creates the trigger; whoever has it can put the function on a
-- temporary table, whose columns may be of types that call what they like.
create function withhold_trigger_functions() returns void language plpgsql as $$
declare
  one record;
begin
  for one in
    select p.oid::regprocedure as signature, acl.grantee
    from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as acl
    where p.pronamespace = current_schema()::regnamespace and p.proowner = current_user::regrole
      and p.prorettype = 'trigger'::regtype and acl.grantee <> p.proowner
  loop
    execute format('revoke execute on function %s from %s', one.signature,
        case one.grantee when 0 then 'public' else one.grantee::regrole::text end);
  end loop;
end $$;
comment on function withhold_trigger_functions is 'To be called by every migration that creates a function of a trigger: nobody else than the owner can put it on a table.';
revoke execute on function withhold_trigger_functions from public;
select withhold_trigger_functions();
--rollback drop function withhold_trigger_functions;

--changeset access:session-of-a-token
alter table browser_session add column token_kid varchar(255);
comment on column browser_session.token_kid is 'Which key of the issuer signed the token that a member''s session was begun with. Null: a version before this column began it.';
--rollback alter table browser_session drop column token_kid;
