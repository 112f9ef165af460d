package io.holisticos.sahha;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheck;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import io.dropwizard.lifecycle.Managed;
import io.holisticos.health.HealthSource;
import io.holisticos.outbound.Authorization;
import io.holisticos.outbound.Budget;
import io.holisticos.outbound.Outbound;
import io.holisticos.web.AccessRules;
import io.holisticos.web.WebhookDoor;
import io.holisticos.web.WebhookSecrets;
import jakarta.ws.rs.client.Client;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutorService;
import org.jdbi.v3.core.Jdbi;

/** All of Sahha behind one door: the source, the existing resources, the health check. Stopped with the application. */
public final class SahhaModule implements Managed {

    private final SahhaRefresh refresh;
    private final SahhaSource source;
    private final ExistingReads reads;
    private final ObjectMapper mapper;
    private final SahhaInbox inbox;
    private final SahhaWebhookResource webhook;

    /**
     * @param client kept and not closed
     * @param database the entry point's, migrated by {@code sahha-db/changelog.yaml}
     * @param refreshes runs fetches in the background; about ten threads are plenty; kept and not closed
     */
    public SahhaModule(
            SahhaConfiguration configuration,
            Client client,
            Jdbi database,
            ObjectMapper mapper,
            MetricRegistry metrics,
            Clock clock,
            ExecutorService refreshes) {
        this.mapper = verbatim(mapper);
        Budget budget = new CallRate(configuration.maxCallsPerSecond, System::nanoTime);
        AccountToken token = new AccountToken(
                Outbound.to(SahhaApi.SAHHA, client, configuration.outbound, budget, Authorization.none(), metrics),
                configuration,
                this.mapper,
                clock);
        SahhaApi api = new SahhaApi(
                Outbound.to(SahhaApi.SAHHA, client, configuration.outbound, budget, token, metrics),
                configuration.baseUrl,
                this.mapper,
                new RecordDecoder(metrics));
        SahhaStore store = new SahhaStore(database, this.mapper);
        this.refresh = new SahhaRefresh(api, store, clock, metrics, refreshes);
        SahhaReader reader = new SahhaReader(store, refresh, configuration.waitWhenStale.toJavaDuration(), clock);
        this.source = new SahhaSource(reader, refresh, store, configuration);
        this.reads = new ExistingReads(reader, store, configuration);
        this.inbox = new SahhaInbox(new SahhaInboxStore(database), store, refresh, configuration, clock);
        this.webhook = new SahhaWebhookResource(
                new WebhookSecrets(configuration.webhookSecret, configuration.previousWebhookSecret),
                inbox,
                new WebhookDoor(SahhaApi.SAHHA.value(), metrics, (provider, outcome) -> {}));
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
    public List<Object> resources(HealthSource whoop, AccessRules rules) {
        return List.of(
                new LivenessResource(),
                new ExistingHealthMetricsResource(reads, new WhoopPart(whoop, mapper), rules),
                new ExistingSahhaRowsResource(reads),
                webhook);
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
