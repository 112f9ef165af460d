package io.holisticos.app.admin.prometheus;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.core.setup.Environment;
import io.holisticos.command.Commands;
import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import io.prometheus.metrics.instrumentation.dropwizard.DropwizardExports;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/**
 * {@code /prometheus} on the admin port: OpenMetrics for clients that accept it, Prometheus's text format for others.
 */
public final class Prometheus {

    private Prometheus() {}

    public static void open(Environment environment, Commands commands) {
        PrometheusRegistry registry = registryOf(environment.metrics());
        JvmMetrics.builder().register(registry);
        environment.jersey().register(new RequestLatency(registry, System::nanoTime));
        commands.onExecution(new CommandLatency(registry));
        environment
                .admin()
                .addServlet("prometheus", new PrometheusMetricsServlet(registry))
                .addMapping("/prometheus");
    }

    /** Exports all metrics, also those that are registered later. Metrics that cannot be read are left out. */
    static PrometheusRegistry registryOf(MetricRegistry metrics) {
        PrometheusRegistry registry = new PrometheusRegistry();
        PrometheusNames names = new PrometheusNames();
        metrics.addListener(names);
        DropwizardExports.builder()
                .dropwizardRegistry(names.renamed())
                .invalidMetricHandler((name, unreadable) -> true)
                .register(registry);
        registry.register(new HystrixFamilies(names.ofCommands()));
        return registry;
    }
}
