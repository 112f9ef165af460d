package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.twins.TwinClock;
import io.holisticos.twins.sahha.SahhaTwin;
import io.holisticos.twins.sahha.SahhaTwinOptions;
import io.holisticos.twins.whoop.WhoopApp;
import io.holisticos.twins.whoop.WhoopTwin;
import io.holisticos.twins.whoop.WhoopTwinOptions;
import io.holisticos.twins.world.Life;
import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;

/** Two processes of the service on Debian's PostgreSQL, beside both twins, with members whose first sync is done. */
final class TwoReplicas implements AutoCloseable {

    static final List<String> MEMBERS = members(4);

    final List<String> members;
    final DebianPostgres postgres;
    final Jdbi whoopDatabase;
    final List<Service> services = new ArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private World world;
    private WhoopTwin whoop;
    private SahhaTwin sahha;

    private TwoReplicas(DebianPostgres postgres, List<String> members) {
        this.postgres = postgres;
        this.members = List.copyOf(members);
        opened.add(postgres);
        whoopDatabase = Jdbi.create(postgres.dataSource("whoop"));
        for (int i = 0; i < 2; i++) {
            Service replica = new Service(postgres.url("sahha"), postgres.url("whoop"));
            services.add(replica);
            opened.add(replica);
        }
    }

    /** Not started yet: a proxy wants to know their ports first. */
    static TwoReplicas prepared() throws Exception {
        return withoutDatabases().migrated();
    }

    /** The same with so many members, and PostgreSQL's data in a folder. */
    static TwoReplicas preparedFor(int members, Path folder) throws Exception {
        return new TwoReplicas(DebianPostgres.start(binaries(), folder), members(members)).migrated();
    }

    /** Prepared on a server that holds nothing: somebody else creates the databases and migrates them before the start. */
    static TwoReplicas withoutDatabases() throws Exception {
        return new TwoReplicas(DebianPostgres.start(binaries()), MEMBERS);
    }

    private TwoReplicas migrated() throws Exception {
        try {
            for (String database : List.of("sahha", "whoop")) {
                postgres.createDatabase(database);
            }
            Migrations.update(postgres.dataSource("sahha"), Migrations.SAHHA_CHANGELOG);
            Migrations.update(postgres.dataSource("whoop"), Migrations.WHOOP_CHANGELOG);
            return this;
        } catch (Exception | AssertionError e) {
            close();
            throw e;
        }
    }

    private static Path binaries() {
        assertThat(DebianPostgres.installed())
                .as("PostgreSQL is installed (apt-get install postgresql)")
                .isPresent();
        return DebianPostgres.installed().orElseThrow();
    }

    private static List<String> members(int count) {
        return IntStream.rangeClosed(1, count).mapToObj("demo-%04d"::formatted).toList();
    }

    /** @param publicUrl where members' browsers reach the service */
    void start(String publicUrl, Map<String, String> variables) throws Exception {
        start(publicUrl, variables, TwinClock.atWallTime(1));
    }

    /** The same with twins whose time is another. */
    void start(String publicUrl, Map<String, String> variables, TwinClock clock) throws Exception {
        world = World.of(new WorldOptions(7, clock.instant(), members.size(), new Life(Duration.ofDays(10), null)));
        whoop = WhoopTwin.start(
                WhoopTwinOptions.of(WhoopApp.sandbox(publicUrl + "/api/v1/whoop/callback")), world, clock);
        opened.add(whoop::stop);
        sahha = SahhaTwin.start(SahhaTwinOptions.onPort(0), world, clock);
        opened.add(sahha::stop);
        for (Service replica : services) {
            replica.withSources(sahha.baseUrl(), whoop.baseUrl())
                    .with(Map.of(
                            "PUBLIC_URL",
                            publicUrl,
                            "SAHHA_DATABASE_USER",
                            DebianPostgres.USER,
                            "WHOOP_DATABASE_USER",
                            DebianPostgres.USER))
                    .with(variables)
                    .start();
        }
        for (Service replica : services) { // one that is not answers late, or sheds
            Service.await("ready", () -> replica.get("/health/ready").statusCode() == 200);
        }
        for (String member : members) {
            assertThat(services.get(0)
                            .connect(
                                    member, world.byUserId(member).orElseThrow().whoopUserId())
                            .statusCode())
                    .isEqualTo(200);
        }
        Service.await(
                "first syncs",
                () -> whoopDatabase.withHandle(handle -> handle.createQuery(
                                        "select count(*) from whoop_sync where kind = 'first-sync' and state <> 'done'")
                                .mapTo(Long.class)
                                .one())
                        == 0);
    }

    WhoopTwin whoop() {
        return whoop;
    }

    SahhaTwin sahha() {
        return sahha;
    }

    /** What webhooks can tell of. */
    List<Traffic.Told> told() {
        return members.stream()
                .map(member -> {
                    Person person = world.byUserId(member).orElseThrow();
                    String sleep = whoopDatabase.withHandle(
                            handle -> handle.createQuery("select cast(id as text) from whoop_sleep where user_id = :who"
                                            + " order by start_at desc limit 1")
                                    .bind("who", member)
                                    .mapTo(String.class)
                                    .one());
                    return new Traffic.Told(member, person.whoopUserId(), sleep);
                })
                .toList();
    }

    /** Traces of the webhooks that are in the database. */
    Set<String> heldWebhooks() {
        return whoopDatabase.withHandle(handle -> handle.createQuery("select trace_id from whoop_inbox")
                .mapTo(String.class)
                .collectIntoSet());
    }

    @Override
    public void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }
}
