package io.holisticos.app.admin.prometheus;

import io.dropwizard.core.setup.Environment;
import io.holisticos.outbound.Commands;
import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import io.prometheus.metrics.instrumentation.dropwizard.DropwizardExports;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** {@code /prometheus} on the admin port: OpenMetrics for who asks for it, else Prometheus's text format. */
public final class Prometheus {

    private Prometheus() {}

    public static void open(Environment environment, Commands commands) {
        PrometheusRegistry registry = new PrometheusRegistry();
        JvmMetrics.builder().register(registry);
        CleanNames names = new CleanNames();
        environment.metrics().addListener(names);
        DropwizardExports.builder().dropwizardRegistry(names.renamed()).register(registry);
        registry.register(new HystrixFamilies(names.ofCommands()));

        environment.jersey().register(new RequestLatency(registry, System::nanoTime));
        commands.onExecution(new CommandLatency(registry));
        environment
                .admin()
                .addServlet("prometheus", new PrometheusMetricsServlet(registry))
                .addMapping("/prometheus");
    }
}
