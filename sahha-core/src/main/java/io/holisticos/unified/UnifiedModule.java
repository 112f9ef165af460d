package io.holisticos.unified;

import static java.util.stream.Collectors.toUnmodifiableMap;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.holisticos.health.BoundedSource;
import io.holisticos.health.HealthSource;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import java.time.Clock;
import java.util.List;
import java.util.function.Predicate;

/** Builds unified health and registers its routes. */
public final class UnifiedModule {

    private final UnifiedFlow flow;
    private final ChangesFlow changes;

    /**
     * What the module needs from the application.
     *
     * @param inParallel members whose sources are read at the same time; for others they are read one after another
     * @param clock decides what is today
     */
    public record Tools(Predicate<UserId> inParallel, MetricRegistry metrics, Clock clock) {}

    /**
     * @param sources in the order they are read: Sahha first
     * @param precedence decides whose value is shown
     * @param relays which source can hand on what another one measured
     */
    public UnifiedModule(
            List<BoundedSource> sources,
            Precedence precedence,
            List<RelayRule> relays,
            UnifiedConfiguration configuration,
            Tools tools) {
        OfferedMetrics offered = new OfferedMetrics(
                sources.stream().collect(toUnmodifiableMap(HealthSource::name, HealthSource::offers)));
        DayMerge merge = new DayMerge(precedence, offered, new EchoRule(relays));
        this.changes = new ChangesFlow(
                sources,
                merge::basis,
                who -> Preferences.NONE,
                configuration,
                new ChangesFlow.Timing(tools.clock(), System::nanoTime));
        this.flow = new UnifiedFlow(
                new UnifiedReader(
                        sources,
                        merge,
                        configuration,
                        new UnifiedReader.Timing(tools.inParallel(), tools.clock(), System::nanoTime)),
                tools.metrics().counter(MetricRegistry.name("unified", "shared")));
        for (BoundedSource source : sources) {
            tools.metrics()
                    .gauge(
                            MetricRegistry.name("unified", source.name().value(), "left_behind"),
                            () -> source::abandoned);
        }
    }

    /**
     * Registers the routes.
     *
     * @param whoop the source of {@code include_whoop} and {@code enhanced_with_whoop}; it need not be among the sources
     */
    public void register(JerseyEnvironment jersey, SourceName whoop) {
        jersey.register(new UnifiedHealthResource(flow, whoop));
        jersey.register(new ChangesResource(changes));
    }
}
