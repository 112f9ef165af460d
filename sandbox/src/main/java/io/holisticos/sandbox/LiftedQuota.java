package io.holisticos.sandbox;

import io.holisticos.twins.http.Stats;
import io.holisticos.twins.whoop.Knobs;
import io.holisticos.twins.whoop.WhoopTwin;
import io.holisticos.whoop.quota.QuotaGovernor;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * While it is open, no call waits for WHOOP's quota: the twin grants any number of calls, and the app's count of used
 * calls is reset before it slows anything down. Closing restores the usual quota with nothing used.
 */
final class LiftedQuota implements AutoCloseable {

    /** Below the smallest share of a minute's quota. */
    private static final int RESET_AFTER_CALLS = 5;

    private static final Duration CHECK_INTERVAL = Duration.ofMillis(20);

    private final WhoopTwin whoop;
    private final QuotaGovernor governor;
    private final Knobs usual;
    private final ScheduledExecutorService checks = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "lifted-quota");
        thread.setDaemon(true);
        return thread;
    });
    private long callsAtReset;

    private LiftedQuota(WhoopTwin whoop, QuotaGovernor governor) {
        this.whoop = whoop;
        this.governor = governor;
        this.usual = whoop.knobs();
    }

    static LiftedQuota of(WhoopTwin whoop, QuotaGovernor governor) {
        LiftedQuota lifted = new LiftedQuota(whoop, governor);
        Knobs.Limits limits = lifted.usual.limits();
        whoop.turn(lifted.usual.with(
                new Knobs.Limits(1_000_000, 1_000_000, limits.retryAfter(), limits.tokenCallsCount())));
        lifted.checks.scheduleWithFixedDelay(
                lifted::resetWhenUsed, 0, CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        return lifted;
    }

    private void resetWhenUsed() {
        Stats stats = whoop.stats();
        long calls = stats.calls();
        if (calls >= callsAtReset + RESET_AFTER_CALLS) {
            governor.reset();
            callsAtReset = calls;
        }
    }

    @Override
    public void close() {
        checks.shutdownNow();
        whoop.turn(usual);
        whoop.resetQuota();
        governor.reset();
    }
}
