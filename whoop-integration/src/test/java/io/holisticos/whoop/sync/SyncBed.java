package io.holisticos.whoop.sync;

import com.codahale.metrics.MetricRegistry;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import io.dropwizard.client.JerseyClientBuilder;
import io.dropwizard.client.JerseyClientConfiguration;
import io.dropwizard.util.Duration;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.UserId;
import io.holisticos.jobs.Jobs;
import io.holisticos.jobs.JobsConfiguration;
import io.holisticos.outbound.Authorization;
import io.holisticos.outbound.Budget;
import io.holisticos.outbound.Call;
import io.holisticos.outbound.Command;
import io.holisticos.outbound.CommandConfiguration;
import io.holisticos.outbound.CommandKey;
import io.holisticos.outbound.Commands;
import io.holisticos.outbound.CommandsConfiguration;
import io.holisticos.outbound.Outbound;
import io.holisticos.outbound.OutboundConfiguration;
import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.whoop.WhoopApp;
import io.holisticos.twins.whoop.WhoopTwin;
import io.holisticos.twins.whoop.WhoopTwinOptions;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.data.Samples;
import io.holisticos.whoop.data.WhoopDayStore;
import io.holisticos.whoop.data.WhoopStore;
import jakarta.ws.rs.client.Client;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.jdbi.v3.core.Jdbi;

/** The twin of WHOOP, a database, and a synchronizer between them; its jobs run only where a test starts them. */
public final class SyncBed implements AutoCloseable {

    public static final Instant START = Instant.parse("2026-11-22T09:34:00Z");

    public final TwinClock clock = TwinClock.fixed(START);
    public final WhoopTwin twin;
    public final DataSource dataSource;
    public final Jdbi jdbi;
    public final WhoopStore store;
    public final WhoopDayStore reader;
    public final Synchronizer synchronizer;
    public final AtomicBoolean enabled = new AtomicBoolean(true);
    final List<UserId> consentsLost = new CopyOnWriteArrayList<>();
    public final MetricRegistry metrics = new MetricRegistry();
    public final Commands commands;

    /** Around readings of the store. */
    public final Command readings;

    final SyncJob job;

    private final Map<UserId, String> tokens = new ConcurrentHashMap<>();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Client client;
    private final Jobs jobs;

    public SyncBed() {
        try {
            twin = WhoopTwin.start(
                    WhoopTwinOptions.of(WhoopApp.sandbox()), World.of(new WorldOptions(7, START, 3)), clock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        dataSource = Samples.pool(TestDatabase.migratedBy("whoop-db/changelog.yaml"));
        jdbi = Jdbi.create(dataSource);
        Vault vault = Samples.vault(jdbi);
        store = new WhoopStore(jdbi, vault);
        reader = new WhoopDayStore(jdbi, vault);
        JerseyClientConfiguration http = new JerseyClientConfiguration();
        http.setTimeout(Duration.seconds(5));
        http.setConnectionTimeout(Duration.seconds(5));
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
        WhoopApi api = new WhoopApi(outbound, URI.create(twin.baseUrl() + "/developer"), Samples.MAPPER, metrics);
        SyncTerms terms = new SyncTerms(who -> enabled.get(), consentsLost::add, clock, metrics);
        synchronizer = new Synchronizer(jdbi, api, store, terms, this::schedulerClient);
        job = new SyncJob(api, store, new SyncStore(jdbi), terms);
        jobs = Jobs.in(
                dataSource,
                JobsConfiguration.of(2, Duration.milliseconds(50), Duration.seconds(1)),
                clock,
                synchronizer.tasks(),
                synchronizer.recurringTasks());
    }

    public void startJobs() {
        jobs.start();
    }

    /** Gives the member tokens at the twin. */
    public void connect(UserId who) {
        tokens.put(who, twin.grant(who.value()).accessToken());
    }

    /** Takes the tokens away on our side. */
    public void forget(UserId who) {
        tokens.remove(who);
    }

    /** Works on the run in this thread, as its job would; until it is over or has to wait. */
    public Optional<Instant> work(UUID jobId) {
        return job.work(jobId, () -> false);
    }

    public int count(String table, UserId who) {
        return jdbi.withHandle(handle -> handle.createQuery("select count(*) from " + table + " where user_id = :who")
                .bind("who", who.value())
                .mapTo(Integer.class)
                .one());
    }

    public int jobsOnTheList() {
        return jdbi.withHandle(
                handle -> handle.createQuery("select count(*) from scheduled_tasks where task_name = 'whoop-sync'")
                        .mapTo(Integer.class)
                        .one());
    }

    private SchedulerClient schedulerClient() {
        return jobs.client();
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
        twin.stop();
        client.close();
        executor.shutdownNow();
        dataSource.close();
    }

    static List<String> ids(Object records, String key) {
        return ((List<?>) records)
                .stream()
                        .map(record -> String.valueOf(((Map<?, ?>) record).get(key)))
                        .sorted()
                        .toList();
    }
}
