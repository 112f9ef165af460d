package io.holisticos.whoop.api;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.client.JerseyClientBuilder;
import io.dropwizard.client.JerseyClientConfiguration;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.util.Duration;
import io.holisticos.command.Commands;
import io.holisticos.command.CommandsConfiguration;
import io.holisticos.health.Deadline;
import io.holisticos.outbound.Authorization;
import io.holisticos.outbound.Budget;
import io.holisticos.outbound.Call;
import io.holisticos.outbound.Outbound;
import io.holisticos.outbound.OutboundConfiguration;
import java.net.URI;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.glassfish.jersey.client.ClientProperties;

/** An api over real HTTP, with one token for everybody. */
final class Rig implements AutoCloseable {

    final MetricRegistry metrics = new MetricRegistry();
    final WhoopApi api;

    final ForbiddenCalls forbidden = new ForbiddenCalls(metrics, Clock.systemUTC());
    private final ExecutorService executor = Executors.newCachedThreadPool();

    Rig(URI baseUrl, String token) {
        this(baseUrl, token, Budget.unlimited());
    }

    Rig(URI baseUrl, String token, Budget budget) {
        JerseyClientConfiguration configuration = new JerseyClientConfiguration();
        configuration.setGzipEnabled(false);
        configuration.setGzipEnabledForRequests(false);
        configuration.setTimeout(Duration.seconds(5));
        configuration.setConnectionTimeout(Duration.seconds(5));
        ObjectMapper mapper = Jackson.newObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
        var client = new JerseyClientBuilder(metrics)
                .using(executor, mapper)
                .using(configuration)
                .withProperty(ClientProperties.FOLLOW_REDIRECTS, false)
                .build("whoop-" + baseUrl.getPort() + "-" + System.nanoTime());
        this.api = new WhoopApi(
                Outbound.to(
                        WhoopApi.WHOOP,
                        client,
                        new OutboundConfiguration(),
                        new Commands(new CommandsConfiguration(), metrics, Clock.systemUTC(), System::nanoTime),
                        budget,
                        new OneToken(token)),
                baseUrl,
                mapper,
                metrics,
                forbidden);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    /** Leaves calls alone that already carry a credential, as the port's real implementation does. */
    private record OneToken(String token) implements Authorization {
        @Override
        public Map<String, String> headers(Call call, Deadline deadline) {
            return call.headers().containsKey("Authorization") ? Map.of() : Map.of("Authorization", "Bearer " + token);
        }

        @Override
        public boolean renew(Call call, Map<String, String> refused, Deadline deadline) {
            return false;
        }

        @Override
        public String toString() {
            return "OneToken[redacted]";
        }
    }
}
