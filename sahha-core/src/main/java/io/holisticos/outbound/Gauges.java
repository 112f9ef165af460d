package io.holisticos.outbound;

import com.codahale.metrics.MetricRegistry;

/** The names under which Hystrix's Codahale publisher and Tenacity showed a command in a {@link MetricRegistry}. */
final class Gauges {

    private Gauges() {}

    static void register(Command command, MetricRegistry metrics) {}
}
