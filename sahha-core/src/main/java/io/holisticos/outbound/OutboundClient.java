package io.holisticos.outbound;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.client.JerseyClientBuilder;
import io.dropwizard.core.setup.Environment;
import jakarta.ws.rs.client.Client;
import java.util.concurrent.ExecutorService;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;

/** Builds the HTTP client for {@link Outbound}: Dropwizard's client with a time limit for the whole exchange. */
public final class OutboundClient {

    private OutboundClient() {}

    /** A client that is closed with the service. */
    public static Client build(Environment environment, OutboundConfiguration configuration, String name) {
        return build(new JerseyClientBuilder(environment), new BoundedClientBuilder(environment), configuration, name);
    }

    /** A client that its user closes. */
    public static Client build(
            MetricRegistry metrics,
            ExecutorService threads,
            ObjectMapper mapper,
            OutboundConfiguration configuration,
            String name) {
        return build(
                new JerseyClientBuilder(metrics).using(threads, mapper),
                new BoundedClientBuilder(metrics),
                configuration,
                name);
    }

    private static Client build(
            JerseyClientBuilder builder,
            BoundedClientBuilder exchanges,
            OutboundConfiguration configuration,
            String name) {
        builder.setApacheHttpClientBuilder(exchanges);
        return builder.using(configuration.client()).build(name);
    }

    private static final class BoundedClientBuilder extends io.dropwizard.client.HttpClientBuilder {

        BoundedClientBuilder(Environment environment) {
            super(environment);
        }

        BoundedClientBuilder(MetricRegistry metrics) {
            super(metrics);
        }

        @Override
        protected HttpClientBuilder customizeBuilder(HttpClientBuilder builder) {
            return builder.disableRedirectHandling() // credentials go where the configuration says, and nowhere else
                    .addExecInterceptorFirst("bounded", new BoundedExchange());
        }
    }
}
