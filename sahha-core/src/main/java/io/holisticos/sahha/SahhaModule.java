package io.holisticos.sahha;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheck;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import io.dropwizard.lifecycle.Managed;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.cache.CacheConfiguration;
import io.holisticos.command.CommandKey;
import io.holisticos.command.Commands;
import io.holisticos.health.BoundedSource;
import io.holisticos.health.CombinedReader;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthSource;
import io.holisticos.health.Metric;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.notice.MemberNotices;
import io.holisticos.outbound.Authorization;
import io.holisticos.outbound.Outbound;
import io.holisticos.sahha.api.AccountToken;
import io.holisticos.sahha.api.CallRate;
import io.holisticos.sahha.api.LastAnswers;
import io.holisticos.sahha.api.RecordDecoder;
import io.holisticos.sahha.api.SahhaApi;
import io.holisticos.sahha.data.RelayedSources;
import io.holisticos.sahha.data.SahhaStores;
import io.holisticos.sahha.data.StoreCommand;
import io.holisticos.sahha.existing.ExistingPaths;
import io.holisticos.sahha.refresh.ProfileLane;
import io.holisticos.sahha.refresh.Profiles;
import io.holisticos.sahha.refresh.ReaderRefresh;
import io.holisticos.sahha.refresh.SahhaRefresh;
import io.holisticos.sahha.webhook.SahhaInbox;
import io.holisticos.sahha.webhook.SahhaWebhookResource;
import io.holisticos.vitals.HotRoute;
import io.holisticos.web.AccessRules;
import io.holisticos.web.WebhookReceiver;
import io.holisticos.web.WebhookSecrets;
import jakarta.ws.rs.client.Client;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;

/** Builds all of Sahha: the source, the existing paths, the webhook and the health check. Starts and stops with the application. */
public final class SahhaModule implements Managed {

    /** The name of this source. */
    public static final SourceName NAME = SahhaApi.SAHHA;

    private static final CommandKey STORE = new CommandKey("SAHHA_STORE");

    /** How many strangers' ids other sources are asked for at a time, and how long: their own readers come first. */
    private static final int LOOKUPS_ELSEWHERE = 4;

    private static final Duration LOOKUP_TIMEOUT = Duration.ofMillis(500);

    private static final ProfileLane.Rules MEMBERS = new ProfileLane.Rules(200, 4);

    /** Fewer than there are threads, so that members have the others when Sahha hangs for ids that it does not know. */
    private static final ProfileLane.Rules STRANGERS = new ProfileLane.Rules(5, 1);

    private final LastAnswers lastAnswers;
    private final Profiles profiles;
    private final SahhaRefresh refresh;
    private final SahhaSource source;
    private final ExistingPaths existing;
    private final Map<SourceName, Map<Metric, Metric>> relays;
    private final RelayedSources relayedSources;
    private final SahhaVitals vitals;
    private final SahhaInbox inbox;
    private final SahhaWebhookResource webhook;
    private final SahhaRehearsal rehearsal;

    /**
     * The entry point's database, migrated by {@code sahha-db/changelog.yaml}.
     *
     * @param reads for callers who wait for an answer: readers, and Sahha's deliveries
     * @param work for work in the background
     * @param notices tell of changes, by whomever they are made
     */
    public record Storage(Jdbi reads, Jdbi work, ChangeNotices notices) {}

    /**
     * What every module gets from the application.
     *
     * @param cache for the bodies of existing paths
     */
    public record Tools(
            Commands commands, ObjectMapper mapper, MetricRegistry metrics, Clock clock, CacheConfiguration cache) {}

    /**
     * @param client not closed by the module
     * @param storage where members' rows are
     * @param refreshes runs fetches in the background; twenty threads suffice, of which strangers and early fetches take ten at most; not closed by the module
     */
    public SahhaModule(
            SahhaConfiguration configuration, Client client, Storage storage, Tools tools, ExecutorService refreshes) {
        ObjectMapper mapper = verbatim(tools.mapper());
        Commands commands = tools.commands();
        MetricRegistry metrics = tools.metrics();
        Clock clock = tools.clock();
        CallRate budget = new CallRate(configuration.maxCallsPerSecond, System::nanoTime);
        Outbound tokens =
                Outbound.to(SahhaApi.SAHHA, client, configuration.outbound, commands, budget, Authorization.none());
        AccountToken token =
                new AccountToken(tokens, configuration.baseUrl, configuration.credentials(), mapper, clock);
        Outbound data = Outbound.to(SahhaApi.SAHHA, client, configuration.outbound, commands, budget, token);
        this.lastAnswers = new LastAnswers(clock);
        SahhaApi api = new SahhaApi(data, configuration.baseUrl, mapper, new RecordDecoder(metrics), lastAnswers);
        MemberNotices notices = new MemberNotices(storage.notices());
        SahhaStores reads = SahhaStores.in(storage.reads(), mapper, notices::changed);
        SahhaStores work = SahhaStores.in(storage.work(), mapper, notices::changed);
        StoreCommand rows = new StoreCommand(reads, commands.add(SahhaApi.SAHHA, STORE, configuration.store()));
        this.profiles = new Profiles(
                lane("members", api, MEMBERS, refreshes, metrics),
                lane("strangers", api.on(budget.ofStrangers()), STRANGERS, refreshes, metrics),
                rows,
                clock);
        this.refresh = new SahhaRefresh(
                api,
                api.on(budget.ofWhatIsSpare()),
                work,
                profiles,
                refreshes,
                new SahhaRefresh.Instruments(clock, metrics));
        ReaderRefresh readers =
                new ReaderRefresh(refresh, profiles, configuration.waitWhenStale.toJavaDuration(), clock);
        this.source = new SahhaSource(readers, profiles, rows, configuration, new SahhaSource.Times(clock, notices));
        this.relays = configuration.relays();
        this.relayedSources = configuration.relayedSources();
        this.vitals = new SahhaVitals(List.of(tokens, data), lastAnswers);
        this.existing = new ExistingPaths(
                readers,
                rows,
                configuration.existingPaths(),
                new ExistingPaths.Writing(tools.cache().cache("existing", metrics), notices, mapper),
                clock);
        this.inbox = new SahhaInbox(new SahhaInbox.Pools(reads, work), refresh, configuration.inbox(), clock);
        WebhookSecrets secrets = new WebhookSecrets(configuration.webhookSecret, configuration.previousWebhookSecret);
        this.rehearsal = new SahhaRehearsal(reads.rows(), secrets, new RecordDecoder(metrics), clock);
        this.webhook = new SahhaWebhookResource(
                secrets,
                inbox,
                new WebhookReceiver(
                        SahhaApi.SAHHA.value(), metrics, WebhookReceiver.reportingTo(new SecurityEvents(metrics))));
    }

    private static ProfileLane lane(
            String name, SahhaApi api, ProfileLane.Rules rules, ExecutorService executor, MetricRegistry metrics) {
        return new ProfileLane(
                api, executor, rules, metrics.meter(MetricRegistry.name("sahha", "profiles", name, "refused")));
    }

    /** Members of these sources are asked for with the members' budget of calls, even when Sahha is asked for the first time. */
    public void alsoMembersOf(List<BoundedSource> others) {
        Semaphore lookups = new Semaphore(LOOKUPS_ELSEWHERE, true);
        profiles.alsoMembers(who -> isKnownToOne(others, who, lookups));
    }

    private static boolean isKnownToOne(List<BoundedSource> others, UserId who, Semaphore lookups) {
        try {
            if (!lookups.tryAcquire(LOOKUP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        try {
            Deadline deadline = Deadline.after(LOOKUP_TIMEOUT);
            return others.stream()
                    .anyMatch(other -> other.acquaintance(who, deadline) == HealthSource.Acquaintance.KNOWN);
        } finally {
            lookups.release();
        }
    }

    /** Sahha in the unified flow. */
    public HealthSource source() {
        return source;
    }

    /**
     * The eleven existing paths, and where Sahha delivers its events.
     *
     * @param whoop the source that {@code include_whoop=true} shows
     * @param combined is asked for {@code include_whoop=true} only
     */
    public List<Object> resources(SourceName whoop, CombinedReader combined, AccessRules rules) {
        List<Object> resources = new ArrayList<>(existing.resources(whoop, combined, rules));
        resources.add(webhook);
        return resources;
    }

    /**
     * Saves days of a made-up member, and returns the routes that are asked for members. For a warm-up, whose database keeps
     * nothing: the member is real to everything else.
     */
    public List<HotRoute> rehearse(UserId who) {
        return rehearsal.begin(who);
    }

    /** By source whose values may come through Sahha, metrics that Sahha gives under another period, by what they are there. */
    public Map<SourceName, Map<Metric, Metric>> relays() {
        return relays;
    }

    /** What Sahha's data logs call this source, in lower case: its values in Sahha are echoes. */
    public Set<String> namesInLogs(SourceName source) {
        return relayedSources.namesOf(source);
    }

    /** How our calls to Sahha go. */
    public SahhaVitals vitals() {
        return vitals;
    }

    /** The health check to be registered as {@code sahha}. */
    public HealthCheck healthCheck() {
        return new SahhaHealthCheck(lastAnswers);
    }

    @Override
    public void start() {
        inbox.start();
    }

    @Override
    public void stop() {
        inbox.stop();
        refresh.stop();
    }

    /** Keeps numbers as they were written, with their trailing zeros. */
    private static ObjectMapper verbatim(ObjectMapper mapper) {
        return mapper.copy()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false);
    }
}
