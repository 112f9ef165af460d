package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code check}, {@code sync-status}, {@code members}, {@code quota} and {@code whoop-check} beside a service that runs, as the
 * role that it runs as, on what it wrote.
 */
class OperatorCommandsTest {

    private static final String ANNA = "demo-anna";
    private static final String CONFIG = "config.yml";
    private static final String NOWHERE = "jdbc:postgresql://localhost:1/none";

    private static House house;

    @BeforeAll
    static void open() throws Exception {
        house = House.openWith(DatabaseRoles.made().variables());
        house.connect(ANNA);
        house.connect("demo-eve");
        House.await(() -> backfillsOpen() == 0);
        assertThat(house.send("DELETE", "/api/v1/unified-health/connect/whoop/demo-eve", "")
                        .statusCode())
                .isEqualTo(204);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void syncStatusSaysOfAMemberWhatWasReadAndWhatComesNext() throws Exception {
        CommandRun lines = house.command("sync-status", CONFIG, "--user", ANNA);

        assertThat(lines.status()).as(lines.err()).isZero();
        assertThat(lines.out().lines())
                .contains("user: " + ANNA, "connection: active", "pause: none", "last error: none", "events: 0 pending")
                .anyMatch(line -> line.matches("coverage: \\S+ to 2026-11-22T\\S+"))
                .anyMatch(line -> line.startsWith("next step: "))
                .anyMatch(line -> line.startsWith("listed: cycle at 2026-11-22"));

        JsonNode member = json("sync-status", CONFIG, "--user", ANNA, "--json");
        assertThat(names(member))
                .containsExactly(
                        "user_id",
                        "whoop_user_id",
                        "state",
                        "sync",
                        "pause",
                        "last_error",
                        "failing",
                        "coverage",
                        "listed_at",
                        "runs",
                        "events",
                        "next_step",
                        "job");
        assertThat(member.path("whoop_user_id").asLong()).isEqualTo(accountOfAnna());
        assertThat(member.path("sync").asText()).isIn("waiting", "working");
        assertThat(names(member.path("listed_at"))).containsExactly("cycle", "sleep", "recovery", "workout");
        assertThat(member.path("job").path("at").asText()).startsWith("2026-11-2");
    }

    @Test
    void syncStatusSaysOfAllHowManyAreHow() throws Exception {
        CommandRun lines = house.command("sync-status", CONFIG);
        assertThat(lines.status()).as(lines.err()).isZero();
        assertThat(lines.out())
                .contains("members: 2 (stopped ", "events: 0 pending", "last read: 2026-11-22")
                .contains("user_id", "next step", ANNA);

        JsonNode all = json("sync-status", CONFIG, "--json");
        assertThat(all.path("summary").path("members").asInt()).isEqualTo(2);
        assertThat(all.path("members")).hasSize(2);
        CommandRun one = house.command("sync-status", CONFIG, "--limit", "1");
        assertThat(one.out()).contains("and 1 more");
    }

    @Test
    void syncStatusSaysThatTheSyncIsSwitchedOff() throws Exception {
        admin("PUT", "/flags/WHOOP_SYNC", "{\"enabled\":false}");
        try {
            JsonNode off = json("sync-status", CONFIG, "--user", ANNA, "--json");
            assertThat(off.path("sync").asText()).isEqualTo("switched_off");
            assertThat(off.path("next_step").path("step").asText()).isEqualTo("wait");
        } finally {
            admin("PUT", "/flags/WHOOP_SYNC", "{\"enabled\":true}");
        }
    }

    @Test
    void membersAreFoundByStateAndByEitherId() throws Exception {
        JsonNode all = json("members", CONFIG, "--json");
        assertThat(all.path("states").path("active").asInt()).isEqualTo(1);
        assertThat(all.path("states").path("revoked").asInt()).isEqualTo(1);
        assertThat(all.path("found").asInt()).isEqualTo(2);

        String account = Long.toString(accountOfAnna());
        for (String[] wanted : List.of(
                new String[] {"--user", ANNA},
                new String[] {"--whoop-user", account},
                new String[] {"--state", "active"},
                new String[] {"--state", "active", "--user", ANNA, "--whoop-user", account})) {
            CommandRun found = house.command(with(new String[] {"members", CONFIG}, wanted));
            assertThat(found.status()).as(found.err()).isZero();
            assertThat(found.out())
                    .contains("connections: 2 (active 1, revoked 1)", ANNA, account, "connected")
                    .doesNotContain("demo-eve");
        }
        JsonNode member = json("members", CONFIG, "--user", ANNA, "--json")
                .path("members")
                .path(0);
        assertThat(names(member))
                .containsExactly(
                        "user_id",
                        "whoop_user_id",
                        "arriving_whoop_user_id",
                        "state",
                        "since",
                        "reason",
                        "connected_at",
                        "scopes");
        assertThat(house.command("members", CONFIG, "--limit", "1").out()).contains("and 1 more");
        assertThat(house.command("members", CONFIG, "--state", "awaiting_profile")
                        .status())
                .as("a state that nobody is in is no mistake")
                .isZero();
    }

    @Test
    void quotaIsThatOfTheAdminPort() throws Exception {
        CommandRun lines = house.command("quota", CONFIG);
        assertThat(lines.status()).as(lines.err()).isZero();
        assertThat(lines.out())
                .contains(
                        "minute: ", " of 98 used, by others 0", "interactive", "backfill", "blocked: no", "forecast: ");

        JsonNode quota = json("quota", CONFIG, "--json");
        List<String> shown =
                new ArrayList<>(names(house.jsonOf(house.admin("GET", "/quota", "", "X-API-Key", House.KEY))));
        shown.remove("headers_ignored");
        assertThat(names(quota)).isEqualTo(shown);

        admin("POST", "/tasks/quota?action=block&window=day&for=2h", "");
        try {
            assertThat(house.command("quota", CONFIG).out()).contains("blocked: day until 2026-11-22T13:");
        } finally {
            admin("POST", "/tasks/quota?action=unblock", "");
        }
    }

    @Test
    void checkSaysALineForEachThingThatTheServiceNeeds() throws Exception {
        CommandRun lines = house.command("check", CONFIG);
        assertThat(lines.status()).as(lines.out() + lines.err()).isZero();
        assertThat(lines.out().lines().map(line -> line.replaceAll("^(\\w+ +[^:]+):.*", "$1")))
                .containsExactly(
                        "ok      configuration",
                        "ok      sahhaDatabase database",
                        "ok      sahhaDatabase migrations",
                        "ok      sahhaDatabase clock",
                        "ok      service keys",
                        "ok      whoopDatabase database",
                        "ok      whoopDatabase migrations",
                        "ok      whoopDatabase clock",
                        "ok      vault",
                        "ok      connections of sahhaDatabase and whoopDatabase",
                        "ok      credentials");

        JsonNode checked = json("check", CONFIG, "--json");
        assertThat(checked.path("ok").asBoolean()).isTrue();
        assertThat(names(checked.path("checks").path(0))).containsExactly("check", "status", "said");
    }

    @Test
    void checkEndsWithOneAndSaysWhatFailed() throws Exception {
        String empty = TestDatabase.empty().url();
        CommandRun notMigrated = house.commandWith(Map.of("WHOOP_DATABASE_URL", empty), "check", CONFIG);
        CommandRun away = house.commandWith(Map.of("SAHHA_DATABASE_URL", NOWHERE), "check", CONFIG, "--json");
        CommandRun otherKey =
                house.commandWith(Map.of("VAULT_KEY", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="), "check", CONFIG);

        assertThat(notMigrated.status()).isEqualTo(1);
        assertThat(notMigrated.out())
                .containsPattern("failed +whoopDatabase migrations: .* run whoop-db migrate config.yml");
        assertThat(notMigrated.lastLine()).contains("of 11 checks failed");
        assertThat(away.status()).isEqualTo(1);
        JsonNode checked = new ObjectMapper().readTree(away.out());
        assertThat(checked.path("ok").asBoolean()).isFalse();
        assertThat(checked.path("checks").path(1).path("status").asText()).isEqualTo("failed");
        assertThat(checked.path("checks").path(1).path("said").asText()).contains("connection refused (08001)");
        assertThat(otherKey.status()).isEqualTo(1);
        assertThat(otherKey.out()).containsPattern("failed +vault: ");
    }

    @Test
    void whoopCheckTellsAWrongSecretFromAnApplicationThatIsWell() throws Exception {
        CommandRun well = house.command("whoop-check", CONFIG);
        assertThat(well.status()).as(well.out() + well.err()).isZero();
        assertThat(well.out())
                .containsPattern("ok +credentials: WHOOP takes client id and secret")
                .containsPattern("ok +registration: ")
                .contains("redirect URL: " + house.uri("/api/v1/whoop/callback"))
                .contains("webhook URL: " + house.uri("/webhooks/whoop") + ", model version v2")
                .contains(
                        "scopes: read:recovery read:cycles read:workout read:sleep read:profile read:body_measurement\n");

        CommandRun wrong =
                house.commandWith(Map.of("WHOOP_CLIENT_SECRET", "another-client-secret"), "whoop-check", CONFIG);
        assertThat(wrong.status()).isEqualTo(1);
        assertThat(wrong.out()).containsPattern("failed +credentials: .*invalid_client.* WHOOP_CLIENT_SECRET");
        assertThat(wrong.out() + wrong.err()).doesNotContain("another-client-secret");

        CommandRun moved = house.commandWith(Map.of("PUBLIC_URL", "http://localhost:1234"), "whoop-check", CONFIG);
        assertThat(moved.status()).isEqualTo(1);
        assertThat(moved.out())
                .containsPattern("ok +credentials")
                .containsPattern("failed +registration: .*register http://localhost:1234/api/v1/whoop/callback");

        JsonNode document = json("whoop-check", CONFIG, "--json");
        assertThat(names(document)).containsExactly("ok", "checks", "dashboard");
        assertThat(document.path("dashboard").path("webhook_model_version").asText())
                .isEqualTo("v2");
    }

    @Test
    void whoopCheckNeedsNoDatabaseAndSaysThatWhoopIsAway() throws Exception {
        CommandRun away = house.commandWith(
                Map.of(
                        "SAHHA_DATABASE_URL", NOWHERE,
                        "WHOOP_DATABASE_URL", NOWHERE,
                        "WHOOP_URL", "http://localhost:1"),
                "whoop-check",
                CONFIG);

        assertThat(away.status()).isEqualTo(1);
        assertThat(away.out())
                .containsPattern("failed +credentials: WHOOP did not answer")
                .contains("redirect URL");
        assertThat(away.err()).doesNotContain("\tat ");
    }

    @Test
    void noneOfThemCallsTheDataApiOrMovesAJob() throws Exception {
        JsonNode before = json("sync-status", CONFIG, "--user", ANNA, "--json").path("job");
        long calls = dataCalls();

        for (String command : List.of("sync-status", "members", "quota", "check", "whoop-check")) {
            assertThat(house.command(command, CONFIG).status()).as(command).isZero();
        }

        assertThat(dataCalls()).isEqualTo(calls);
        assertThat(json("sync-status", CONFIG, "--user", ANNA, "--json").path("job"))
                .isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sync-status",
                "members",
                "quota",
                "access-report",
                "apikey",
                "rebuild-whoop",
                "reactivate-connections"
            })
    void aDatabaseThatIsAwayIsOneLine(String command) {
        CommandRun away = house.commandWith(
                Map.of("SAHHA_DATABASE_URL", NOWHERE, "WHOOP_DATABASE_URL", NOWHERE),
                command.equals("apikey") ? new String[] {command, "list", CONFIG} : new String[] {command, CONFIG});

        assertThat(away.status()).isEqualTo(1);
        assertThat(away.out()).isEmpty();
        assertThat(away.lastLine()).contains("database cannot be used: connection refused (08001)", "_DATABASE_URL");
        assertThat(away.err()).doesNotContain("\tat ", "Exception");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"sync-status", "members", "quota", "whoop-check", "rebuild-whoop", "reactivate-connections"})
    void withoutWhoopTheySayWhatToSet(String command) {
        CommandRun without =
                house.commandWith(Map.of("WHOOP_CLIENT_ID", "", "WHOOP_CLIENT_SECRET", ""), command, CONFIG);

        assertThat(without.status()).isEqualTo(1);
        assertThat(without.lastLine()).contains("set WHOOP_CLIENT_ID and WHOOP_CLIENT_SECRET");
    }

    @Test
    void somebodyUnknownIsAMistakeOfTheOperators() {
        for (String[] asked : List.of(
                new String[] {"sync-status", CONFIG, "--user", "nobody"},
                new String[] {"members", CONFIG, "--user", "nobody"},
                new String[] {"members", CONFIG, "--whoop-user", "1"})) {
            CommandRun unknown = house.command(asked);
            assertThat(unknown.status()).isEqualTo(1);
            assertThat(unknown.out()).isEmpty();
            assertThat(unknown.lastLine()).contains("--user");
        }
    }

    @Test
    void aWrongCommandLineEndsWithTwo() {
        for (String[] wrong : List.of(
                new String[] {"sync-status", CONFIG, "--nope"},
                new String[] {"sync-status", CONFIG, "--user", " "},
                new String[] {"sync-status", CONFIG, "--limit", "0"},
                new String[] {"members", CONFIG, "--state", "asleep"},
                new String[] {"members", CONFIG, "--whoop-user", "anna"},
                new String[] {"quota", CONFIG, "more"},
                new String[] {"rebuild-whoop", CONFIG, "--user", " "},
                new String[] {"apikey", "create", CONFIG},
                new String[] {"apikey", "rotate", CONFIG, "--id", "x", "--overlap", "long"},
                new String[] {"whoop-db", "no-such-action", CONFIG},
                new String[] {"no-such-command", CONFIG})) {
            CommandRun ended = house.command(wrong);
            assertThat(ended.status()).as(String.join(" ", wrong)).isEqualTo(2);
            assertThat(ended.lastLine()).isNotBlank();
            assertThat(ended.err()).doesNotContain("\tat ");
        }
        CommandRun missing = house.command("quota", "no-such.yml");
        assertThat(missing.status()).isEqualTo(1);
        assertThat(missing.lastLine()).isEqualTo("no such file: File no-such.yml not found");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "check",
                "sync-status",
                "members",
                "quota",
                "whoop-check",
                "access-report",
                "rebuild-whoop",
                "reactivate-connections",
                "sahha-db",
                "whoop-db"
            })
    void helpSaysWhatItDoesAndHowItEnds(String command) {
        CommandRun help = house.command(command, "--help");

        assertThat(help.status()).isZero();
        assertThat(help.out().replaceAll("\\s+", " "))
                .contains("--json", "Ends with 0", "with 2 when the command line")
                .doesNotContainPattern("\\(default: (\\w+)\\) \\(default: \\1\\)");
    }

    /** README has the commands and their options, docs/operator-commands.md the documents for scripts. */
    @Test
    void everyCommandAndOptionIsInTheDocuments() throws Exception {
        String readme = Files.readString(Path.of("../README.md"));
        String documents = Files.readString(Path.of("../docs/operator-commands.md"));
        String all = house.command("--help").out();
        List<String> missing = new ArrayList<>();
        for (String command :
                all.substring(all.indexOf('{') + 1, all.indexOf('}')).split(",")) {
            if (command.equals("server")) {
                continue;
            }
            if (!documents.contains("`" + command + "`")) {
                missing.add("docs/operator-commands.md: " + command);
            }
            Matcher option = Pattern.compile("--[a-z-]+")
                    .matcher(house.command(command, "--help").out());
            while (option.find()) {
                if (!List.of("--help", "--json").contains(option.group()) && !readme.contains(option.group())) {
                    missing.add("README.md: " + command + " " + option.group());
                }
            }
        }

        assertThat(missing).isEmpty();
    }

    private static JsonNode json(String... arguments) throws Exception {
        CommandRun run = house.command(arguments);
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out().strip().lines()).hasSize(1);
        return new ObjectMapper().readTree(run.out());
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static int backfillsOpen() {
        CommandRun all = house.command("sync-status", CONFIG, "--json");
        try {
            return new ObjectMapper()
                    .readTree(all.out())
                    .path("summary")
                    .path("backfills_open")
                    .asInt();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void admin(String method, String path, String body) {
        assertThat(house.admin(method, path, body, "X-API-Key", House.KEY, "Content-Type", "application/json")
                        .statusCode())
                .isEqualTo(200);
    }

    private static long accountOfAnna() {
        return house.world().byUserId(ANNA).orElseThrow().whoopUserId();
    }

    private static long dataCalls() {
        return house.whoop().stats().callsBelow("/developer");
    }

    private static String[] with(String[] first, String[] more) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
