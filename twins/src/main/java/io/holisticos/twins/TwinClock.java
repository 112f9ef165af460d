package io.holisticos.twins;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The one clock that the application and both twins share: it may run faster than real time and be advanced.
 *
 * <p>Safe for any number of threads; instants never go backwards. {@link #withZone} gives a view of the same time.
 */
public final class TwinClock extends Clock {
    private final SharedTime time;
    private final ZoneId zone;

    private TwinClock(SharedTime time, ZoneId zone) {
        this.time = time;
        this.zone = zone;
    }

    /** Starts now, by the machine's clock, at the given speed (1 is real time, 60 a minute per second). */
    public static TwinClock atWallTime(double speed) {
        return startingAt(Clock.systemUTC().instant(), speed);
    }

    /** Starts at that moment and runs at the given speed. */
    public static TwinClock startingAt(Instant start, double speed) {
        if (!(speed >= 0) || speed > 1_000_000) {
            throw new IllegalArgumentException("speed must be between 0 and 1000000, was " + speed);
        }
        return new TwinClock(new SharedTime(start, speed), ZoneOffset.UTC);
    }

    /** Stands still until advanced. */
    public static TwinClock fixed(Instant start) {
        return startingAt(start, 0);
    }

    /** Advances time and calls the listeners of {@link #onAdvance}. Returns the new time. */
    public Instant advance(Duration step) {
        return time.advance(step);
    }

    /** Calls the listener after each {@link #advance}, on the thread that advanced. */
    public void onAdvance(Runnable listener) {
        time.listeners.add(listener);
    }

    @Override
    public Instant instant() {
        return time.now();
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
        return new TwinClock(time, other);
    }

    private static final class SharedTime {
        private final double speed;
        private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
        private Instant base;
        private long anchorNanos = System.nanoTime();

        private SharedTime(Instant start, double speed) {
            this.base = start;
            this.speed = speed;
        }

        private synchronized Instant now() {
            return base.plusNanos((long) ((System.nanoTime() - anchorNanos) * speed));
        }

        private Instant advance(Duration step) {
            if (step.isNegative()) {
                throw new IllegalArgumentException("time only goes forward, was asked for " + step);
            }
            Instant reached;
            synchronized (this) {
                base = now().plus(step);
                anchorNanos = System.nanoTime();
                reached = base;
            }
            listeners.forEach(Runnable::run);
            return reached;
        }
    }
}
