package io.holisticos.unified;

import static java.util.stream.Collectors.toUnmodifiableMap;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.holisticos.cache.CacheConfiguration;
import io.holisticos.cache.MemberCache;
import io.holisticos.cache.SecondLevel;
import io.holisticos.health.BoundedSource;
import io.holisticos.health.CombinedReader;
import io.holisticos.health.CombinedReader.CombinedDay;
import io.holisticos.health.DayRange;
import io.holisticos.health.HealthSource;
import io.holisticos.health.Metric;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.unified.KeptAnswers.Asked;
import java.time.Clock;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Predicate;
import org.jdbi.v3.core.Jdbi;

/** Builds unified health and registers its routes. */
public final class UnifiedModule {

    private final UnifiedFlow flow;
    private final KeptAnswers answers;
    private final SourceName whoop;
    private final ObjectMapper json;
    private final PreferencesFlow preferences;
    private final PreferencesReader bodies;
    private final DayMerge merge;
    private final Clock clock;
    private final ChangesFlow changes;

    /**
     * What the module needs from the application.
     *
     * @param storage keeps members' preferences
     * @param inParallel members whose sources are read at the same time; for others they are read one after another
     * @param clock decides what is today
     */
    public record Tools(
            Storage storage, Predicate<UserId> inParallel, MetricRegistry metrics, Clock clock, Answers answers) {}

    /**
     * How answers are written and kept.
     *
     * @param json writes them as the other routes write theirs
     * @param kept how much of them stays in memory
     * @param second keeps those that replicas share
     * @param whoop the source of {@code include_whoop} and {@code enhanced_with_whoop}; it need not be among the sources
     */
    public record Answers(ObjectMapper json, CacheConfiguration kept, SecondLevel second, SourceName whoop) {}

    /** The entry point's database, and the notices by which replicas tell each other of changes in it. */
    public record Storage(Jdbi database, ChangeNotices notices) {}

    /**
     * @param sources in the order they are read: Sahha first
     * @param precedence decides whose value is shown, where neither the deployment nor the member says so
     * @param relays which source can hand on what another one measured
     */
    public UnifiedModule(
            List<BoundedSource> sources,
            Precedence precedence,
            List<RelayRule> relays,
            UnifiedConfiguration configuration,
            Tools tools) {
        requireAllProviders(sources);
        OfferedMetrics offered = new OfferedMetrics(
                sources.stream().collect(toUnmodifiableMap(HealthSource::name, HealthSource::offers)));
        this.clock = tools.clock();
        this.bodies =
                PreferencesReader.of(sources.stream().map(HealthSource::name).toList());
        this.merge = new DayMerge(
                precedence.deployed(configuration.preferences),
                offered,
                new EchoRule(relays),
                sources.stream().collect(toUnmodifiableMap(HealthSource::name, HealthSource::rulesVersion)));
        MemberPreferences members =
                new MemberPreferences(new PreferenceStore(tools.storage().database()), clock);
        members.listenTo(tools.storage().notices());
        UnifiedReader reader = new UnifiedReader(
                sources,
                merge,
                members::wishesOf,
                configuration,
                new UnifiedReader.Timing(tools.inParallel(), clock, System::nanoTime));
        MemberCache<Asked, WrittenAnswer> cache = tools.answers().kept().cache("unified", tools.metrics());
        SecondLevel second = tools.answers().second();
        sources.forEach(source -> {
            source.tell(cache);
            source.tell(second);
        });
        this.flow = new UnifiedFlow(reader, cache, tools.metrics().counter(MetricRegistry.name("unified", "shared")));
        this.whoop = tools.answers().whoop();
        this.json = tools.answers().json();
        this.answers = new KeptAnswers(flow, new AnswerWriter(json, whoop), cache, second);
        this.preferences = new PreferencesFlow(members, reader, flow, merge);
        this.changes = new ChangesFlow(
                sources, merge::basis, members::of, configuration, new ChangesFlow.Timing(clock, System::nanoTime));
        for (BoundedSource source : sources) {
            tools.metrics()
                    .gauge(
                            MetricRegistry.name("unified", source.name().value(), "left_behind"),
                            () -> source::abandoned);
        }
    }

    /** What a source provides is of no use, and most likely a slip of the pen, when the product has no such source. */
    private static void requireAllProviders(List<BoundedSource> sources) {
        Set<SourceName> unknown = new HashSet<>(Metric.providers());
        sources.forEach(source -> unknown.remove(source.name()));
        if (!unknown.isEmpty()) {
            throw new IllegalStateException("metrics.yml: provided_by names " + unknown
                    + ", which are no sources of this product; those are "
                    + sources.stream().map(HealthSource::name).toList());
        }
    }

    /** Registers the routes. */
    public void register(JerseyEnvironment jersey) {
        jersey.register(new UnifiedHealthResource(answers, whoop));
        jersey.register(new ExplainResource(flow, merge, clock));
        jersey.register(new PreferencesResource(preferences, bodies));
        jersey.register(new ChangesResource(changes));
    }

    /** Reads days for routes that show merged metrics beside what is their own. */
    public CombinedReader combined() {
        return (who, date) -> {
            UnifiedReport report = flow.read(who, DayRange.of(date));
            return new CombinedDay(
                    report.answers(),
                    Collections.unmodifiableMap(DayAnswer.metrics(report.days().get(0))));
        };
    }

    /**
     * Registers the route for many members at once.
     *
     * @param threads as many as members may be read at once for all such requests together; not closed by the module
     */
    public void registerOverviews(JerseyEnvironment jersey, ExecutorService threads) {
        jersey.register(new OverviewsResource(new OverviewLines(answers, threads, json)));
    }
}
