package io.holisticos.twins.whoop;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How WHOOP writes values: UTC milliseconds with Z, and single-precision numbers with their tails. */
final class WhoopFormat {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private WhoopFormat() {}

    static String time(Instant moment) {
        return TIME.format(moment);
    }

    /** Written with as few digits as single precision needs: {@code 5.2951527}. */
    static Float single(double value) {
        return (float) value;
    }

    /** Single precision written as double: {@code 1569.34033203125}. */
    static Double tailed(double value) {
        return (double) (float) value;
    }

    /** {@code score_state}: pending until the score is due, and unscorable where nothing was measured. */
    static String scoreState(boolean pending, boolean measured) {
        if (pending) {
            return "PENDING_SCORE";
        }
        return measured ? "SCORED" : "UNSCORABLE";
    }

    /** The object without keys whose value is null, as WHOOP documents it. */
    static Map<String, Object> withoutNulls(Map<String, Object> json) {
        Map<String, Object> kept = new LinkedHashMap<>();
        json.forEach((key, value) -> {
            Object inner = stripped(value);
            if (inner != null) {
                kept.put(key, inner);
            }
        });
        return kept;
    }

    private static @Nullable Object stripped(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> inner = new LinkedHashMap<>();
            map.forEach((key, nested) -> {
                Object kept = stripped(nested);
                if (kept != null) {
                    inner.put((String) key, kept);
                }
            });
            return inner;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(WhoopFormat::stripped).toList();
        }
        return value;
    }
}
