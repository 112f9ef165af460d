package io.holisticos.twins.sahha;

import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;

/**
 * When Sahha computed the rows of a day: soon after the member's phone synced in the morning, a few times during the
 * day, and once after midnight, when the day is complete.
 */
final class ComputationSchedule {
    private static final List<LocalTime> DAYTIME = List.of(
            LocalTime.of(9, 0), LocalTime.of(12, 0), LocalTime.of(15, 0), LocalTime.of(18, 10), LocalTime.of(21, 0));

    private final List<Instant> moments;

    private ComputationSchedule(List<Instant> moments) {
        this.moments = List.copyOf(moments);
    }

    static ComputationSchedule of(CollectedDay day, long seed, String externalId) {
        String words = externalId + "|" + day.date();
        var night = day.night();
        Instant morning = night == null
                ? day.date().atTime(6, 30).toInstant(day.offset())
                : night.end().toInstant();
        var moments = new ArrayList<Instant>();
        moments.add(morning.plusSeconds(SeededValues.between(240, 900, seed, words + "|morning")));
        for (LocalTime time : DAYTIME) {
            Instant next = day.date()
                    .atTime(time)
                    .toInstant(day.offset())
                    .plusSeconds(SeededValues.between(0, 1500, seed, words + "|" + time));
            if (next.isAfter(moments.get(moments.size() - 1).plusSeconds(600))) {
                moments.add(next);
            }
        }
        moments.add(day.start().plusSeconds(86_400 + SeededValues.between(600, 2400, seed, words + "|final")));
        return new ComputationSchedule(moments);
    }

    List<Instant> moments() {
        return moments;
    }

    /** How many computations are done. */
    int done(Instant now) {
        int count = 0;
        while (count < moments.size() && !moments.get(count).isAfter(now)) {
            count++;
        }
        return count;
    }
}
