package io.holisticos.unified;

import static java.util.stream.Collectors.toUnmodifiableMap;

import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.holisticos.health.HealthSource;
import io.holisticos.health.SourceName;
import java.time.Clock;
import java.util.List;

/** The door to unified health. */
public final class UnifiedModule {

    private final UnifiedFlow flow;

    /**
     * @param sources in the order they are read: Sahha first
     * @param precedence whose value is shown
     * @param clock decides what is today
     */
    public UnifiedModule(
            List<HealthSource> sources, Precedence precedence, UnifiedConfiguration configuration, Clock clock) {
        Offers offers =
                new Offers(sources.stream().collect(toUnmodifiableMap(HealthSource::name, HealthSource::offers)));
        this.flow = new UnifiedFlow(sources, new Merge(precedence, offers), configuration, clock, System::nanoTime);
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
