package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.sahha.SahhaTwin;
import io.holisticos.twins.sahha.SahhaTwinOptions;
import io.holisticos.twins.whoop.WhoopApp;
import io.holisticos.twins.whoop.WhoopTwin;
import io.holisticos.twins.whoop.WhoopTwinOptions;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** README's "Run it for real", word by word, with twins in the place of Sahha and WHOOP. */
@Tag("deep")
class DebiansPostgresTest {

    private static final Path ENV_EXAMPLE = Path.of("..", ".env.example");
    private static final int ENDED_BY_SIGTERM = 128 + 15;
    private static final List<String> DATABASES = List.of("sahha-db", "whoop-db");

    @Test
    void everyVariableOfTheExampleIsReadByTheConfiguration() throws Exception {
        String configuration = Files.readString(Path.of("..", "config.yml"));

        assertThat(example().keySet())
                .isNotEmpty()
                .allSatisfy(name -> assertThat(configuration).containsPattern("\\$\\{" + name + "(:-[^}]*)?}"));
    }

    @Test
    @Timeout(480)
    void runsForRealOnTheServerOfDebian() throws Exception {
        Optional<Path> binaries = DebianPostgres.installed();
        assertThat(binaries)
                .as("Debian's PostgreSQL is installed (apt-get install postgresql)")
                .isPresent();
        TwinClock clock = TwinClock.atWallTime(1);
        World world = World.of(new WorldOptions(7, clock.instant(), 0));
        try (DebianPostgres server = DebianPostgres.start(binaries.get());
                Service service = new Service(server.url("sahha"), server.url("whoop"))) {
            server.createDatabase("sahha");
            server.createDatabase("whoop");
            WhoopTwin whoop = WhoopTwin.start(WhoopTwinOptions.of(WhoopApp.sandbox(service.callback())), world, clock);
            SahhaTwin sahha = SahhaTwin.start(SahhaTwinOptions.onPort(0), world, clock);
            try {
                service.withSources(sahha.baseUrl(), whoop.baseUrl()).withDefaults(example());

                migrateBoth(service);
                service.start();
                answersBothGenerations(service);
                allChecksAreHealthy(service);
                endsAtOnce(service);
                theLastChangeSetOfEachGoesBackAndForth(service);
            } finally {
                whoop.stop();
                sahha.stop();
            }
        }
    }

    private static void migrateBoth(Service service) {
        for (String database : DATABASES) {
            assertThat(service.command(1, database, "status", "config.yml"))
                    .as(database)
                    .containsPattern("\\d+ changesets? ha(s|ve) not been applied");
            service.command(database, "migrate", "config.yml");
            isUpToDate(service, database);
        }
    }

    private static void answersBothGenerations(Service service) {
        HttpResponse<String> existing =
                service.getWithoutKey("/api/v1/health-metrics/overview?profile_id=demo-ben&period=today");
        assertThat(existing.statusCode()).as(existing.body()).isEqualTo(200);
        HttpResponse<String> unified = service.get("/api/v1/unified-health/overview/demo-ben");
        assertThat(unified.statusCode()).as(unified.body()).isEqualTo(200);
        List<String> statuses = new ArrayList<>();
        service.jsonOf(unified)
                .path("sources")
                .forEach(source -> statuses.add(source.path("status").asText()));
        assertThat(statuses).containsExactly("ok", "not_connected");
    }

    private static void allChecksAreHealthy(Service service) {
        HttpResponse<String> answer = service.admin("/healthcheck");
        JsonNode checks = service.jsonOf(answer);
        Set<String> names = new TreeSet<>();
        checks.fieldNames().forEachRemaining(names::add);
        assertThat(names).contains("sahha-db", "whoop-db", "migrations", "sahha", "whoop", "jobs");
        assertThat(checks)
                .as(answer.body())
                .allSatisfy(
                        check -> assertThat(check.path("healthy").asBoolean()).isTrue());
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    private static void endsAtOnce(Service service) {
        service.process().terminate();

        assertThat(service.process().exitStatus(Duration.ofSeconds(5))).isEqualTo(ENDED_BY_SIGTERM);
        assertThat(service.process().everything()).doesNotContain("Exception", "ERROR");
    }

    private static void theLastChangeSetOfEachGoesBackAndForth(Service service) {
        for (String database : DATABASES) {
            service.command(database, "rollback", "--count", "1", "config.yml");
            assertThat(service.command(1, database, "status", "config.yml"))
                    .as(database)
                    .containsPattern("1 changesets? ha(s|ve) not been applied");
            service.command(database, "migrate", "config.yml");
            isUpToDate(service, database);
        }
    }

    private static void isUpToDate(Service service, String database) {
        assertThat(service.command(database, "status", "config.yml")).contains("is up to date");
    }

    private static Map<String, String> example() throws Exception {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String line : Files.readAllLines(ENV_EXAMPLE)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] parts = line.split("=", 2);
                variables.put(parts[0], parts[1]);
            }
        }
        return variables;
    }
}
