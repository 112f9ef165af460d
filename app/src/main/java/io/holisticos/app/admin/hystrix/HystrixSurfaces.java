package io.holisticos.app.admin.hystrix;

import io.dropwizard.core.setup.AdminEnvironment;
import io.dropwizard.core.setup.Environment;
import io.holisticos.command.Commands;
import io.holisticos.health.SourceName;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.eclipse.jetty.util.component.LifeCycle;

/** Registers the pages about commands on the admin port, under the names that Hystrix and Tenacity gave them. */
public final class HystrixSurfaces {

    /** Hystrix's default. The stream of the configuration is repeated every 5 s. */
    private static final Duration TICK = Duration.ofMillis(500);

    private static final int TICKS_BETWEEN_CONFIGURATIONS = 10;

    private HystrixSurfaces() {}

    /** @param dispensable the sources without which the service is only degraded */
    public static void open(
            Environment environment,
            Commands commands,
            HystrixConfiguration configuration,
            Set<SourceName> dispensable) {
        EventStream metrics = stream(configuration, new MetricsMessages(commands)::render);
        EventStream config = stream(configuration, everyTenth(new ConfigurationMessage(commands)::render));
        EventStream utilization = stream(configuration, new UtilizationMessage(commands)::render);
        ScheduledExecutorService sampler = sampling(environment, List.of(metrics, config, utilization));

        AdminEnvironment admin = environment.admin();
        ExecutorService asking = environment
                .lifecycle()
                .executorService("hystrix-stream-access")
                .maxThreads(1)
                .build();
        open(admin, new EventStreamServlet(metrics, asking), "/hystrix.stream", "/tenacity/metrics.stream");
        open(admin, new EventStreamServlet(config, asking), "/hystrix/config.stream");
        open(admin, new EventStreamServlet(utilization, asking), "/hystrix/utilization.stream");
        admin.addServlet(
                        "tenacity",
                        new TenacityServlet(
                                commands, environment.getObjectMapper(), () -> sampler.execute(metrics::tick)))
                .addMapping("/tenacity/*");
        environment.healthChecks().register("tenacity-circuitbreakers", new OpenCircuitsCheck(commands, dispensable));
    }

    private static EventStream stream(HystrixConfiguration configuration, Supplier<byte[]> messages) {
        return new EventStream(configuration.maxConcurrentConnections, messages);
    }

    private static void open(AdminEnvironment admin, EventStreamServlet stream, String... paths) {
        var servlet = admin.addServlet(paths[0], stream);
        servlet.setAsyncSupported(true);
        servlet.addMapping(paths);
    }

    /** One thread serves all streams, because writing to clients never blocks. */
    private static ScheduledExecutorService sampling(Environment environment, List<EventStream> streams) {
        ScheduledExecutorService sampler = environment
                .lifecycle()
                .scheduledExecutorService("hystrix-stream", true)
                .threads(1)
                .build();
        for (EventStream stream : streams) {
            Future<?> unused =
                    sampler.scheduleAtFixedRate(stream::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
        }
        environment.lifecycle().addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStopping(LifeCycle server) { // before the server waits for responses under way
                streams.forEach(EventStream::close);
            }
        });
        return sampler;
    }

    private static Supplier<byte[]> everyTenth(Supplier<byte[]> messages) {
        AtomicLong ticks = new AtomicLong();
        return () -> ticks.getAndIncrement() % TICKS_BETWEEN_CONFIGURATIONS == 0 ? messages.get() : new byte[0];
    }
}
