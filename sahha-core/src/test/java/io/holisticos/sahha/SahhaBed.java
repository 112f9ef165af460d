package io.holisticos.sahha;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.dropwizard.client.JerseyClientBuilder;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.DropwizardTestSupport;
import io.dropwizard.util.Duration;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.cache.CacheConfiguration;
import io.holisticos.cache.SecondLevel;
import io.holisticos.command.Commands;
import io.holisticos.command.CommandsConfiguration;
import io.holisticos.health.BoundedSource;
import io.holisticos.health.DayRange;
import io.holisticos.health.DaysToRead;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthSource;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.sahha.data.SahhaStores;
import io.holisticos.testing.AsInProduction;
import io.holisticos.testing.TestDatabase;
import io.holisticos.unified.Precedence;
import io.holisticos.unified.UnifiedConfiguration;
import io.holisticos.unified.UnifiedModule;
import io.holisticos.web.AccessRules;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.ApiKeys;
import io.holisticos.web.Scope;
import io.holisticos.web.WebModule;
import jakarta.ws.rs.client.Client;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * The module on a real database and a stub of Sahha, behind a real server. Beds share one database, which each finds
 * without rows, so that one has to be closed before the next is made.
 */
final class SahhaBed implements AutoCloseable {

    static final String KEY = "test-key-with-all-scopes";
    static final String POWERLESS_KEY = "test-key-without-scopes";

    final SahhaStub sahha = new SahhaStub();
    final TestDatabase database;
    final MetricRegistry metrics = new MetricRegistry();
    final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2025-07-11T20:00:00Z"));
    final FakeWhoop whoop = new FakeWhoop();
    final SahhaConfiguration configuration = new SahhaConfiguration();
    final ExecutorService executor = Executors.newFixedThreadPool(8);
    final SahhaModule module;
    final ObjectMapper mapper = mapper(Jackson.newObjectMapper());

    final Commands commands;

    /** Not heard until it is started. */
    final ChangeNotices notices;

    private final Clock clock;

    /** How many statements the module has executed. */
    final AtomicInteger statements = new AtomicInteger();

    private static final HttpClient CALLER = HttpClient.newHttpClient(); // each has a thread and keys of its own
    /** On kept connections, as the module has them. */
    final Jdbi jdbi;

    private final DataSource pool;
    private final Client client;
    private DropwizardTestSupport<Configuration> server;

    SahhaBed() {
        this(SahhaTables.emptied());
    }

    SahhaBed(TestDatabase database) {
        this(database, null, "synthetic-client-id", "synthetic-client-secret");
    }

    /** With as many calls a second to Sahha and no more. */
    SahhaBed(int callsPerSecond) {
        this(SahhaTables.emptied(), null, "synthetic-client-id", "synthetic-client-secret", callsPerSecond);
    }

    /** @param baseUrl of another Sahha than the stub; null for the stub */
    SahhaBed(TestDatabase database, URI baseUrl, String clientId, String clientSecret) {
        this(database, baseUrl, clientId, clientSecret, 1000);
    }

    private SahhaBed(TestDatabase database, URI baseUrl, String clientId, String clientSecret, int callsPerSecond) {
        this.database = database;
        pool = SahhaTables.pool(database);
        jdbi = AsInProduction.statements(Jdbi.create(pool));
        jdbi.setSqlLogger(new SqlLogger() {
            @Override
            public void logAfterExecution(StatementContext context) {
                statements.incrementAndGet();
            }
        });
        configuration.baseUrl = baseUrl == null ? sahha.url() : baseUrl;
        configuration.clientId = clientId;
        configuration.clientSecret = clientSecret;
        configuration.coldWaitExisting = Duration.seconds(25); // the machine may be busy
        configuration.coldWaitUnified = Duration.seconds(25);
        configuration.outbound.client().setConnectionRequestTimeout(Duration.seconds(5));
        configuration.outbound.client().setGzipEnabledForRequests(false);
        configuration.outbound.client().setTimeout(Duration.seconds(5));
        configuration.outbound.client().setConnectionTimeout(Duration.seconds(5));
        configuration.maxCallsPerSecond = callsPerSecond;
        client = new JerseyClientBuilder(metrics)
                .using(executor, mapper)
                .using(configuration.outbound.client())
                .build("sahha-" + System.identityHashCode(this));
        clock = new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Instant instant() {
                return now.get();
            }
        };
        commands = new Commands(new CommandsConfiguration(), metrics, clock, System::nanoTime);
        notices = new ChangeNotices("bed", database.dataSource(), clock);
        module = new SahhaModule(
                configuration,
                client,
                new SahhaModule.Storage(jdbi, jdbi, notices),
                new SahhaModule.Tools(commands, mapper, metrics, clock, new CacheConfiguration()),
                executor);
    }

    static ObjectMapper mapper(ObjectMapper mapper) {
        return mapper.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN);
    }

    SahhaStores stores() {
        return SahhaStores.in(jdbi, mapper, who -> {});
    }

    void passes(java.time.Duration time) {
        now.updateAndGet(instant -> instant.plus(time));
    }

    /** Starts the server at the first call. */
    HttpResponse<String> get(String pathAndQuery, String... headers) {
        if (server == null) {
            server =
                    new DropwizardTestSupport<>(
                            Server.class,
                            (String) null,
                            ConfigOverride.config("server.applicationConnectors[0].port", "0"),
                            ConfigOverride.config("server.adminConnectors[0].port", "0"),
                            ConfigOverride.config("server.registerDefaultExceptionMappers", "false"),
                            ConfigOverride.config("logging.level", "WARN")) {
                        @Override
                        public Application<Configuration> newApplication() {
                            return new Server();
                        }
                    };
            try {
                server.before();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getLocalPort() + pathAndQuery));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return CALLER.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.after();
        }
        module.stop();
        client.close();
        executor.shutdownNow();
        endOfWork();
        pool.close();
        sahha.close();
    }

    /** What still runs must not write to the database of the next bed. */
    private void endOfWork() {
        try {
            if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("work of this bed did not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private final class Server extends Application<Configuration> {
        @Override
        public void initialize(Bootstrap<Configuration> bootstrap) {
            mapper(bootstrap.getObjectMapper());
        }

        @Override
        public void run(Configuration configuration, Environment environment) {
            AsInProduction.logs(configuration);
            ApiKeyStore keys = new ApiKeyStore(jdbi);
            keys.save(KEY, "test", Set.of(Scope.HEALTH_READ), now.get());
            keys.save(POWERLESS_KEY, "test", Set.of(Scope.CONNECT), now.get());
            AccessRules rules = new AccessRules(new ApiKeys(keys, Clock.systemUTC()));
            WebModule.register(environment.jersey(), rules, new SecurityEvents(environment.metrics()));
            UnifiedModule unified = new UnifiedModule(
                    Stream.of(module.source(), whoop)
                            .map(source -> new BoundedSource(source, executor, (name, failure) -> {}))
                            .toList(),
                    Precedence.ofDefault(new Preferences(
                            List.of(whoop.name(), module.source().name()), Map.of(), Map.of())),
                    List.of(),
                    new UnifiedConfiguration(),
                    new UnifiedModule.Tools(
                            new UnifiedModule.Storage(jdbi, notices),
                            who -> false,
                            environment.metrics(),
                            clock,
                            new UnifiedModule.Answers(
                                    environment.getObjectMapper(),
                                    new CacheConfiguration(),
                                    SecondLevel.NONE,
                                    whoop.name())));
            unified.register(environment.jersey());
            module.resources(whoop.name(), unified.combined(), rules).forEach(environment.jersey()::register);
        }
    }

    /** A source that answers as told. */
    static final class FakeWhoop implements HealthSource {
        final AtomicInteger asked = new AtomicInteger();
        volatile java.util.function.Function<DayRange, SourceAnswer> answer =
                days -> new SourceAnswer.NotConnected(new SourceName("whoop"));

        @Override
        public SourceName name() {
            return new SourceName("whoop");
        }

        @Override
        public SourceAnswer read(UserId who, DaysToRead days, Deadline deadline) {
            asked.incrementAndGet();
            return answer.apply(days.asked());
        }

        @Override
        public Acquaintance acquaintance(UserId who, Deadline deadline) {
            return Acquaintance.UNKNOWN;
        }
    }
}
