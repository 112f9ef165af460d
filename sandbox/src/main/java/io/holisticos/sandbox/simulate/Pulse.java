package io.holisticos.sandbox.simulate;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * When events leave WHOOP's twin and when jobs start. WHOOP does not say how long an event takes; latencies are measured from
 * the moment an event leaves.
 *
 * @param events events that happen within this time leave together; zero when each leaves as it happens
 * @param morningEvents the same while most members wake up
 * @param jobs jobs start at multiples of this time; the wait counts as latency
 */
record Pulse(Duration events, Duration morningEvents, Duration jobs) {

    /**
     * Events of different members arrive together and the processors are busy: every ten minutes, and every five while most
     * members wake up, since ten minutes of them would need more calls than a minute's quota. Jobs start later than in production.
     */
    static final Pulse USUAL = new Pulse(Duration.ofMinutes(10), Duration.ofMinutes(5), Duration.ofSeconds(20));

    /** As production looks for due jobs. */
    private static final Duration POLLING = Duration.ofSeconds(1);

    /** The pulse that was asked for: null for the usual one. */
    static Pulse of(@Nullable Integer seconds) {
        if (seconds == null) {
            return USUAL;
        }
        Duration events = Duration.ofSeconds(seconds);
        return new Pulse(events, events, shorter(USUAL.jobs, longer(events, POLLING)));
    }

    /** Whether each event leaves as it happens, so that latencies are those of production. */
    boolean isNone() {
        return events.isZero() && morningEvents.isZero();
    }

    /** When an event leaves. */
    Instant delivery(Instant happens) {
        return roundedUp(happens, eventsAt(happens));
    }

    /** When a job starts. One due at a whole minute is a planned one, which nobody waits for: it starts with the next events. */
    Instant start(Instant due) {
        boolean planned = due.equals(due.truncatedTo(ChronoUnit.MINUTES));
        return roundedUp(due, planned ? eventsAt(due) : jobs);
    }

    private Duration eventsAt(Instant moment) {
        return SimulatedDeployment.isMorning(moment) ? morningEvents : events;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** To the millisecond where there is no step. */
    private static Instant roundedUp(Instant moment, Duration step) {
        long millis = moment.plusNanos(999_999).toEpochMilli();
        long every = Math.max(1, step.toMillis());
        return Instant.ofEpochMilli(Math.floorDiv(millis + every - 1, every) * every);
    }
}
