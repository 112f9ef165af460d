package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.ScriptedServer.Asked;
import io.holisticos.app.ScriptedServer.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lists whose pages never end. */
class PageTokensTest {

    private static final Instant NIGHT = Instant.parse("2026-11-21T22:00:00Z");
    private static final Instant LAST_MONTH = RunningApp.START.minus(Duration.ofDays(31));

    private static ScriptedHouse house;
    private static long accounts = 4_711;

    /** A new one for each test; those of other tests may still be tried. */
    private final long account = accounts++;

    private final String member = "member-" + account;

    @BeforeAll
    static void open() throws Exception {
        house = ScriptedHouse.open();
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @AfterEach
    void nobodyHasAnything() {
        ScriptedWhoop.LISTS.forEach(list -> house.whoop().has(list));
    }

    static Stream<String> lists() {
        return ScriptedWhoop.LISTS.stream();
    }

    @ParameterizedTest
    @MethodSource("lists")
    void aCircleEndsTheFirstSyncWithAnErrorThatNamesItAndTheOtherListsAreRead(String list) throws Exception {
        has(ScriptedWhoop.CYCLES, ScriptedWhoop.cycle(1, NIGHT));
        has(ScriptedWhoop.WORKOUTS, ScriptedWhoop.workout(UUID.randomUUID(), NIGHT));
        house.whoop().server().on(list, circle(2, this::isMine));

        house.connect(member, account);
        JsonNode run = over("first-sync");

        assertThat(run.path("state").asText()).isEqualTo("failed");
        assertThat(run.path("error").asText()).isEqualTo("page_token_repeated");
        assertThat(run.path("stage").asText()).isEqualTo(stageOf(list));
        assertThat(firstLooks(list))
                .as("the first sync and whatever looked again")
                .isLessThan(5);
        if (!list.equals(ScriptedWhoop.WORKOUTS)) {
            assertThat(count("whoop_workout")).isOne();
        }
        if (!list.equals(ScriptedWhoop.CYCLES)) {
            assertThat(count("whoop_cycle")).isOne();
        }
        assertThat(house.json("/internal/oauth/status/" + member).path("status").asText())
                .isEqualTo("active");
    }

    @Test
    void whatThePagesOfACircleShowIsKept() throws Exception {
        AtomicInteger page = new AtomicInteger();
        house.whoop().server().on(ScriptedWhoop.WORKOUTS, call -> {
            if (!isMine(call)) {
                return ScriptedWhoop.page(null);
            }
            String token = call.parameter("nextToken").equals("A") ? "B" : "A";
            Instant start = NIGHT.minus(Duration.ofHours(page.incrementAndGet()));
            UUID id = UUID.nameUUIDFromBytes(call.parameter("nextToken").getBytes(StandardCharsets.UTF_8));
            return ScriptedWhoop.page(token, ScriptedWhoop.workout(id, start));
        });

        house.connect(member, account);
        over("first-sync");

        assertThat(count("whoop_workout")).isEqualTo(3);
    }

    @Test
    void everNewTokensEndAtTheLimit() throws Exception {
        AtomicInteger pages = new AtomicInteger();
        house.whoop()
                .server()
                .on(
                        ScriptedWhoop.SLEEPS,
                        call -> ScriptedWhoop.page(isMine(call) ? "t" + pages.incrementAndGet() : null));

        house.connect(member, account);
        JsonNode run = over("first-sync");

        assertThat(run.path("error").asText()).isEqualTo("too_many_pages");
        assertThat(run.path("stage").asText()).isEqualTo("sleeps");
        assertThat(pages).hasValueLessThan(100);
    }

    @Test
    @Tag("deep")
    void aCircleLongerThanALifeOfTheProcessIsFoundToo() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        house.whoop().server().on(ScriptedWhoop.CYCLES, call -> {
            Reply page = circle(40, this::isMine).reply(call);
            if (!isMine(call)) {
                return page;
            }
            int number = calls.incrementAndGet();
            boolean ends = number % 13 == 0 && number <= 39; // and the process with it
            return ends ? page.in(ScriptedServer.Manner.HANGING) : page;
        });

        house.connect(member, account);
        for (int life = 1; life <= 3; life++) {
            int lives = life;
            await(() -> calls.get() >= 13 * lives);
            house.app().restart();
            await(() -> calls.get() > 13 * lives);
        }
        RunningApp.await(() -> house.isOver(member, "first-sync")); // time stands still: the list is not tried again
        JsonNode run = over("first-sync");

        assertThat(run.path("error").asText()).isEqualTo("page_token_repeated");
        assertThat(calls).as("40 pages, and one more for each life").hasValueLessThan(50);
    }

    @Test
    void aCircleInTheYearsBeforeEndsTheBackfillAndAskingForASyncBeginsItAnew() throws Exception {
        Predicate<Asked> further =
                call -> isMine(call) && Instant.parse(call.parameter("end")).isBefore(LAST_MONTH.plusSeconds(172_800));
        house.whoop().server().on(ScriptedWhoop.SLEEPS, circle(3, further));
        house.whoop()
                .server()
                .on(
                        ScriptedWhoop.WORKOUTS,
                        call -> further.test(call)
                                ? ScriptedWhoop.page(
                                        null, ScriptedWhoop.workout(UUID.randomUUID(), LAST_MONTH.minusSeconds(7_200)))
                                : ScriptedWhoop.page(null));

        house.connectAndSync(member, account);
        JsonNode run = over("backfill");

        assertThat(house.stateOf(member, "first-sync")).isEqualTo("done");
        assertThat(run.path("error").asText()).isEqualTo("page_token_repeated");
        assertThat(run.path("stage").asText()).isEqualTo("sleeps");
        assertThat(count("whoop_workout")).as("read beside it").isOne();

        house.whoop().has(ScriptedWhoop.SLEEPS);
        house.app().send("POST", "/internal/sync/" + member, "");
        await(() -> house.stateOf(member, "backfill").equals("done"));
    }

    @Test
    @Tag("deep")
    void aCircleFoundAtNightIsBounded() throws Exception {
        house.whoop()
                .server()
                .on(
                        ScriptedWhoop.CYCLES,
                        call -> // a member who wears the strap
                        ScriptedWhoop.page(
                                null,
                                ScriptedWhoop.cycle(7, house.clock().instant().minusSeconds(36_000))));
        house.connectAndSync(member, account);
        await(() -> house.isOver(member, "backfill"));
        house.whoop().server().on(ScriptedWhoop.WORKOUTS, circle(2, this::isMine));
        long before = mine(ScriptedWhoop.WORKOUTS).count();

        for (int hour = 0; hour < 48; hour++) {
            house.clock().advance(Duration.ofHours(1));
            RunningApp.await(() -> dueJobs() == 0);
        }

        assertThat(mine(ScriptedWhoop.WORKOUTS).count() - before).isBetween(3L, 48 * 3L + 10);
    }

    private long dueJobs() {
        return house.app()
                .whoopDatabase
                .jdbi()
                .withHandle(handle -> handle.createQuery("""
                        select count(*) from scheduled_tasks
                        where task_name = 'whoop-member' and task_instance = :who and (picked or execution_time <= :now)""")
                        .bind("who", member)
                        .bind("now", house.clock().instant().atOffset(ZoneOffset.UTC))
                        .mapTo(Long.class)
                        .one());
    }

    /** Pages without records, named 1 to {@code length}, the last of which leads to 1 again. */
    private static ScriptedServer.Script circle(int length, Predicate<Asked> where) {
        return call -> {
            String token = call.parameter("nextToken");
            int next = token.isEmpty() ? 1 : Integer.parseInt(token.substring(1)) % length + 1;
            return ScriptedWhoop.page(where.test(call) ? "p" + next : null);
        };
    }

    private void has(String list, JsonNode... records) {
        house.whoop().has(list, records);
    }

    private boolean isMine(Asked call) {
        return ScriptedWhoop.memberOf(call) == account;
    }

    private Stream<Asked> mine(String list) {
        return house.whoop().server().asked().stream()
                .filter(call -> call.path().equals(list) && isMine(call));
    }

    private long firstLooks(String list) {
        return mine(list).filter(call -> call.parameter("nextToken").isEmpty()).count();
    }

    /** The run when it is over; time passes quickly until then. */
    private JsonNode over(String kind) {
        await(() -> house.isOver(member, kind));
        String jobId = house.app()
                .whoopDatabase
                .jdbi()
                .withHandle(handle -> handle.createQuery("""
                        select cast(job_id as text) from whoop_sync where user_id = :who and kind = :kind
                        order by requested_at desc limit 1""")
                        .bindMap(Map.of("who", member, "kind", kind))
                        .mapTo(String.class)
                        .one());
        return house.json("/internal/sync/" + member + "/" + jobId);
    }

    private void await(BooleanSupplier holds) {
        RunningApp.await(() -> {
            house.clock().advance(Duration.ofSeconds(5));
            return holds.getAsBoolean();
        });
    }

    private long count(String table) {
        return house.app()
                .whoopDatabase
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from " + table + " where user_id = :who")
                        .bind("who", member)
                        .mapTo(Long.class)
                        .one());
    }

    private static String stageOf(String list) {
        return switch (list) {
            case ScriptedWhoop.CYCLES -> "cycles";
            case ScriptedWhoop.RECOVERIES -> "recoveries";
            case ScriptedWhoop.SLEEPS -> "sleeps";
            default -> "workouts";
        };
    }
}
