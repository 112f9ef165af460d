package io.holisticos.whoop.connect;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.health.HealthError.Conflict;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.UserId;
import io.holisticos.vitals.SlowGauge;
import io.holisticos.whoop.custody.ConnectionReader;
import io.holisticos.whoop.custody.MemberCount;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides who may begin to connect. WHOOP limits the number of members of an application (10 until it is approved), and
 * refuses further ones with an error that does not say so. Thread-safe.
 */
public final class Admission {

    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    /** A member who has just agreed does not notice a shorter wait. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    /** The part of the limit from which on an operator is warned. */
    private static final double NEARLY_FULL = 0.8;

    private static final Duration A_COUNT_IS_GOOD_FOR = Duration.ofSeconds(15);

    private final ConnectionReader connections;
    private final Supplier<OptionalInt> limit;
    private final Supplier<Duration> untilNextCall;

    /**
     * Admits members to one database.
     *
     * @param limit how many members there may be; read each time
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
     * @param connected with a connection that did not end, pending ones included
     * @param awaiting of them, those whose WHOOP account is not known or not confirmed yet
     * @param limit empty when there is none
     */
    public record Members(int connected, int awaiting, OptionalInt limit) {
        /** Whether new members are refused, or soon will be. */
        public boolean isNearlyFull() {
            return limit.isPresent() && connected >= NEARLY_FULL * limit.getAsInt();
        }
    }

    OptionalInt limit() {
        return limit.get();
    }

    public Members members() {
        MemberCount count = connections.count();
        return new Members(count.connected(), count.pending(), limit());
    }

    /**
     * Refuses a member who could not be connected. A member who had a connection before is not held to the limit.
     *
     * @throws Conflict when there are as many members as there may be
     * @throws SourceThrottled when WHOOP cannot be called for long
     */
    void require(UserId who) {
        OptionalInt memberLimit = limit();
        if (memberLimit.isPresent()) {
            requireRoom(who, members(), memberLimit.getAsInt());
        }
        Duration wait = untilNextCall.get();
        if (wait.compareTo(LONGEST_WAIT) > 0) {
            throw new SourceThrottled(WHOOP, wait);
        }
    }

    private void requireRoom(UserId who, Members members, int memberLimit) {
        if (members.connected() >= memberLimit && connections.find(who).isEmpty()) {
            log.warn("event=member_limit_reached connected={} limit={}", members.connected(), memberLimit);
            throw new Conflict(
                    "member_limit_reached",
                    "whoop.memberLimit allows " + memberLimit + " members, and as many are connected: somebody has to"
                            + " disconnect first, or WHOOP has to approve more");
        }
        if (members.isNearlyFull()) {
            log.warn("event=member_limit_near connected={} limit={}", members.connected(), memberLimit);
        }
    }

    /** The gauges {@code whoop.members.connected}, {@code .awaiting} and {@code .limit}. */
    public void register(MetricRegistry metrics) {
        Gauge<Optional<Members>> counted = new SlowGauge<>(A_COUNT_IS_GOOD_FOR, this::members);
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
