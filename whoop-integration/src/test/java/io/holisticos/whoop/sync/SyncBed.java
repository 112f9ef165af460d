package io.holisticos.whoop.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.dropwizard.client.JerseyClientBuilder;
import io.dropwizard.client.JerseyClientConfiguration;
import io.holisticos.command.Command;
import io.holisticos.command.CommandConfiguration;
import io.holisticos.command.CommandKey;
import io.holisticos.command.Commands;
import io.holisticos.command.CommandsConfiguration;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.UserId;
import io.holisticos.jobs.Jobs;
import io.holisticos.jobs.JobsConfiguration;
import io.holisticos.outbound.Authorization;
import io.holisticos.outbound.Budget;
import io.holisticos.outbound.Call;
import io.holisticos.outbound.Outbound;
import io.holisticos.outbound.OutboundConfiguration;
import io.holisticos.outbound.Reply;
import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.whoop.EditKind;
import io.holisticos.twins.whoop.Knobs;
import io.holisticos.twins.whoop.WhoopApp;
import io.holisticos.twins.whoop.WhoopTwin;
import io.holisticos.twins.whoop.WhoopTwinOptions;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.ForbiddenCalls;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.data.Samples;
import io.holisticos.whoop.data.WhoopDayStore;
import io.holisticos.whoop.data.WhoopStore;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.RecordEvent.Happened;
import jakarta.ws.rs.client.Client;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * The twin of WHOOP, a database, and a synchronizer between them. Its jobs run by hand, in the test's thread, unless a
 * test starts threads for them; time stands still while they do.
 */
public final class SyncBed implements AutoCloseable {

    public static final Instant START = Instant.parse("2026-11-22T09:34:00Z");

    public final TwinClock clock = TwinClock.fixed(START);
    public final WhoopTwin twin;
    public final DataSource dataSource;
    public final Jdbi jdbi;
    public final WhoopStore store;
    public final WhoopDayStore reader;
    public final SyncRequests requests;
    public final SyncJobs syncJobs;
    public final AtomicBoolean enabled = new AtomicBoolean(true);
    final List<UserId> consentsLost = new CopyOnWriteArrayList<>();
    public final MetricRegistry metrics = new MetricRegistry();
    public final Commands commands;

    /** Around readings of the store. */
    public final Command readings;

    private final Map<UserId, String> tokens = new ConcurrentHashMap<>();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Client client;
    final Jobs jobs;
    private final Jobs threads;
    private @Nullable HttpServer hook;

    /** What the twin's webhooks brought. */
    final List<JsonNode> heard = new CopyOnWriteArrayList<>();

    final World world = World.of(new WorldOptions(7, START, 3));
    private final AtomicInteger backfillPermits = new AtomicInteger(Integer.MAX_VALUE);
    final MemberJob job;
    private final List<String> called = new CopyOnWriteArrayList<>();
    private final AtomicReference<Runnable> inTheAir = new AtomicReference<>();
    final AtomicReference<Duration> refused = new AtomicReference<>();

    public SyncBed() {
        try {
            twin = WhoopTwin.start(options(), world, clock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        dataSource = Samples.pool(TestDatabase.migratedBy("whoop-db/changelog.yaml"));
        jdbi = Jdbi.create(dataSource);
        Vault vault = Samples.vault(jdbi);
        store = new WhoopStore(jdbi, vault);
        reader = new WhoopDayStore(jdbi, vault);
        JerseyClientConfiguration http = new JerseyClientConfiguration();
        http.setTimeout(io.dropwizard.util.Duration.seconds(5));
        http.setConnectionTimeout(io.dropwizard.util.Duration.seconds(5));
        http.setGzipEnabled(false);
        http.setGzipEnabledForRequests(false);
        client = new JerseyClientBuilder(metrics)
                .using(executor, Samples.MAPPER)
                .using(http)
                .build("whoop");
        commands = new Commands(new CommandsConfiguration(), metrics, clock, System::nanoTime);
        readings = commands.add(
                WhoopApi.WHOOP,
                new CommandKey("WHOOP_STORE"),
                CommandConfiguration.ofStore(java.time.Duration.ofSeconds(2)));
        Outbound outbound = Outbound.to(
                WhoopApi.WHOOP, client, new OutboundConfiguration(), commands, Budget.unlimited(), bearer());
        WhoopApi api = new WhoopApi(
                        outbound,
                        URI.create(twin.baseUrl() + "/developer"),
                        Samples.MAPPER,
                        metrics,
                        new ForbiddenCalls(metrics, clock))
                .withLanes(GivenBudget::new);
        SyncContext terms = new SyncContext(
                who -> enabled.get(),
                (who, begun) -> consentsLost.add(who),
                who -> "hash-" + Integer.toHexString(who.hashCode()),
                clock,
                metrics);
        requests = new SyncRequests(jdbi, store, terms, () -> {});
        syncJobs = new SyncJobs(requests, api, terms);
        job = new MemberJob(requests.tables(), api, store, terms, who -> {});
        jobs = Jobs.byHand(dataSource, clock, syncJobs.tasks(), List.of());
        threads = Jobs.of("a-replica")
                .make(
                        dataSource,
                        JobsConfiguration.of(
                                2,
                                io.dropwizard.util.Duration.milliseconds(50),
                                io.dropwizard.util.Duration.seconds(1)),
                        clock,
                        syncJobs.tasks(),
                        syncJobs.recurringTasks());
    }

    /** Tokens that outlive every test; events go to {@link #heard}. */
    private WhoopTwinOptions options() throws IOException {
        hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hook.createContext("/", exchange -> {
            heard.add(Samples.MAPPER.readTree(exchange.getRequestBody()));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        hook.start();
        URI url = URI.create("http://127.0.0.1:" + hook.getAddress().getPort() + "/");
        Knobs.Tokens tokens = Knobs.defaults().tokens();
        return WhoopTwinOptions.of(WhoopApp.sandbox().withWebhookUrls(List.of(url)))
                .withKnobs(Knobs.defaults()
                        .with(new Knobs.Tokens(
                                Duration.ofDays(4_000),
                                Duration.ofDays(4_000),
                                tokens.codeLifetime(),
                                tokens.spentRefreshError(),
                                tokens.lostRaceStatus(),
                                tokens.stateMinimum(),
                                tokens.verifiesPkce()))
                        .with(new Knobs.Limits(1_000_000, 1_000_000, false, false)));
    }

    public void startJobs() {
        threads.start();
    }

    /** Gives the member tokens at the twin. */
    public void connect(UserId who) {
        tokens.put(who, twin.grant(who.value()).accessToken());
    }

    /** Gives the member tokens of somebody else's account. */
    void connect(UserId who, UserId whoopMember) {
        tokens.put(who, twin.grant(whoopMember.value()).accessToken());
    }

    /** Takes the tokens away on our side. */
    public void forget(UserId who) {
        tokens.remove(who);
    }

    long accountOf(UserId who) {
        return world.byUserId(who.value()).orElseThrow().whoopUserId();
    }

    /** Does in this thread what is due now, and what becomes due by it. */
    public void work() {
        while (nextJob().filter(due -> !due.isAfter(clock.instant())).isPresent()) {
            jobs.runDue();
        }
    }

    private Optional<Instant> nextJob() {
        return jobs.nextDue(1).stream().findFirst();
    }

    /** Asks for a run and does it. */
    public SyncRun work(UserId who, UUID jobId) {
        work();
        return requests.findRun(who, jobId).orElseThrow();
    }

    /** Lets time pass, and jobs run at their moments. */
    void pass(Duration span) {
        Instant end = clock.instant().plus(span);
        while (true) {
            Optional<Instant> due = nextJob().filter(moment -> !moment.isAfter(end));
            if (due.isEmpty()) {
                clock.advance(Duration.between(clock.instant(), end));
                return;
            }
            if (due.get().isAfter(clock.instant())) {
                clock.advance(Duration.between(clock.instant(), due.get()));
            }
            jobs.runDue();
        }
    }

    /** When the member's job runs next; empty when it has none. */
    Optional<Instant> nextOf(UserId who) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select execution_time from scheduled_tasks where task_instance = :who")
                        .bind("who", who.value())
                        .mapTo(Instant.class)
                        .findOne());
    }

    /** WHOOP sends an event, for the first time. */
    void tell(UserId who, RecordCollection collection, UUID record, Happened happened) {
        note(who, new RecordEvent(collection, record, happened, clock.instant()));
    }

    void tell(UserId who, RecordCollection collection, UUID record) {
        tell(who, collection, record, Happened.UPDATED);
    }

    /** WHOOP sends an event, for the first time. */
    InboxResult note(UserId who, RecordEvent event) {
        return note(received(who, event), who, event);
    }

    InboxResult note(ReceivedEvent received, UserId who, RecordEvent event) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into whoop_connection (user_id, whoop_user_id, state, scopes, token_version, connected_at,
                            recorded_at)
                        values (:who, :account, 'reauthorization_required', 'offline', 1, :now, :now)
                        on conflict (user_id) do nothing""")
                .bind("who", who.value())
                .bind("account", accountOf(who))
                .bind("now", START.atOffset(ZoneOffset.UTC))
                .execute());
        return requests.events().keep(received, who, event);
    }

    ReceivedEvent received(UserId who, RecordEvent event) {
        return new ReceivedEvent(
                UUID.randomUUID().toString(),
                event.collection().word() + '.' + event.happened().word(),
                event.recordId().toString(),
                OptionalLong.of(accountOf(who)),
                new byte[0],
                event.receivedAt());
    }

    /** Does something while a process has taken the member's job and not ended it. */
    void workedOnWhile(UserId who, Runnable meanwhile) {
        String picked = "update scheduled_tasks set picked = :picked where task_instance = :who";
        jdbi.useHandle(handle -> handle.createUpdate(picked)
                .bind("picked", true)
                .bind("who", who.value())
                .execute());
        meanwhile.run();
        jdbi.useHandle(handle -> handle.createUpdate(picked)
                .bind("picked", false)
                .bind("who", who.value())
                .execute());
    }

    /** Does something while the next call is in the air. */
    void onCall(Runnable meanwhile) {
        inTheAir.set(meanwhile);
    }

    /** Does something while the next call below that path is in the air. */
    void onCallOf(String path, Runnable meanwhile) {
        inTheAir.set(() -> {
            if (called.get(called.size() - 1).equals(path)) {
                meanwhile.run();
            } else {
                onCallOf(path, meanwhile);
            }
        });
    }

    /** Backfills find no permit. */
    public void stopBackfills() {
        letBackfillsRead(0);
    }

    /** Backfills find so many permits. */
    void letBackfillsRead(int pages) {
        backfillPermits.set(pages);
    }

    /** The member enters a workout by hand, which ended a minute ago. */
    UUID addWorkout(UserId who) {
        return UUID.fromString(String.valueOf(
                twin.edit(who.value(), EditKind.ADD_WORKOUT).orElseThrow().get("id")));
    }

    /** The member deletes the workout before so many others. */
    UUID deleteWorkout(UserId who, int older) {
        return UUID.fromString(String.valueOf(twin.edit(who.value(), EditKind.DELETE_WORKOUT, older)
                .orElseThrow()
                .get("id")));
    }

    /** The member deletes their latest workout. */
    UUID deleteWorkout(UserId who) {
        return UUID.fromString(String.valueOf(
                twin.edit(who.value(), EditKind.DELETE_WORKOUT).orElseThrow().get("id")));
    }

    /** The newest night that has its score, by id. */
    Optional<UUID> scoredNight(UserId who) {
        return records(twin.truth(who.value()), "sleeps").stream()
                .filter(sleep -> sleep.get("nap").equals(false))
                .findFirst()
                .filter(sleep -> text(sleep, "score_state").equals("SCORED"))
                .map(sleep -> UUID.fromString(text(sleep, "id")));
    }

    /** Lets time pass until the member has woken up and the night has its score. */
    UUID passUntilAwake(UserId who) {
        Set<UUID> before = nights(who);
        for (int i = 0; i < 500; i++) {
            pass(Duration.ofMinutes(5));
            Optional<UUID> night = scoredNight(who).filter(id -> !before.contains(id));
            if (night.isPresent()) {
                return night.get();
            }
        }
        throw new AssertionError("nobody sleeps so long");
    }

    private Set<UUID> nights(UserId who) {
        return records(twin.truth(who.value()), "sleeps").stream()
                .map(sleep -> UUID.fromString(text(sleep, "id")))
                .collect(Collectors.toSet());
    }

    int openChanges(UserId who) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select count(*) from whoop_change where user_id = :who and done_at is null")
                .bind("who", who.value())
                .mapTo(Integer.class)
                .one());
    }

    /** The paths below {@code /developer} that were called since the last time this was asked, ids left out. */
    List<String> calls() {
        List<String> since = List.copyOf(called);
        called.clear();
        return since;
    }

    /** Everything WHOOP has of the member, and everything held, must be the same, record by record and version by version. */
    void assertHoldsTheTruth(UserId who, Instant since) {
        Map<String, Object> truth = twin.truth(who.value());
        assertHoldsTheNights(truth, who, since);
        assertThat(held("whoop_workout", "id", who, since))
                .as("workouts")
                .isEqualTo(versions(records(truth, "workouts"), "id", workout -> moment(workout, "start"), since));
    }

    /** Whatever WHOOP has not changed since that moment is held, version by version, and nothing that WHOOP has not. */
    void assertHoldsWhatWasSoAt(UserId who, Instant moment) {
        Map<String, Object> truth = twin.truth(who.value());
        assertHolds(truth, "cycles", "whoop_cycle", "id", who, moment);
        assertHolds(truth, "sleeps", "whoop_sleep", "id", who, moment);
        assertHolds(truth, "recoveries", "whoop_recovery", "sleep_id", who, moment);
        assertHolds(truth, "workouts", "whoop_workout", "id", who, moment);
    }

    private void assertHolds(
            Map<String, Object> truth, String collection, String table, String key, UserId who, Instant moment) {
        Map<String, String> held = new HashMap<>();
        jdbi.useHandle(handle -> handle.createQuery("select " + key + ", updated_at, score_state from " + table
                        + " where user_id = :who and deleted_at is null")
                .bind("who", who.value())
                .map((row, context) ->
                        held.put(row.getString(1), row.getTimestamp(2).toInstant() + " " + row.getString(3)))
                .list());
        List<Map<?, ?>> records = records(truth, collection);
        assertThat(held.keySet())
                .as("%s of %s that WHOOP has too", collection, who)
                .isSubsetOf(records.stream().map(record -> text(record, key)).collect(Collectors.toSet()));
        for (Map<?, ?> record : records) {
            if (moment(record, "updated_at").isBefore(moment)) {
                assertThat(held)
                        .as("%s of %s", collection, who)
                        .containsEntry(
                                text(record, key), moment(record, "updated_at") + " " + text(record, "score_state"));
            }
        }
    }

    /** As {@link #assertHoldsTheTruth}, workouts left out: nobody told of them. */
    void assertHoldsTheNights(UserId who) {
        assertHoldsTheNights(twin.truth(who.value()), who, Instant.EPOCH);
    }

    private void assertHoldsTheNights(Map<String, Object> truth, UserId who, Instant since) {
        Map<String, Instant> starts = new HashMap<>();
        records(truth, "sleeps").forEach(sleep -> starts.put(text(sleep, "id"), moment(sleep, "start")));
        assertThat(held("whoop_cycle", "id", who, since))
                .as("cycles")
                .isEqualTo(versions(records(truth, "cycles"), "id", cycle -> moment(cycle, "start"), since));
        assertThat(held("whoop_sleep", "id", who, since))
                .as("sleeps")
                .isEqualTo(versions(records(truth, "sleeps"), "id", sleep -> moment(sleep, "start"), since));
        assertThat(heldRecoveries(who, since))
                .as("recoveries")
                .isEqualTo(versions(
                        records(truth, "recoveries"),
                        "sleep_id",
                        recovery -> Objects.requireNonNull(starts.get(text(recovery, "sleep_id"))),
                        since));
    }

    /** An open cycle is scored anew all day, so it counts as of its last reading. */
    private static List<String> versions(
            List<Map<?, ?>> records, String key, Function<Map<?, ?>, Instant> start, Instant since) {
        return records.stream()
                .filter(record -> !start.apply(record).isBefore(since))
                .map(record -> text(record, key)
                        + (record.containsKey("end") && record.get("end") == null
                                ? " open"
                                : " " + moment(record, "updated_at") + " " + text(record, "score_state")))
                .sorted()
                .toList();
    }

    private List<String> held(String table, String key, UserId who, Instant since) {
        String sql = "select " + key + ", updated_at, score_state, end_at from " + table
                + " where user_id = :who and deleted_at is null and start_at >= :since";
        return jdbi.withHandle(handle -> handle
                .createQuery(sql)
                .bind("who", who.value())
                .bind("since", since.atOffset(ZoneOffset.UTC))
                .map((row, context) -> row.getString(1)
                        + (row.getObject(4) == null
                                ? " open"
                                : " " + row.getTimestamp(2).toInstant() + " " + row.getString(3)))
                .stream()
                .sorted()
                .toList());
    }

    private List<String> heldRecoveries(UserId who, Instant since) {
        return jdbi.withHandle(handle -> handle
                .createQuery("""
                        select r.sleep_id, r.updated_at, r.score_state from whoop_recovery r
                        join whoop_sleep s on s.user_id = r.user_id and s.id = r.sleep_id
                        where r.user_id = :who and r.deleted_at is null and s.start_at >= :since""")
                .bind("who", who.value())
                .bind("since", since.atOffset(ZoneOffset.UTC))
                .map((row, context) ->
                        row.getString(1) + " " + row.getTimestamp(2).toInstant() + " " + row.getString(3))
                .stream()
                .sorted()
                .toList());
    }

    static List<Map<?, ?>> records(Map<String, Object> truth, String collection) {
        List<Map<?, ?>> records = new ArrayList<>();
        ((List<?>) Objects.requireNonNull(truth.get(collection))).forEach(record -> records.add((Map<?, ?>) record));
        return records;
    }

    static String text(Map<?, ?> record, String field) {
        return String.valueOf(record.get(field));
    }

    static Instant moment(Map<?, ?> record, String field) {
        return Instant.parse(text(record, field));
    }

    public int count(String table, UserId who) {
        return jdbi.withHandle(handle -> handle.createQuery("select count(*) from " + table + " where user_id = :who")
                .bind("who", who.value())
                .mapTo(Integer.class)
                .one());
    }

    int archivedBefore(UserId who, Instant moment) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select count(*) from whoop_archive where user_id = :who and recorded_at < :before")
                .bind("who", who.value())
                .bind("before", moment.atOffset(ZoneOffset.UTC))
                .mapTo(Integer.class)
                .one());
    }

    public int jobsOnTheList() {
        return jdbi.withHandle(
                handle -> handle.createQuery("select count(*) from scheduled_tasks where task_name = 'whoop-member'")
                        .mapTo(Integer.class)
                        .one());
    }

    private Authorization bearer() {
        return new Authorization() {
            @Override
            public Map<String, String> headers(Call call, Deadline deadline) {
                String token = tokens.get(call.who());
                if (token == null) {
                    throw new ConnectionNotFound(WhoopApi.WHOOP);
                }
                return Map.of("Authorization", "Bearer " + token);
            }

            @Override
            public boolean renew(Call call, Map<String, String> refused, Deadline deadline) {
                return false;
            }
        };
    }

    @Override
    public void close() {
        jobs.stop();
        threads.stop();
        twin.stop();
        Objects.requireNonNull(hook).stop(0);
        client.close();
        executor.shutdownNow();
        dataSource.close();
    }

    /** Grants every call, unless a test refuses. */
    private final class GivenBudget implements Budget {
        private final Lane lane;

        GivenBudget(Lane lane) {
            this.lane = lane;
        }

        @Override
        public void take(Call call) {
            Duration wait = refused.get();
            if (wait != null) {
                throw new SourceThrottled(WhoopApi.WHOOP, wait);
            }
            if (lane == Lane.BACKFILL && backfillPermits.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
                throw new SourceThrottled(WhoopApi.WHOOP, Duration.ofSeconds(20));
            }
            called.add(
                    call.uri().getPath().replaceAll("/[0-9a-f-]{8,}", "/{id}").replace("/developer/v2/", ""));
        }

        @Override
        public void learn(Call call, Reply reply) {
            Runnable meanwhile = inTheAir.getAndSet(null);
            if (meanwhile != null) {
                meanwhile.run();
            }
        }
    }
}
