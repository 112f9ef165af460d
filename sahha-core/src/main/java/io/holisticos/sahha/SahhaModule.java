package io.holisticos.sahha;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheck;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import io.dropwizard.lifecycle.Managed;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.command.CommandKey;
import io.holisticos.command.Commands;
import io.holisticos.health.BoundedSource;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthSource;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.outbound.Authorization;
import io.holisticos.outbound.Outbound;
import io.holisticos.web.AccessRules;
import io.holisticos.web.WebhookReceiver;
import io.holisticos.web.WebhookSecrets;
import jakarta.ws.rs.client.Client;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;

/** All of Sahha behind one door: the source, the existing resources, the health check. Stopped with the application. */
public final class SahhaModule implements Managed {

    /** The name of this source. */
    public static final SourceName NAME = SahhaApi.SAHHA;

    private static final CommandKey STORE = new CommandKey("SAHHA_STORE");

    /** How many strangers' ids are looked for at another source at a time, and how long: its own readers come first. */
    private static final int LOOKS_ELSEWHERE = 4;

    private static final Duration LOOK = Duration.ofMillis(500);

    private static final ProfileLane.Rules MEMBERS = new ProfileLane.Rules(200, 4);

    /** Fewer than there are threads: where Sahha hangs for ids it does not know, members have the others. */
    private static final ProfileLane.Rules STRANGERS = new ProfileLane.Rules(5, 1);

    private final Profiles profiles;
    private final SahhaRefresh refresh;
    private final SahhaSource source;
    private final ExistingReads reads;
    private final SahhaVitals vitals;
    private final ObjectMapper mapper;
    private final SahhaInbox inbox;
    private final SahhaWebhookResource webhook;

    /**
     * The entry point's database, migrated by {@code sahha-db/changelog.yaml}.
     *
     * @param reads with limits inside the time of whoever waits for an answer: readers, and Sahha with its events
     * @param work for what goes on in the background
     */
    public record Storage(Jdbi reads, Jdbi work) {}

    /** What every module gets from the house. */
    public record Tools(Commands commands, ObjectMapper mapper, MetricRegistry metrics, Clock clock) {}

    /**
     * @param client kept and not closed
     * @param storage where members' rows are
     * @param refreshes runs fetches in the background; about ten threads are plenty; kept and not closed
     */
    public SahhaModule(
            SahhaConfiguration configuration, Client client, Storage storage, Tools tools, ExecutorService refreshes) {
        this.mapper = verbatim(tools.mapper());
        Commands commands = tools.commands();
        MetricRegistry metrics = tools.metrics();
        Clock clock = tools.clock();
        CallRate budget = new CallRate(configuration.maxCallsPerSecond, System::nanoTime);
        Outbound tokens =
                Outbound.to(SahhaApi.SAHHA, client, configuration.outbound, commands, budget, Authorization.none());
        AccountToken token = new AccountToken(tokens, configuration, this.mapper, clock);
        Outbound data = Outbound.to(SahhaApi.SAHHA, client, configuration.outbound, commands, budget, token);
        SahhaApi api = new SahhaApi(data, configuration.baseUrl, this.mapper, new RecordDecoder(metrics));
        SahhaStore store = new SahhaStore(storage.work(), this.mapper);
        StoreReads rows = new StoreReads(
                new SahhaStore(storage.reads(), this.mapper),
                commands.add(SahhaApi.SAHHA, STORE, configuration.store()));
        this.profiles = new Profiles(
                lane("members", api, MEMBERS, refreshes, metrics),
                lane("strangers", api.on(budget.ofStrangers()), STRANGERS, refreshes, metrics),
                rows,
                clock);
        this.refresh = new SahhaRefresh(api, store, profiles, refreshes, new SahhaRefresh.Instruments(clock, metrics));
        SahhaReader reader =
                new SahhaReader(rows, refresh, profiles, configuration.waitWhenStale.toJavaDuration(), clock);
        this.source = new SahhaSource(reader, profiles, rows, configuration);
        this.vitals = new SahhaVitals(List.of(tokens, data), refresh);
        this.reads = new ExistingReads(reader, rows, configuration);
        SahhaInbox.Stores inboxes =
                new SahhaInbox.Stores(new SahhaInboxStore(storage.reads()), new SahhaInboxStore(storage.work()), store);
        this.inbox = new SahhaInbox(inboxes, refresh, configuration, clock);
        this.webhook = new SahhaWebhookResource(
                new WebhookSecrets(configuration.webhookSecret, configuration.previousWebhookSecret),
                inbox,
                new WebhookReceiver(
                        SahhaApi.SAHHA.value(), metrics, WebhookReceiver.reportingTo(new SecurityEvents(metrics))));
    }

    private static ProfileLane lane(
            String name, SahhaApi api, ProfileLane.Rules rules, ExecutorService executor, MetricRegistry metrics) {
        return new ProfileLane(
                api, executor, rules, metrics.meter(MetricRegistry.name("sahha", "profiles", name, "refused")));
    }

    /** Members of this source are no strangers, either, when Sahha's calls are few and many want them. */
    public void alsoOurs(BoundedSource other) {
        Semaphore looks = new Semaphore(LOOKS_ELSEWHERE, true);
        profiles.alsoOurs(who -> isKnownTo(other, who, looks));
    }

    private static boolean isKnownTo(BoundedSource other, UserId who, Semaphore looks) {
        try {
            if (!looks.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        try {
            return other.acquaintance(who, Deadline.after(LOOK)) == HealthSource.Acquaintance.KNOWN;
        } finally {
            looks.release();
        }
    }

    /** Sahha in the unified flow. */
    public HealthSource source() {
        return source;
    }

    /**
     * The eleven existing paths, and where Sahha delivers its events.
     *
     * @param whoop asked for {@code include_whoop=true} only
     */
    public List<Object> resources(BoundedSource whoop, AccessRules rules) {
        return List.of(
                new LivenessResource(),
                new ExistingHealthMetricsResource(reads, new WhoopPart(whoop, mapper), rules),
                new ExistingSahhaRowsResource(reads),
                webhook);
    }

    /** How our calls to Sahha go. */
    public SahhaVitals vitals() {
        return vitals;
    }

    /** For the name {@code sahha}. */
    public HealthCheck healthCheck() {
        return new SahhaHealthCheck(refresh);
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

    /** Numbers stay as they were written: no binary fractions, no zeros lost. */
    private static ObjectMapper verbatim(ObjectMapper mapper) {
        return mapper.copy()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false);
    }
}
