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
 * While it is open, nobody waits for WHOOP's quota: its twin grants any number, and the app forgets what it used before
 * that is much. When it closes, both ends stand as on the first day.
 */
final class LiftedQuota implements AutoCloseable {

    /** Less than the smallest share of a minute. */
    private static final int FORGET_AFTER_CALLS = 5;

    private static final Duration LOOK = Duration.ofMillis(20);

    private final WhoopTwin whoop;
    private final QuotaGovernor governor;
    private final Knobs usual;
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "lifted-quota");
        thread.setDaemon(true);
        return thread;
    });
    private long forgottenAt;

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
        lifted.looking.scheduleWithFixedDelay(lifted::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
        return lifted;
    }

    private void look() {
        Stats stats = whoop.stats();
        long calls = stats.calls();
        if (calls >= forgottenAt + FORGET_AFTER_CALLS) {
            governor.reset();
            forgottenAt = calls;
        }
    }

    @Override
    public void close() {
        looking.shutdownNow();
        whoop.turn(usual);
        whoop.resetQuota();
        governor.reset();
    }
}
