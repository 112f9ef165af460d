package io.holisticos.app;

import io.holisticos.testing.TestDatabase;
import java.util.List;
import java.util.TreeSet;

/** What a database consists of, a line for each thing: columns, constraints, indexes, triggers and functions. */
final class Catalog {

    private static final String ALL = """
            select 'table ' || c.oid::regclass || ' ' || c.relkind::text || ' ' || coalesce(c.reloptions::text, '')
            from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'S', 'p')
            union all
            select 'view ' || viewname || ' ' || definition from pg_views where schemaname = 'public'
            union all
            select 'column ' || a.attrelid::regclass || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
                || ' not null ' || a.attnotnull || ' identity ' || a.attidentity::text || ' generated ' || a.attgenerated::text
                || ' default ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '-')
            from pg_attribute a join pg_class c on c.oid = a.attrelid
            left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
            union all
            select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
            from pg_constraint where connamespace = 'public'::regnamespace and conrelid <> 0
            union all
            select 'index ' || tablename || ' ' || indexdef from pg_indexes where schemaname = 'public'
            union all
            select 'trigger ' || tgrelid::regclass || ' ' || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
            union all
            select 'function ' || p.oid::regprocedure || ' ' || pg_get_functiondef(p.oid)
            from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prokind in ('f', 'p')
            order by 1""";

    private Catalog() {}

    /** Without Liquibase's own tables. */
    static List<String> of(TestDatabase database) {
        return database
                .jdbi()
                .withHandle(
                        handle -> handle.createQuery(ALL).mapTo(String.class).list())
                .stream()
                .filter(line -> !line.matches("(?s)\\w+ databasechangelog.*"))
                .toList();
    }

    /** What is in one of them only, each line with the sign of where it is. */
    static List<String> difference(List<String> before, List<String> after) {
        TreeSet<String> difference = new TreeSet<>();
        before.stream().filter(line -> !after.contains(line)).forEach(line -> difference.add("- " + line));
        after.stream().filter(line -> !before.contains(line)).forEach(line -> difference.add("+ " + line));
        return List.copyOf(difference);
    }
}
