package io.holisticos.whoop.quota;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the day holds if the last hour goes on; without the backfill, which stops by itself.
 *
 * @param endsAt when the day's quota would be used up; null when it lasts
 * @param callsPerMemberAndDay what a member cost in the last day, first reads and backfill apart; null without any
 * @param membersThatFit how many members of that cost the day can carry, with something to spare
 */
record Forecast(
        @Nullable Instant endsAt, int members, @Nullable Double callsPerMemberAndDay, int membersThatFit) {

    private static final Duration LOOK_BACK = Duration.ofHours(1);
    private static final Duration STEP = Duration.ofMinutes(5);

    /** Before there is anything to measure: what design §7 aims at for an active member. */
    private static final double EXPECTED_CALLS = 4.6;

    /** A day that is planned to the last call ends early. */
    private static final double USABLE = 0.95;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    static Forecast of(Grants grants, Limit day, Instant now) {
        Instant dayAgo = now.minus(day.length());
        int[] used = grants.countByLaneAfter(dayAgo);
        int members = grants.membersAfter(dayAgo);
        int steady = used[Lane.WEBHOOK.number] + used[Lane.RECONCILE.number];
        boolean isMeasured = members > 0
                && steady > 0
                && grants.firstAfter(dayAgo) <= grants.last()
                && Duration.between(grants.at(grants.firstAfter(dayAgo)), now).compareTo(Duration.ofHours(20)) > 0;
        Double each = isMeasured ? (double) steady / members : null;
        double cost = each == null ? EXPECTED_CALLS : Math.max(1, each);
        return new Forecast(endOf(grants, day, now), members, each, (int) (day.most() * USABLE / cost));
    }

    private static @Nullable Instant endOf(Grants grants, Limit day, Instant now) {
        int[] lastHour = grants.countByLaneAfter(now.minus(LOOK_BACK));
        int goingOn = LaneRules.sum(lastHour) - lastHour[Lane.BACKFILL.number];
        double perStep = goingOn * ((double) STEP.toSeconds() / LOOK_BACK.toSeconds());
        double more = 0;
        for (Instant at = now; at.isBefore(now.plus(day.length())); at = at.plus(STEP)) {
            if (grants.countAfter(at.minus(day.length())) + more >= day.most()) {
                return at;
            }
            more += perStep;
        }
        return null;
    }

    /** Whether one member more does no harm to those there are. */
    boolean admitsOneMore() {
        return endsAt == null && members < membersThatFit;
    }

    /** For people. */
    String text() {
        return endsAt == null
                ? "at this rate the day's quota lasts"
                : "at this rate the day ends " + TIME.format(endsAt) + " UTC";
    }
}
