package io.holisticos.bench.contender;

import io.holisticos.bench.bare.BareApplication;
import io.holisticos.bench.load.Cluster;
import io.holisticos.bench.process.Checkout;
import io.holisticos.bench.process.FreePort;
import io.holisticos.bench.process.Processes;
import io.holisticos.bench.process.StartedProcess;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The bare Dropwizard service: both of its endpoints are one process, of which one is asked at a time.
 *
 * @param liveAfter from the start to its first answer
 */
public record Bare(StartedProcess process, int port, Duration liveAfter) {

    /** Starts it, and waits until it answers. */
    public static Bare start(Processes processes, Checkout checkout, Jvm jvm, Cluster cluster) {
        int port = FreePort.next();
        List<String> command = jvm.java(
                "-cp",
                checkout.bench().toString(),
                BareApplication.class.getName(),
                Integer.toString(port),
                cluster.url(Cluster.SAHHA),
                Deployment.KEY);
        long begun = System.nanoTime();
        StartedProcess process = processes.start("bare", Map.of(), command);
        process.awaitAnswer(URI.create("http://localhost:" + port + BareApplication.READY));
        return new Bare(process, port, Duration.ofNanos(System.nanoTime() - begun));
    }
}
