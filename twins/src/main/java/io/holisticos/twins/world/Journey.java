package io.holisticos.twins.world;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The UTC offset a person lives at over time, through flights and clock changes. */
public final class Journey {
    private static final int DAY = 86_400;
    private final List<Stay> stays;

    private Journey(List<Stay> stays) {
        this.stays = List.copyOf(stays);
    }

    /** The journey of a person who never travels. */
    public static Journey at(ZoneOffset home) {
        return new Journey(List.of(new Stay(Instant.MIN, home, home.getTotalSeconds())));
    }

    /** The same journey, continued at another offset from that moment. */
    public Journey then(Instant from, ZoneOffset offset) {
        Stay last = stays.get(stays.size() - 1);
        // the body does not notice the date line, so its shift is the smallest possible one
        int shift = Math.floorMod(offset.getTotalSeconds() - last.bodySeconds() + DAY / 2, DAY) - DAY / 2;
        List<Stay> longer = new ArrayList<>(stays);
        longer.add(new Stay(from, offset, last.bodySeconds() + shift));
        return new Journey(longer);
    }

    /** The offset in force at that moment. */
    public ZoneOffset offsetAt(Instant moment) {
        for (int i = stays.size() - 1; i > 0; i--) {
            if (!moment.isBefore(stays.get(i).from())) {
                return stays.get(i).offset();
            }
        }
        return stays.get(0).offset();
    }

    /** The offset at noon of that local date, the later one if noon came twice; null for a date that was skipped. */
    @Nullable
    ZoneOffset offsetOn(LocalDate date) {
        for (int i = stays.size() - 1; i >= 0; i--) {
            ZoneOffset offset = stays.get(i).offset();
            if (offsetAt(date.atTime(LocalTime.NOON).toInstant(offset)).equals(offset)) {
                return offset;
            }
        }
        return null;
    }

    /** The moment at which a body that counts 24-hour days reads that time since the epoch. */
    Instant bodyTime(Duration sinceEpoch) {
        for (int i = stays.size() - 1; i > 0; i--) {
            Instant there = stays.get(i).read(sinceEpoch);
            if (!there.isBefore(stays.get(i).from())) {
                return there;
            }
        }
        return stays.get(0).read(sinceEpoch);
    }

    /** The number of the body's day at that moment, give or take one near a flight. */
    long bodyDay(Instant moment) {
        for (int i = stays.size() - 1; i > 0; i--) {
            if (!moment.isBefore(stays.get(i).from())) {
                return stays.get(i).day(moment);
            }
        }
        return stays.get(0).day(moment);
    }

    /** How many seconds ahead of UTC the body counts; unlike an offset it never jumps by a day. */
    private record Stay(Instant from, ZoneOffset offset, int bodySeconds) {
        private Instant read(Duration sinceEpoch) {
            return Instant.EPOCH.plus(sinceEpoch).minusSeconds(bodySeconds);
        }

        private long day(Instant moment) {
            return Math.floorDiv(moment.getEpochSecond() + bodySeconds, DAY);
        }
    }
}
