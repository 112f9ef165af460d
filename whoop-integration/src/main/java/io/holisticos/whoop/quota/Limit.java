package io.holisticos.whoop.quota;

import java.time.Duration;

/**
 * What we allow ourselves in a window.
 *
 * @param most grants in any span of {@code length}
 * @param reserve what WHOOP would allow beyond that
 * @param length the window and the margin
 */
record Limit(QuotaWindow window, int most, int reserve, Duration length) {

    /** We always keep so much, whatever others use: what they are said to use is inferred. */
    private static final int KEPT_PERCENT = 20;

    /** What is left of it beside what others use. */
    Limit beside(int foreign) {
        int left = Math.max(most * KEPT_PERCENT / 100, most - foreign);
        return foreign == 0 ? this : new Limit(window, Math.max(1, left), reserve, length);
    }

    static Limit of(QuotaWindow window, QuotaConfiguration configuration) {
        int allowed = switch (window) {
            case MINUTE -> configuration.perMinute;
            case DAY -> configuration.perDay;
        };
        int reserve = (int) (((long) allowed * configuration.reservePercent + 99) / 100);
        return new Limit(window, allowed - reserve, reserve, window.length.plus(configuration.margin.toJavaDuration()));
    }
}
