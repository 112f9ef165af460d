package io.holisticos.bench;

import io.holisticos.bench.contender.Service;
import io.holisticos.bench.drive.PlainConnection;
import io.holisticos.bench.drive.Request;
import io.holisticos.bench.load.Cluster;
import io.holisticos.bench.process.BenchFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a request costs, counted: statements of both databases (reads are transactions of one statement each), buffers that they
 * read, and bytes that the services allocated. What jobs in the background do meanwhile is counted without requests, and taken off.
 */
final class CostMeter {

    /** A session of PostgreSQL that waits tells what it did after ten seconds at the latest. */
    private static final Duration TOLD_WITHIN = Duration.ofSeconds(11);

    private static final String STATEMENTS =
            "select sum(xact_commit + xact_rollback) from pg_stat_database where datname in ('sahha', 'whoop')";
    private static final String BUFFERS =
            "select sum(blks_hit + blks_read) from pg_stat_database where datname in ('sahha', 'whoop')";

    private final Cluster cluster;
    private final List<Service> services;

    CostMeter(Cluster cluster, List<Service> services) {
        this.cluster = cluster;
        this.services = services;
    }

    /** Of one request. */
    record Cost(double statements, double buffers, double kilobytes, double millis) {}

    /** Sends requests one after the other, to one service after the other. */
    Cost measure(List<Request> requests) {
        Counted idle = idle();
        Counted before = counted();
        long begun = System.nanoTime();
        send(requests);
        double millis = (System.nanoTime() - begun) / 1e6;
        Counted after = counted();
        double seconds = (after.nanos() - before.nanos()) / 1e9;
        double idleSeconds = idle.nanos() / 1e9;
        int count = requests.size();
        return new Cost(
                (after.statements() - before.statements() - idle.statements() / idleSeconds * seconds) / count,
                (after.buffers() - before.buffers() - idle.buffers() / idleSeconds * seconds) / count,
                (after.bytes() - before.bytes() - idle.bytes() / idleSeconds * seconds) / count / 1024,
                millis / count);
    }

    /** What happens without requests. */
    private Counted idle() {
        Counted before = counted();
        Counted after = counted();
        return new Counted(
                after.nanos() - before.nanos(),
                after.statements() - before.statements(),
                after.buffers() - before.buffers(),
                after.bytes() - before.bytes());
    }

    private Counted counted() {
        try {
            Thread.sleep(TOLD_WITHIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted", e);
        }
        return new Counted(
                System.nanoTime(),
                Long.parseLong(cluster.one("postgres", STATEMENTS)),
                Long.parseLong(cluster.one("postgres", BUFFERS)),
                services.stream().mapToLong(Service::allocated).sum());
    }

    /** Not measured. */
    void send(List<Request> requests) {
        List<PlainConnection> connections = new ArrayList<>();
        try {
            for (Service service : services) {
                connections.add(new PlainConnection(service.port()));
            }
            for (int i = 0; i < requests.size(); i++) {
                int which = i % services.size();
                byte[] request = requests.get(i).bytes(services.get(which).port());
                PlainConnection.Answer answer = connections.get(which).exchange(request);
                if (answer.status() != 200) {
                    throw new BenchFailure("answered " + answer.status() + ": " + PlainConnection.text(answer));
                }
            }
            for (PlainConnection connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new BenchFailure("the service does not answer: " + e, e);
        }
    }

    private record Counted(long nanos, long statements, long buffers, long bytes) {}
}
