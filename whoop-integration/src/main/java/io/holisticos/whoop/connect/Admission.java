package io.holisticos.whoop.connect;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import com.codahale.metrics.CachedGauge;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.Conflict;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.UserId;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may begin to connect. WHOOP holds an application to a number of members (10 until it is approved), and refuses those
 * beyond it with words that help nobody. Thread-safe.
 */
public final class Admission {

    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    /** What comes back sooner, a member who just agreed waits for without noticing. */
    private static final Duration WORTH_WAITING = Duration.ofMinutes(10);

    /** An operator is warned from here on. */
    private static final double NEARLY_FULL = 0.8;

    private static final long SECONDS_A_COUNT_IS_GOOD = 5;

    private final ConnectionReader connections;
    private final Supplier<OptionalInt> limit;
    private final Supplier<Duration> untilNextCall;

    /**
     * Over the members of one database.
     *
     * @param limit how many members there may be; asked each time
     * @param untilNextCall how long WHOOP cannot be called for anybody
     */
    public Admission(ConnectionReader connections, Supplier<OptionalInt> limit, Supplier<Duration> untilNextCall) {
        this.connections = connections;
        this.limit = limit;
        this.untilNextCall = untilNextCall;
    }

    /**
     * How many members there are.
     *
     * @param connected with a connection that did not end, whatever it waits for
     * @param awaiting of them, those whose account is not known or not confirmed yet
     * @param limit empty when there is none
     */
    public record Members(int connected, int awaiting, OptionalInt limit) {
        /** Whether new members will soon be refused, or are. */
        public boolean isNearlyFull() {
            return limit.isPresent() && connected >= NEARLY_FULL * limit.getAsInt();
        }
    }

    OptionalInt limit() {
        return limit.get();
    }

    public Members members() {
        ConnectionStore.Count count = connections.count();
        return new Members(count.connected(), count.awaiting(), limit());
    }

    /**
     * Refuses whoever could not be connected. Who had a connection before is never too many.
     *
     * @throws Conflict when there are as many members as there may be
     * @throws SourceThrottled when WHOOP cannot be called for long
     */
    void require(UserId who) {
        OptionalInt most = limit();
        if (most.isPresent()) {
            requireRoom(who, members(), most.getAsInt());
        }
        Duration wait = untilNextCall.get();
        if (wait.compareTo(WORTH_WAITING) > 0) {
            throw new SourceThrottled(WHOOP, wait);
        }
    }

    private void requireRoom(UserId who, Members members, int most) {
        if (members.connected() >= most && connections.find(who).isEmpty()) {
            log.warn("event=member_limit_reached connected={} limit={}", members.connected(), most);
            throw new Conflict(
                    "member_limit_reached",
                    "whoop.memberLimit allows " + most + " members, and as many are connected: somebody has to"
                            + " disconnect first, or WHOOP has to approve more");
        }
        if (members.isNearlyFull()) {
            log.warn("event=member_limit_near connected={} limit={}", members.connected(), most);
        }
    }

    /** The gauges {@code whoop.members.connected}, {@code .awaiting} and {@code .limit}. */
    public void register(MetricRegistry metrics) {
        Gauge<Optional<Members>> counted = new CachedGauge<>(SECONDS_A_COUNT_IS_GOOD, TimeUnit.SECONDS) {
            @Override
            protected Optional<Members> loadValue() {
                try {
                    return Optional.of(members());
                } catch (HealthError away) {
                    return Optional.empty();
                }
            }
        };
        Gauge<Double> connected =
                () -> counted.getValue().map(all -> (double) all.connected()).orElse(Double.NaN);
        Gauge<Double> awaiting =
                () -> counted.getValue().map(all -> (double) all.awaiting()).orElse(Double.NaN);
        Gauge<Double> most = () -> limit().isPresent() ? limit().getAsInt() : Double.NaN;
        metrics.gauge("whoop.members.connected", () -> connected);
        metrics.gauge("whoop.members.awaiting", () -> awaiting);
        metrics.gauge("whoop.members.limit", () -> most);
    }
}
