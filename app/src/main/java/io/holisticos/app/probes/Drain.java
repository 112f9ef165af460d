package io.holisticos.app.probes;

import com.codahale.metrics.Gauge;
import io.dropwizard.core.setup.Environment;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this process should get no new callers, because an operator wants that or because it is stopping. Requests are still
 * served; readiness says no, and connections end with their next answer. Thread-safe.
 */
public final class Drain {

    private static final Logger log = LoggerFactory.getLogger(Drain.class);

    private final AtomicBoolean draining = new AtomicBoolean();

    private Drain() {}

    /**
     * Registers the task {@code drain} and the gauge {@code drain.draining} (0 or 1), and drains when the server stops.
     *
     * @param time how long the server keeps its ports open while draining, so that load balancers notice; zero where there is
     *     none
     */
    public static Drain in(Environment environment, Duration time) {
        Drain drain = new Drain();
        environment.admin().addTask(new DrainTask(drain, environment.getObjectMapper()));
        environment.metrics().register("drain.draining", (Gauge<Integer>) () -> drain.isDraining() ? 1 : 0);
        environment.lifecycle().addEventListener(new LifeCycle.Listener() {
            private volatile boolean served;

            @Override
            public void lifeCycleStarting(LifeCycle starting) {
                if (starting instanceof Server server) {
                    drain.install(server);
                }
            }

            @Override
            public void lifeCycleStarted(LifeCycle started) {
                served |= started instanceof Server;
            }

            @Override
            public void lifeCycleStopping(LifeCycle stopping) {
                if (stopping instanceof Server server) { // before anything else of it stops
                    drain.begin("server_stopping");
                    if (served && !time.isZero()) {
                        ClosingPorts.await(time);
                        ClosingPorts.close(server);
                    }
                }
            }
        });
        return drain;
    }

    /** Behind the handler that lets requests under way finish, which Dropwizard puts first. */
    private void install(Server server) {
        Handler.Singleton outermost = server.getHandler() instanceof Handler.Singleton graceful ? graceful : server;
        outermost.insertHandler(new LastAnswers(this::isDraining));
    }

    public boolean isDraining() {
        return draining.get();
    }

    void begin(String reason) {
        if (draining.compareAndSet(false, true)) {
            log.info("event=drain_begun reason={}", reason);
        }
    }

    void end() {
        if (draining.compareAndSet(true, false)) {
            log.info("event=drain_ended");
        }
    }
}
