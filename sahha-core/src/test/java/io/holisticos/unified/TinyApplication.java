package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.PRECEDENCE;
import static io.holisticos.unified.UnifiedFixture.WHOOP;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.lifecycle.ExecutorServiceManager;
import io.dropwizard.util.Duration;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.cache.CacheConfiguration;
import io.holisticos.cache.SecondLevel;
import io.holisticos.health.BoundedSource;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.testing.AsInProduction;
import io.holisticos.testing.TestDatabase;
import io.holisticos.web.AccessRules;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.ApiKeys;
import io.holisticos.web.Scope;
import io.holisticos.web.WebModule;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The unified routes with the real edge, real keys and a real database, over two sources that say what a test tells them to. */
public final class TinyApplication extends Application<Configuration> {

    static final String READER = "key-that-reads";
    static final String CONNECTOR = "key-that-connects";
    static final String WRITER = "key-that-writes-preferences";
    static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    static final FakeSource SAHHA_SOURCE = new FakeSource("sahha");
    static final FakeSource WHOOP_SOURCE = new FakeSource("whoop");

    /** The thread of the request for many members that was made last. */
    static volatile @Nullable Thread askingForMany;

    static final TestDatabase DATABASE = TestDatabase.migratedBy("sahha-db/changelog.yaml");

    @Override
    public void initialize(Bootstrap<Configuration> bootstrap) {
        bootstrap.setObjectMapper(Jackson.newObjectMapper()
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN));
    }

    @Override
    public void run(Configuration configuration, Environment environment) {
        AsInProduction.logs(configuration);
        ApiKeyStore keys = new ApiKeyStore(DATABASE.jdbi());
        keys.save(READER, "reader", Set.of(Scope.HEALTH_READ), NOW);
        keys.save(CONNECTOR, "connector", Set.of(Scope.CONNECT), NOW);
        keys.save(WRITER, "writer", Set.of(Scope.PREFERENCES_WRITE), NOW);
        WebModule.register(
                environment.jersey(),
                new AccessRules(new ApiKeys(keys, Clock.systemUTC())),
                new SecurityEvents(environment.metrics()));
        ExecutorService threads = environment
                .lifecycle()
                .executorService("reads-%d")
                .maxThreads(8)
                .build();
        Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
        ChangeNotices notices = new ChangeNotices("tiny", DATABASE.dataSource(), clock);
        environment.lifecycle().manage(notices);
        UnifiedModule unified = new UnifiedModule(
                Stream.of(SAHHA_SOURCE, WHOOP_SOURCE)
                        .map(source -> new BoundedSource(source, threads, new SourceFailureLog()))
                        .toList(),
                PRECEDENCE,
                List.of(),
                new UnifiedConfiguration(),
                new UnifiedModule.Tools(
                        new UnifiedModule.Storage(DATABASE.jdbi(), notices),
                        who -> false,
                        environment.metrics(),
                        clock,
                        new UnifiedModule.Answers(
                                environment.getObjectMapper(), new CacheConfiguration(), SecondLevel.NONE, WHOOP)));
        unified.register(environment.jersey());
        ExecutorService ofMany = new ThreadPoolExecutor(4, 4, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {
            @Override
            public void execute(Runnable overview) {
                askingForMany = Thread.currentThread();
                super.execute(overview);
            }
        };
        environment.lifecycle().manage(new ExecutorServiceManager(ofMany, Duration.seconds(1), "overviews"));
        unified.registerOverviews(environment.jersey(), ofMany);
    }
}
