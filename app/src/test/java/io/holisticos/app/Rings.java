package io.holisticos.app;

import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.Metric.Family;
import io.holisticos.health.SourceDay;
import io.holisticos.health.UserId;
import io.holisticos.ring.RingHealth;
import io.holisticos.ring.RingSource;
import io.holisticos.ring.RingVitals;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/** The third source, as one entry of the list of sources. */
final class Rings {

    private Rings() {}

    /**
     * The entry.
     *
     * @param database stands for one of its own
     * @param share its part of the time of an answer
     */
    static Sources.Entry entry(RingSource ring, DataSource database, Duration share) {
        return new Sources.Entry(
                RingSource.NAME,
                ring,
                null,
                Set.of(Family.HEART),
                new Sources.Vitals(
                        Optional.of(new Sources.Built<>(ring, new RingVitals(ring), database)),
                        RingHealth.notConfigured()),
                share);
    }

    /** A day with these values. */
    static void put(RingSource ring, String userId, LocalDate date, int restingHeartRate, int steps) {
        ring.puts(
                new UserId(userId),
                new SourceDay(
                        date,
                        List.of(),
                        List.of(
                                new Measurement(Metric.HEART_RATE_RESTING, BigDecimal.valueOf(restingHeartRate)),
                                new Measurement(Metric.STEPS, BigDecimal.valueOf(steps))),
                        List.of(),
                        null));
    }
}
