package io.holisticos.unified;

import static java.util.stream.Collectors.toUnmodifiableMap;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.holisticos.health.BoundedSource;
import io.holisticos.health.HealthSource;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import java.time.Clock;
import java.util.List;
import java.util.function.Predicate;

/** The door to unified health. */
public final class UnifiedModule {

    private final UnifiedFlow flow;

    /**
     * What the module gets from the house.
     *
     * @param atOnce for whom all sources are read at the same time; for others one after another
     * @param clock decides what is today
     */
    public record Tools(Predicate<UserId> atOnce, MetricRegistry metrics, Clock clock) {}

    /**
     * @param sources in the order they are read: Sahha first
     * @param precedence whose value is shown
     */
    public UnifiedModule(
            List<BoundedSource> sources, Precedence precedence, UnifiedConfiguration configuration, Tools tools) {
        Offers offers =
                new Offers(sources.stream().collect(toUnmodifiableMap(HealthSource::name, HealthSource::offers)));
        this.flow = new UnifiedFlow(
                sources,
                new Merge(precedence, offers),
                configuration,
                new UnifiedFlow.Pace(tools.atOnce(), tools.clock(), System::nanoTime),
                tools.metrics().counter(MetricRegistry.name("unified", "shared")));
        for (BoundedSource source : sources) {
            tools.metrics()
                    .gauge(
                            MetricRegistry.name("unified", source.name().value(), "left_behind"),
                            () -> source::leftBehind);
        }
    }

    /**
     * Adds the routes.
     *
     * @param whoop the source that {@code include_whoop} and {@code enhanced_with_whoop} speak of; it need not be there
     */
    public void register(JerseyEnvironment jersey, SourceName whoop) {
        jersey.register(new UnifiedHealthResource(flow, whoop));
    }
}
