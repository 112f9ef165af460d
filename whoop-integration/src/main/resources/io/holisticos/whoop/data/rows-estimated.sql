-- About how many rows a table has, by the statistics of its partitions, where it has any. They are counted where no statistics are.
select case when bool_or(reltuples < 0 and pg_relation_size(oid) > 0) then (select count(*) from {table})
    else cast(sum(greatest(reltuples, 0)) as bigint) end
from pg_class
where relkind = 'r' and (oid = cast('{table}' as regclass)
    or oid in (select inhrelid from pg_inherits where inhparent = cast('{table}' as regclass)))
