package io.holisticos.app.admin.prometheus;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.core.setup.Environment;
import io.holisticos.command.Commands;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * {@code /prometheus} on the admin port: OpenMetrics for clients that accept it, Prometheus's text format for others.
 */
public final class Prometheus {

    /** Of the JVM, what never changes, or is of interest to nobody who watches a service. */
    private static final Pattern LEFT_OUT = Pattern.compile("jvm_memory_(pool_)?(init|collection|objects).*");

    private Prometheus() {}

    /**
     * Opens the page.
     *
     * @param version of this build
     * @param groups the group of routes that an address belongs to
     */
    public static void open(
            Environment environment,
            Commands commands,
            PrometheusConfiguration configuration,
            String version,
            Function<URI, String> groups) {
        PrometheusRegistry registry = registryOf(environment.metrics(), configuration);
        PrometheusRegistry jvm = new PrometheusRegistry();
        JvmMetrics.builder().register(jvm);
        registry.register(() -> jvm.scrape(name -> !LEFT_OUT.matcher(name).matches()));
        Info.builder()
                .name("service_build")
                .help("Version of the service and of the Java that runs it; always 1")
                .labelNames("version", "java")
                .register(registry)
                .addLabelValues(version, Runtime.version().toString());
        environment.jersey().register(new RequestMetrics(registry, groups, System::nanoTime));
        if (configuration.hystrix) {
            commands.onExecution(new CommandLatency(registry));
        }
        environment
                .admin()
                .addServlet("prometheus", new PrometheusMetricsServlet(registry))
                .addMapping("/prometheus");
    }

    /** Exports all metrics, also those that are registered later. */
    static PrometheusRegistry registryOf(MetricRegistry metrics, PrometheusConfiguration configuration) {
        PrometheusRegistry registry = new PrometheusRegistry();
        registry.register(new ServiceFamilies(metrics, FamilyTable.read()));
        if (configuration.hystrix) {
            registry.register(new HystrixFamilies(metrics));
        }
        return registry;
    }
}
