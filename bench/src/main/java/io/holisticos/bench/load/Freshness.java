package io.holisticos.bench.load;

import java.time.Duration;

/**
 * Keeps the loaded members as fresh as members are whose phones and straps go on sending: nobody is asked for them while requests
 * are measured. No trigger runs, since nothing of a day changes.
 */
public final class Freshness {

    private static final Duration EVERY = Duration.ofMinutes(30);

    private static final String[] SAHHA = {
        // an hour ahead: Sahha's scores stay fresh for five minutes, and all of them would end in one moment
        "update sahha_refresh set refreshed_at = now() + interval '1 hour', read_until = now() where span = 'recent'",
        "update sahha_refresh set refreshed_at = now(), read_until = now()"
                + " where span <> 'recent' and refreshed_at < now() - interval '6 hours'",
        "update sahha_profile_check set checked_at = now() where checked_at < now() - interval '6 hours'"
    };

    private static final String[] WHOOP = {
        "update whoop_member_sync set cycles_listed_at = now(), sleeps_listed_at = now(), recoveries_listed_at = now(),"
                + " workouts_listed_at = now()"
                + " where cycles_listed_at < now() - interval '1 hour'",
        "update whoop_connection set access_expires_at = now() + interval '6 hours'"
                + " where access_token is not null and access_expires_at < now() + interval '3 hours'",
        "update scheduled_tasks set execution_time = now() + interval '12 hours' + random() * interval '12 hours'"
                + " where task_name = 'whoop-member' and execution_time < now() + interval '3 hours'"
    };

    private final Cluster cluster;
    private long renewedAt = System.nanoTime() - EVERY.toNanos();

    public Freshness(Cluster cluster) {
        this.cluster = cluster;
    }

    /** To be called between measurements; does nothing while all are fresh for long enough. */
    public void keep() {
        if (System.nanoTime() - renewedAt >= EVERY.toNanos()) {
            renew();
        }
    }

    /** Makes all as fresh as if they had just been read. */
    public void renew() {
        cluster.quietly(Cluster.SAHHA, SAHHA);
        cluster.quietly(Cluster.WHOOP, WHOOP);
        renewedAt = System.nanoTime();
    }
}
