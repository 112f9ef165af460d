--liquibase formatted sql

--changeset sahha:partition-functions splitStatements:false rollbackSplitStatements:false
-- Makes a table one that is partitioned by months, and back. What was a table becomes the partition for whatever no other is there
-- for: nothing is copied, and nothing is read. The service makes the months (MonthlyPartitions): it knows what time it is.
create function sahha_partition_now(tbl text, by_column text) returns void language plpgsql as $$
declare
  rest constant text := tbl || '_rest';
  was oid;
  comment_of constant text := obj_description(to_regclass(tbl), 'pg_class');
  afterwards text[] := '{}';
  one record;
  step text;
begin
  execute format('lock table only %I in access exclusive mode', tbl);
  was := to_regclass(tbl);
  for one in -- views go by the table and not by its name
    select distinct c.oid, c.reloptions from pg_depend d join pg_rewrite r on r.oid = d.objid join pg_class c on c.oid = r.ev_class
    where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = was and c.relkind = 'v'
  loop
    afterwards := afterwards || format('create or replace view %s %s as %s', one.oid::regclass,
        'with (' || array_to_string(one.reloptions, ', ') || ')', pg_get_viewdef(one.oid));
  end loop;
  for one in
    select acl.grantee, acl.privilege_type as privilege, acl.is_grantable from pg_class c, aclexplode(c.relacl) as acl
    where c.oid = was and acl.grantee <> c.relowner
  loop
    afterwards := afterwards || format('grant %s on %I to %s%s', one.privilege, tbl,
        case one.grantee when 0 then 'public' else one.grantee::regrole::text end,
        case when one.is_grantable then ' with grant option' else '' end);
  end loop;
  for one in
    select i.indexrelid as id, c.relname as name, pg_get_indexdef(i.indexrelid) as def, k.conname, pg_get_constraintdef(k.oid) as key,
           not i.indisunique or a.attnum = any (i.indkey::int2[]) as is_of_all
    from pg_index i join pg_class c on c.oid = i.indexrelid
    join pg_attribute a on a.attrelid = was and a.attname = by_column
    left join pg_constraint k on k.conindid = i.indexrelid and k.conrelid = was and k.contype in ('p', 'u')
    where i.indrelid = was order by 2
  loop
    execute format('alter index %I rename to %I', one.name, one.name || '_rest');
    if one.is_of_all then -- a key without the time is one of each partition
      afterwards := case when one.conname is null then one.def
          else format('alter table %I add constraint %I %s', tbl, one.conname, one.key) end || afterwards;
    end if;
  end loop;
  execute format('alter table %I rename to %I', tbl, rest);
  execute format('create table %I (like %I including all excluding indexes)'
      || ' partition by range (%I)', tbl, rest, by_column);
  execute format('comment on table %I is %L', tbl, comment_of);
  execute format('comment on table %I is %L', rest, 'Rows of ' || tbl || ' of months that have no partition.');
  foreach step in array afterwards loop
    execute step;
  end loop;
  execute format('alter table %I attach partition %I default', tbl, rest);
end $$;

create function sahha_unpartition_now(tbl text) returns void language plpgsql as $$
declare
  rest text;
  partitioned oid;
  comment_of constant text := obj_description(to_regclass(tbl), 'pg_class');
  afterwards text[] := '{}';
  renamed text[] := '{}';
  one record;
  step text;
begin
  execute format('lock table %I in access exclusive mode', tbl);
  partitioned := to_regclass(tbl);
  select c.relname into strict rest from pg_partitioned_table p join pg_class c on c.oid = p.partdefid where p.partrelid = partitioned;
  for one in
    select distinct c.oid, c.reloptions from pg_depend d join pg_rewrite r on r.oid = d.objid join pg_class c on c.oid = r.ev_class
    where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = partitioned and c.relkind = 'v'
  loop
    afterwards := afterwards || format('create or replace view %s %s as %s', one.oid::regclass,
        'with (' || array_to_string(one.reloptions, ', ') || ')', pg_get_viewdef(one.oid));
  end loop;
  for one in
    select acl.grantee, acl.privilege_type as privilege, acl.is_grantable from pg_class c, aclexplode(c.relacl) as acl
    where c.oid = partitioned and acl.grantee <> c.relowner
  loop
    afterwards := afterwards || format('grant %s on %I to %s%s', one.privilege, tbl,
        case one.grantee when 0 then 'public' else one.grantee::regrole::text end,
        case when one.is_grantable then ' with grant option' else '' end);
  end loop;
  for one in
    select c.relname as name, coalesce(parent.relname, tbl || '_pkey') as was_name
    from pg_index i join pg_class c on c.oid = i.indexrelid
    left join pg_inherits h on h.inhrelid = c.oid left join pg_class parent on parent.oid = h.inhparent
    where i.indrelid = to_regclass(rest) and (parent.oid is not null or i.indisprimary)
  loop
    renamed := renamed || format('alter index %I rename to %I', one.name, one.was_name);
  end loop;
  execute format('alter table %I detach partition %I', tbl, rest);
  execute format('alter table %I drop constraint if exists %I', rest, rest || '_until');
  execute format('insert into %I select * from %I on conflict do nothing', rest, tbl);
  execute format('alter table %I rename to %I', tbl, tbl || '_gone');
  execute format('alter table %I rename to %I', rest, tbl);
  execute format('comment on table %I is %L', tbl, comment_of);
  foreach step in array afterwards loop
    execute step;
  end loop;
  execute format('drop table %I', tbl || '_gone');
  foreach step in array renamed loop
    execute step;
  end loop;
end $$;

-- Whoever waits for a table makes everybody behind it wait too. So this does not wait for long: it gives way, and tries again.
create function sahha_partition(tbl text, by_column text) returns void language plpgsql set lock_timeout = '300ms' as $$
begin
  for attempt in 1..300 loop
    begin
      perform sahha_partition_now(tbl, by_column);
      return;
    exception when lock_not_available then
      perform pg_sleep(0.2);
    end;
  end loop;
  raise exception 'table % was in use all the time: end long transactions on it, and run this again', tbl;
end $$;
comment on function sahha_partition is 'Makes a table one that is partitioned by months, in an instant. Its rows stay where they are.';

create function sahha_unpartition(tbl text) returns void language plpgsql set lock_timeout = '300ms' as $$
begin
  for attempt in 1..300 loop
    begin
      perform sahha_unpartition_now(tbl);
      return;
    exception when lock_not_available then
      perform pg_sleep(0.2);
    end;
  end loop;
  raise exception 'table % was in use all the time: end long transactions on it, and run this again', tbl;
end $$;
comment on function sahha_unpartition is 'Takes partitioning back. Rows of months are copied, which others wait for.';
--rollback drop function sahha_unpartition;
--rollback drop function sahha_partition;
--rollback drop function sahha_unpartition_now;
--rollback drop function sahha_partition_now;
