package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.database.DatabaseRole;
import io.holisticos.health.WhatFailed;
import io.holisticos.testing.TestDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The roles of docs/postgresql-roles.md: the service works as the one that it runs as, and none can do more than it says. */
class DatabaseRolesTest {

    private static final String ANNA = "demo-anna";
    private static final String OVERVIEW = "/api/v1/unified-health/overview/" + ANNA;
    private static final String DAYS = "/api/v1/unified-health/days/" + ANNA + "?from=2026-11-16&to=2026-11-22";

    private static DatabaseRoles roles;
    private static House house;

    @BeforeAll
    static void open() throws Exception {
        roles = DatabaseRoles.made();
        house = House.openWith(roles.variables());
        house.connect(ANNA);
        assertThat(house.get(OVERVIEW).statusCode()).isEqualTo(200);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    private static List<TestDatabase> both() {
        return List.of(roles.sahha(), roles.whoop());
    }

    @Test
    void theServiceReadsWritesAndHearsAsTheRoleThatItRunsAs() {
        assertThat(house.get(OVERVIEW).statusCode()).isEqualTo(200);
        assertThat(house.jsonOf(house.get(OVERVIEW)).path("enhanced_with_whoop").asBoolean())
                .isTrue();
        assertThat(house.get("/api/v1/health-metrics/overview?profile_id=" + ANNA)
                        .statusCode())
                .isEqualTo(200);
        assertThat(house.send("PUT", "/api/v1/unified-health/preferences/" + ANNA, "{\"order\":[\"sahha\",\"whoop\"]}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(house.admin("PUT", "/flags/PARALLEL_READ", "{\"enabled\":true}", "X-API-Key", House.KEY)
                        .statusCode())
                .isEqualTo(200);
        long account = house.world().byUserId(ANNA).orElseThrow().whoopUserId();
        assertThat(post(
                        "/webhooks/whoop",
                        Signed.whoopSleep(account, "as-runtime", house.clock().instant())))
                .isBetween(200, 204);
        assertThat(post("/webhooks/sahha", Signed.sahhaScore(ANNA, "as-runtime")))
                .isBetween(200, 204);
        House.await(() -> house.admin("GET", "/healthcheck", "").statusCode() == 200);
        House.await(() -> house.admin("GET", "/metrics", "")
                .body()
                .contains("\"change_notices.whoop-db.listening\":{\"value\":1}"));
    }

    @Test
    void monthsAreMadeAheadAlthoughTheServiceMayNotCreateATable() {
        Map<String, TestDatabase> tables = Map.of(
                "sahha_history", roles.sahha(), "whoop_archive", roles.whoop(), "whoop_sleep_history", roles.whoop());

        tables.forEach((table, database) -> House.await(() -> partitions(database, table) >= 5));

        tables.forEach((table, database) -> {
            Jdbi runtime = DatabaseRoles.as(database, DatabaseRoles.RUNTIME);
            assertThat(texts(
                            runtime,
                            "select distinct pg_get_userbyid(relowner) from pg_class where relname like '" + table
                                    + "_20%'"))
                    .as("who owns the months")
                    .containsExactly(DatabaseRoles.OWNER);
            String newest = texts(
                            runtime,
                            "select max(inhrelid::regclass::text) from pg_inherits where inhparent = '" + table
                                    + "'::regclass and inhrelid::regclass::text like '%\\_20%'")
                    .get(0);
            assertThat(texts(runtime, "select count(*)::text from " + newest)).hasSize(1);
        });
    }

    @Test
    void theRoleOfTheServiceCreatesChangesAndDropsNothing() throws Exception {
        for (TestDatabase database : both()) {
            Jdbi runtime = DatabaseRoles.as(database, DatabaseRoles.RUNTIME);
            String table = database == roles.sahha() ? "sahha_inbox" : "whoop_connection";
            for (String statement : List.of(
                    "create table mine (id int)",
                    "create schema mine",
                    "create function mine() returns int language sql as 'select 1'",
                    "alter table " + table + " add column mine int",
                    "drop table " + table,
                    "truncate " + table,
                    "alter table " + table + " disable trigger all",
                    "create trigger mine before insert on " + table
                            + " for each row execute function suppress_redundant_updates_trigger()",
                    "set role " + DatabaseRoles.OWNER,
                    "delete from databasechangelog",
                    "update databasechangeloglock set locked = true",
                    "select pg_read_file('/etc/hostname')",
                    "copy " + table + " to program 'cat'")) {
                refused(runtime, statement);
            }
            assertThat(DatabaseRole.moreThanNeeded(DatabaseRoles.source(database, DatabaseRoles.RUNTIME)))
                    .isEmpty();
            assertThat(DatabaseRole.moreThanNeeded(DatabaseRoles.source(database, DatabaseRoles.OWNER)))
                    .contains("the owner of its tables");
            assertThat(DatabaseRole.moreThanNeeded(database.dataSource())).contains("a superuser");
        }
    }

    @Test
    void theFunctionsThatKeepMonthsTouchNothingElse() {
        Jdbi runtime = DatabaseRoles.as(roles.whoop(), DatabaseRoles.RUNTIME);
        for (String statement : List.of(
                "select partition_drop('whoop_archive', 'whoop_archive_rest')",
                "select partition_drop('whoop_archive', 'whoop_connection')",
                "select partition_drop('whoop_archive', 'whoop_sleep_history_rest')",
                "select partition_drop('whoop_connection', 'whoop_connection')",
                "select partition_drop('pg_catalog.pg_class', 'pg_type')",
                "select partition_add('whoop_connection', null, '2027-01-01Z')",
                "select partition_add('whoop_archive', '2031-01-01Z', '2031-01-15Z')",
                "select partition_of_rest('whoop_connection', null, '2027-01-01Z')",
                "select partition_bound('whoop_connection; drop table whoop_connection', null, '2027-01-01Z')",
                "select partition_unbound('whoop_connection')",
                "select partition_attach('whoop_archive', 'whoop_connection', null, null)")) {
            assertThatThrownBy(() -> runtime.useHandle(handle -> handle.execute(statement)))
                    .as(statement)
                    .isInstanceOf(RuntimeException.class);
        }
        assertThat(texts(runtime, "select count(*)::text from whoop_connection"))
                .containsExactly("1");
    }

    @Test
    void nobodyButTheOwnerMakesTemporaryThings() {
        for (TestDatabase database : both()) {
            for (String role : List.of(DatabaseRoles.RUNTIME, DatabaseRoles.PERSON)) {
                refused(DatabaseRoles.as(database, role), "create temporary table mine (id int)");
            }
        }
    }

    @Test
    void aTemporaryTableRunsNothingAsTheOwnerWhereTheDatabaseAllowsOne() {
        for (TestDatabase database : both()) {
            temporaryThings(database, runtime -> {
                for (String statement : List.of(
                        "select partition_key('mine')",
                        "select partition_add('mine', '2027-01-01Z', '2027-02-01Z')",
                        "select partition_of_rest('mine', null, '2027-02-01Z')",
                        "select partition_bound('mine', null, '2027-02-01Z')",
                        "select partition_prove('mine')",
                        "select partition_unbound('mine')",
                        "select partition_drop('mine', 'mine_2026_11')")) {
                    assertThatThrownBy(() -> runtime.execute(statement))
                            .as(statement)
                            .hasMessageContaining("is no table with partitions by month");
                }
            });
        }
    }

    @Test
    void noFunctionOfATriggerCanBePutOnATemporaryTable() {
        for (TestDatabase database : both()) {
            List<String> functions = texts(database.jdbi(), """
                    select proname from pg_proc where pronamespace = 'public'::regnamespace and prorettype = 'trigger'::regtype
                    and prosecdef""");
            assertThat(functions).hasSizeGreaterThan(3);
            temporaryThings(
                    database,
                    runtime -> functions.forEach(function -> assertThatThrownBy(
                                    () -> runtime.execute("create trigger mine before truncate on mine_2026_11"
                                            + " for each statement execute function " + function + "()"))
                            .as(function)
                            .hasMessageContaining("permission denied for function " + function)));
        }
    }

    @Test
    void whatRunsWithTheRightsOfTheOwnerLooksForNothingInTemporarySchemasFirst() {
        for (TestDatabase database : both()) {
            assertThat(texts(database.jdbi(), """
                    select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef
                    and coalesce(array_to_string(proconfig, ' '), '') !~ 'search_path=public, pg_temp$'""")).isEmpty();
        }
    }

    /** A session of the role of the service that may make temporary things, with all it takes to be run by the owner. */
    private static void temporaryThings(TestDatabase database, HandleConsumer<RuntimeException> attack) {
        temporaryIs(database, "grant", "to");
        try {
            DatabaseRoles.as(database, DatabaseRoles.RUNTIME).useHandle(runtime -> {
                runtime.execute("""
                        create function pg_temp.mine(int) returns int language plpgsql immutable as $$
                        begin
                          if current_user = 'health_owner' then
                            raise exception 'ran as the owner';
                          end if;
                          return 1;
                        end $$""");
                runtime.execute("create temporary table mine (at timestamptz not null, v int) partition by range (at)");
                runtime.execute("create temporary table mine_rest partition of mine default");
                runtime.execute("create index on mine_rest ((v + pg_temp.mine(1)))");
                runtime.execute("create temporary table mine_2026_11 partition of mine"
                        + " for values from ('2026-11-01Z') to ('2026-12-01Z')");
                runtime.execute("grant all on mine, mine_rest, mine_2026_11 to " + DatabaseRoles.OWNER);
                attack.useHandle(runtime);
            });
        } finally {
            temporaryIs(database, "revoke", "from");
        }
    }

    private static void temporaryIs(TestDatabase database, String verb, String preposition) {
        database.jdbi()
                .useHandle(handle -> handle.execute("do $$ begin execute format('" + verb
                        + " temporary on database %I " + preposition + " " + DatabaseRoles.RUNTIME
                        + "', current_database()); end $$"));
    }

    @Test
    void peopleSeeUnmergedDaysAndNothingElse() {
        for (TestDatabase database : both()) {
            Jdbi person = DatabaseRoles.as(database, DatabaseRoles.PERSON);
            String view = database == roles.sahha() ? "unmerged_sahha_day" : "unmerged_whoop_day";
            assertThat(texts(person, "select distinct user_id from " + view)).containsExactly(ANNA);

            List<String> others = texts(DatabaseRoles.as(database, DatabaseRoles.OWNER), """
                    select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')
                    and relname not in ('unmerged_sahha_day', 'unmerged_whoop_day')""");
            assertThat(others).hasSizeGreaterThan(15);
            others.forEach(table -> refused(person, "select from " + table));
            refused(person, "delete from databasechangelog");
            refused(person, "create table mine (id int)");
            refused(person, "select notice_member('" + ANNA + "')");
            assertThat(texts(person, """
                    select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace
                    and has_function_privilege(p.oid, 'execute')"""))
                    .as("functions that people may call")
                    .isSubsetOf("whoop_local_date", "unmerged_sahha_members", "unmerged_sahha_rows");
        }
    }

    @Test
    void unmergedDaysAreThoseOfTheApi() throws Exception {
        Map<String, String> shown = new TreeMap<>();
        JsonNode days = house.jsonOf(house.get(DAYS));
        days.forEach(day -> {
            JsonNode whoop = day.path("whoop");
            if (whoop.path("cycle").hasNonNull("id")) {
                shown.put(
                        day.path("date").asText(),
                        whoop.path("cycle").path("id").asText() + " "
                                + whoop.path("sleep").path("id").asText("-") + " "
                                + whoop.path("recovery")
                                        .path("score")
                                        .path("recovery_score")
                                        .asText("-"));
            }
        });
        assertThat(shown).hasSizeGreaterThan(4);

        Map<String, String> seen = new TreeMap<>();
        DatabaseRoles.as(roles.whoop(), DatabaseRoles.PERSON)
                .useHandle(handle -> handle.createQuery("""
                        select day::text, concat(cycle_id, ' ', coalesce(sleep_id::text, '-'), ' ', coalesce(recovery_score::text, '-')) as told
                        from unmerged_whoop_day where is_primary and user_id = :who and day between '2026-11-16' and '2026-11-22'""")
                        .bind("who", ANNA)
                        .map((row, context) -> seen.put(row.getString("day"), row.getString("told")))
                        .list());

        assertThat(seen).isEqualTo(shown);
    }

    private static void refused(Jdbi role, String statement) {
        assertThatThrownBy(() -> role.useHandle(handle -> handle.execute(statement)))
                .as(statement)
                .hasStackTraceContaining("ERROR: ")
                .satisfies(e -> assertThat(WhatFailed.sqlState(e)).as(statement).contains("42501"));
    }

    private static int partitions(TestDatabase database, String table) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select count(*) from pg_inherits where inhparent = to_regclass(:table)")
                        .bind("table", table)
                        .mapTo(Integer.class)
                        .one());
    }

    private static List<String> texts(Jdbi role, String sql) {
        return role.withHandle(handle ->
                new ArrayList<>(handle.createQuery(sql).mapTo(String.class).list()));
    }

    private static int post(String path, Signed signed) {
        HttpRequest.Builder request = house.request(path).POST(BodyPublishers.ofString(signed.body()));
        signed.headers().forEach(request::header);
        return house.exchange(request).statusCode();
    }
}
