package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.app.ScriptedServer.Asked;
import io.holisticos.app.ScriptedServer.Reply;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A WHOOP and a Sahha that send everything but what was agreed, through the whole service: every sync ends done or with a
 * named error, every good record beside a bad one is held, no connection ends, and no route answers 500.
 */
class HostileSourcesTest {

    private static final int AT_ONCE = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Map<String, String> TABLES = Map.of(
            ScriptedWhoop.CYCLES, "whoop_cycle",
            ScriptedWhoop.RECOVERIES, "whoop_recovery",
            ScriptedWhoop.SLEEPS, "whoop_sleep",
            ScriptedWhoop.WORKOUTS, "whoop_workout");

    private static final List<String> ROUTES = List.of(
            "/internal/data/profile/%s",
            "/internal/data/body/%s",
            "/internal/data/cycles/%s?days=7",
            "/internal/data/recovery/%s?days=7",
            "/internal/data/sleep/%s?days=30",
            "/internal/data/workouts/%s?days=30",
            "/internal/data/health/%s?days=7",
            "/internal/oauth/status/%s",
            "/api/v1/unified-health/overview/%s",
            "/api/v1/unified-health/days/%s?from=2026-11-01&to=2026-11-22",
            "/api/v1/unified-health/sources/%s",
            "/api/v1/health-metrics/overview?profile_id=%s&period=today",
            "/api/v1/health-metrics/overview?profile_id=%s&period=today&include_whoop=true",
            "/api/v1/unified-health/health/whoop",
            "/api/v1/health/detailed");

    @Test
    void aHundredPages() throws Exception {
        new Run(20_261_128L).pages(100);
    }

    @Test
    @Tag("deep")
    void fiveThousandPages() throws Exception {
        new Run(14L).pages(5_000);
    }

    /** One run of one seed. */
    private static final class Run {

        private final Hostile hostile;
        private final long seed;
        private final AtomicInteger pages = new AtomicInteger();
        private final AtomicInteger ids = new AtomicInteger(1_000_000);

        /** What has to be held: table, then member and id. */
        private final Map<String, Set<String>> good = new ConcurrentHashMap<>();

        /** The headers a good record came with, for whoever wonders where it is. */
        private final Map<String, String> servedWith = new ConcurrentHashMap<>();

        /** Sahha's ids of rows that have to be held. */
        private final Set<String> goodRows = ConcurrentHashMap.newKeySet();

        private final Set<String> failedRoutes = ConcurrentHashMap.newKeySet();
        private final List<String> members = new ArrayList<>();

        Run(long seed) {
            this.seed = seed;
            this.hostile = new Hostile(seed);
        }

        void pages(int wanted) throws Exception {
            try (ScriptedHouse house = ScriptedHouse.openConfigured(
                    Map.of("LOG_LEVEL", "WARN"), // time passes quickly here, and jobs have to keep up
                    shipped -> shipped.replace("pollingInterval: 1s", "pollingInterval: 20ms"))) {
                TABLES.keySet().forEach(list -> house.whoop().server().on(list, call -> page(list, call)));
                List.of(ScriptedSahha.SCORES, ScriptedSahha.BIOMARKERS, ScriptedSahha.ARCHETYPES)
                        .forEach(list -> house.sahha().server().on(list, call -> rows(list, call)));
                AtomicBoolean over = new AtomicBoolean();
                Thread reader = new Thread(() -> read(house, over), "reader");
                reader.start();
                try {
                    while (pages.get() < wanted) {
                        connectSome(house);
                    }
                } finally {
                    over.set(true);
                    reader.join();
                }
                await(house, members);
                assertEverySyncHasEnded(house);
                assertGoodRecordsAreHeld(house);
                assertThat(goodRows).as("rows of Sahha").isNotEmpty();
                RunningApp.await(() -> rowsHeld(house).containsAll(goodRows)); // refreshes may still be under way
                assertThat(failedRoutes).as("seed %s", seed).isEmpty();
                assertThat(count(house, "whoop_connection where state not in ('active', 'refreshing')"))
                        .as("connections that ended, seed %s", seed)
                        .isZero();
            }
        }

        private void connectSome(ScriptedHouse house) throws Exception {
            List<String> some = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                String member = "member-" + (members.size() + 1);
                while (!house.connect(member, 10_000L + members.size() + 1).has("whoop_user_id")) {
                    house.clock().advance(Duration.ofMinutes(1)); // the quota is spent, or WHOOP keeps us away
                }
                RunningApp.await(
                        () -> { // the account may be told later, when the quota allows
                            house.clock().advance(Duration.ofSeconds(5));
                            return count(
                                            house,
                                            "whoop_connection where user_id = '" + member + "' and state = 'active'")
                                    == 1;
                        });
                synchronized (members) {
                    members.add(member);
                }
                some.add(member);
            }
            await(house, some);
        }

        /** Time passes quickly, and more so while nothing happens: a header may have asked us to stay away. */
        private void await(ScriptedHouse house, List<String> some) {
            long end = System.nanoTime() + PATIENCE.toNanos();
            long step = 5;
            while (open(house).stream().anyMatch(run -> some.contains(run.split(" ")[0]))) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("after %s pages of seed %s these do not end: %s"
                            .formatted(pages, seed, String.join("\n", open(house))));
                }
                int before = pages.get();
                house.clock().advance(Duration.ofSeconds(step));
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                step = pages.get() == before ? Math.min(step * 2, 300) : 5;
            }
        }

        /** One call to a list of WHOOP: a page for the window asked for, or something else. */
        private synchronized Reply page(String list, Asked call) {
            pages.incrementAndGet();
            if (hostile.onceIn(12)) {
                return hostile.nonsense();
            }
            Instant end = Instant.parse(call.parameter("end"));
            String token = call.parameter("nextToken");
            int number = token.startsWith("p") && token.length() == 2 ? token.charAt(1) - '0' : 0;
            List<ObjectNode> whole = IntStream.range(0, 1 + hostile.upTo(6))
                    .mapToObj(i -> record(list, end.minus(Duration.ofHours(30L * (number * 6 + i + 1)))))
                    .toList();
            List<ObjectNode> spoiled = IntStream.range(0, 1 + hostile.upTo(4))
                    .mapToObj(i -> record(list, end.minus(Duration.ofHours(40L * (number * 6 + i + 1)))))
                    .toList();
            String next = number < 2 && hostile.onceIn(2) ? "p" + (number + 1) : null;
            if (hostile.onceIn(40)) {
                next = hostile.token();
            }
            Reply reply = ScriptedWhoop.page(next, hostile.list(whole, spoiled));
            String member = "member-" + (ScriptedWhoop.memberOf(call) - 10_000);
            String key = list.equals(ScriptedWhoop.RECOVERIES) ? "cycle_id" : "id";
            Set<String> held = good.computeIfAbsent(TABLES.get(list), any -> ConcurrentHashMap.newKeySet());
            Reply dressed = hostile.dressed(reply);
            whole.forEach(record -> {
                held.add(member + " " + record.path(key).asText());
                servedWith.put(
                        member + " " + record.path(key).asText(),
                        dressed.headers().toString());
            });
            return dressed;
        }

        private ObjectNode record(String list, Instant start) {
            int id = ids.incrementAndGet();
            UUID uuid = new UUID(seed, id);
            return switch (list) {
                case ScriptedWhoop.CYCLES -> ScriptedWhoop.cycle(id, start);
                case ScriptedWhoop.SLEEPS -> ScriptedWhoop.sleep(uuid, id, start);
                case ScriptedWhoop.RECOVERIES -> ScriptedWhoop.recovery(id, uuid, start);
                default -> ScriptedWhoop.workout(uuid, start);
            };
        }

        private synchronized Reply rows(String list, Asked call) {
            if (hostile.onceIn(12)) {
                return hostile.nonsense();
            }
            List<ObjectNode> whole =
                    IntStream.range(0, 3).mapToObj(i -> row(list)).toList();
            List<ObjectNode> spoiled = IntStream.range(0, 1 + hostile.upTo(4))
                    .mapToObj(i -> row(list))
                    .toList();
            whole.forEach(row -> goodRows.add(row.path("id").asText()));
            return hostile.dressed(Reply.json(hostile.list(whole, spoiled)));
        }

        private ObjectNode row(String list) {
            int id = ids.incrementAndGet();
            LocalDate day = LocalDate.parse("2026-11-22").minusDays(hostile.upTo(7));
            return switch (list) {
                case ScriptedSahha.SCORES -> ScriptedSahha.score("row-" + id, "type_" + id, 0.5, day);
                case ScriptedSahha.BIOMARKERS ->
                    ScriptedSahha.biomarker("row-" + id, "vitals", "type_" + id, "55", "bpm", day);
                default -> ScriptedSahha.archetype("row-" + id, "name_" + id, "good", day);
            };
        }

        private void read(ScriptedHouse house, AtomicBoolean over) {
            int next = 0;
            while (!over.get()) {
                String member;
                synchronized (members) {
                    member = members.isEmpty() ? "nobody" : members.get(next % members.size());
                }
                String route = ROUTES.get(next++ % ROUTES.size());
                int status = house.get(route.formatted(member)).statusCode();
                if (status == 500 || status == 502) {
                    failedRoutes.add(route + " " + status);
                }
            }
        }

        private void assertEverySyncHasEnded(ScriptedHouse house) {
            assertThat(count(house, "whoop_sync where state in ('queued', 'running')"))
                    .as("seed %s", seed)
                    .isZero();
            assertThat(count(house, "whoop_sync where state = 'failed' and error is null"))
                    .as("seed %s", seed)
                    .isZero();
            assertThat(count(house, "whoop_sync where error = 'internal'"))
                    .as("found by no reader, seed %s", seed)
                    .isZero();
        }

        private void assertGoodRecordsAreHeld(ScriptedHouse house) {
            good.forEach((table, records) -> {
                String key = table.equals("whoop_recovery") ? "cycle_id" : "id";
                Set<String> missing = new HashSet<>(records);
                missing.removeAll(house.app()
                        .whoopDatabase
                        .jdbi()
                        .withHandle(handle -> handle.createQuery("select user_id || ' ' || " + key + " from " + table)
                                .mapTo(String.class)
                                .list()));
                assertThat(missing.stream().map(record -> record + " " + servedWith.get(record)))
                        .as("%s of %s records in %s, seed %s", missing.size(), records.size(), table, seed)
                        .isEmpty();
            });
        }

        /** Which runs are open, and what keeps them. */
        private static List<String> open(ScriptedHouse house) {
            return house.app()
                    .whoopDatabase
                    .jdbi()
                    .withHandle(handle -> handle.createQuery("""
                            select concat_ws(' ', s.user_id, s.kind, s.state, s.collection, s.pages, m.pause_lane,
                                m.paused_until, m.failures, m.failure, m.failure_collection, m.stopped_at,
                                t.execution_time, t.picked, t.consecutive_failures, m.backfill_pages, m.walk_collection)
                            from whoop_sync s join whoop_member_sync m using (user_id)
                            left join scheduled_tasks t on t.task_instance = s.user_id
                            where s.state in ('queued', 'running')""")
                            .mapTo(String.class)
                            .collect(Collectors.toCollection(() -> new ArrayList<>(
                                    List.of("now " + house.clock().instant())))));
        }

        private static Set<String> rowsHeld(ScriptedHouse house) {
            return new HashSet<>(house.app()
                    .sahhaDatabase
                    .jdbi()
                    .withHandle(handle ->
                            handle.createQuery("""
                            select coalesce(data->>'sahha_id', data->>'id') from scores
                            union select coalesce(data->>'sahha_id', data->>'id') from biomarkers
                            union select coalesce(data->>'sahha_id', data->>'id') from archetypes""").mapTo(String.class).list()));
        }

        private static long count(ScriptedHouse house, String tableAndCondition) {
            return house.app()
                    .whoopDatabase
                    .jdbi()
                    .withHandle(handle -> handle.createQuery("select count(*) from " + tableAndCondition)
                            .mapTo(Long.class)
                            .one());
        }
    }
}
