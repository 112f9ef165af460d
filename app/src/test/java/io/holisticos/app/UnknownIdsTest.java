package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.app.ScriptedServer.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whoever reaches the open paths can ask for any text: what that costs, and that members notice nothing. */
class UnknownIdsTest {

    private static final List<String> PATHS = List.of(
            "/api/v1/health-metrics/overview?profile_id=%s",
            "/api/v1/health-metrics/activity?profile_id=%s",
            "/api/v1/health-metrics/sleep?profile_id=%s",
            "/api/v1/health-metrics/recovery?profile_id=%s",
            "/api/v1/health-metrics/scores?profile_id=%s",
            "/api/v1/health-metrics/biomarkers?profile_id=%s",
            "/api/v1/health-metrics/overview?period=2019-01-01&profile_id=%s",
            "/api/v1/sahha/scores?user_id=%s",
            "/api/v1/sahha/biomarkers?user_id=%s",
            "/api/v1/sahha/archetypes?user_id=%s",
            "/api/v1/unified-health/overview/%s",
            "/api/v1/unified-health/days/%s?from=2026-11-20&to=2026-11-22",
            "/api/v1/unified-health/sources/%s");

    private static ScriptedHouse house;
    private static final ExecutorService callers = Executors.newFixedThreadPool(16);

    /** Ids of one test and no other. */
    private String stranger;

    @BeforeAll
    static void open() throws Exception {
        house = ScriptedHouse.open();
    }

    @AfterAll
    static void close() throws Exception {
        callers.shutdownNow();
        house.close();
    }

    @BeforeEach
    void nobodyIsAnybody() {
        stranger = "stranger-" + UUID.randomUUID() + "-";
        house.sahha().server().on(ScriptedSahha.PROFILE + "stranger-", Reply.status(404));
    }

    @AfterEach
    void noRowIsLeft() {
        assertThat(rowsOf("sahha_profile_check", "profile_id")).isZero();
        assertThat(rowsOf("sahha_refresh", "profile_id")).isZero();
    }

    @Test
    void strangersOnEveryPathLeaveColdMembersAnsweredAndNoRowBehind() throws Exception {
        tryStrangers(500, "");
    }

    @Test
    @Tag("deep")
    void tenThousandStrangersDoNotEither() throws Exception {
        tryStrangers(10_000, "-deep");
    }

    private void tryStrangers(int many, String suffix) throws Exception {
        String byAnEarlierAnswer = "member-by-answer" + suffix;
        String byAConnection = "member-by-connection" + suffix;
        house.app()
                .sahhaDatabase
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "insert into sahha_profile_check (profile_id, known, checked_at) values (?, true, timestamptz '2026-01-01Z')",
                        byAnEarlierAnswer));
        house.connect(byAConnection, 4711 + many);
        int callsBefore = callsForStrangers();
        long begun = System.nanoTime();

        AtomicInteger next = new AtomicInteger();
        List<CompletableFuture<Void>> under = new ArrayList<>();
        for (int caller = 0; caller < 16; caller++) {
            under.add(CompletableFuture.runAsync(
                    () -> {
                        for (int i = next.getAndIncrement(); i < many; i = next.getAndIncrement()) {
                            assertThat(house.get(PATHS.get(i % PATHS.size()).formatted(stranger + i))
                                            .statusCode())
                                    .isIn(200, 404, 503);
                        }
                    },
                    callers));
        }
        for (String member : List.of(byAnEarlierAnswer, byAConnection)) {
            assertThat(house.get("/api/v1/health-metrics/overview?profile_id=" + member)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(house.json("/api/v1/unified-health/overview/" + member)
                            .at("/sources/0/status")
                            .asText())
                    .isEqualTo("ok");
        }
        CompletableFuture.allOf(under.toArray(CompletableFuture[]::new)).get();

        long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
        assertThat(callsForStrangers() - callsBefore).isLessThanOrEqualTo((int) (seconds + 2) * 5);
    }

    @Test
    void whoIsNotKnownIsNotFoundAndSahhaAskedOnce() {
        int before = callsForStrangers();
        // another test may have spent this second's part
        RunningApp.await(() -> house.get(PATHS.get(0).formatted(stranger)).statusCode() == 404);

        for (int i = 0; i < 5; i++) {
            assertThat(house.get(PATHS.get(0).formatted(stranger)).statusCode()).isEqualTo(404);
            assertThat(house.get("/api/v1/unified-health/overview/" + stranger).statusCode())
                    .isEqualTo(404);
        }

        assertThat(callsForStrangers() - before).isOne();
    }

    private static int callsForStrangers() {
        return house.sahha().server().asked(ScriptedSahha.PROFILE + "stranger-").size();
    }

    private static int rowsOf(String table, String column) {
        return house.app()
                .sahhaDatabase
                .jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select count(*) from " + table + " where " + column + " like 'stranger-%'")
                        .mapTo(Integer.class)
                        .one());
    }
}
