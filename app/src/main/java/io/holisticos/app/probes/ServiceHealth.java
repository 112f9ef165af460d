package io.holisticos.app.probes;

import io.holisticos.app.probes.Readiness.Check;
import io.holisticos.health.Deadline;
import io.holisticos.sahha.SahhaVitals;
import io.holisticos.whoop.WhoopVitals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts what is seen into words. WHOOP never makes the service unready: Sahha's callers do not need it. Thread-safe. */
final class ServiceHealth {

    private final Drain drain;
    private final Looks looks;
    private final SahhaVitals sahha;
    private final Optional<WhoopVitals> whoop;

    ServiceHealth(Drain drain, Looks looks, SahhaVitals sahha, Optional<WhoopVitals> whoop) {
        this.drain = drain;
        this.looks = looks;
        this.sahha = sahha;
        this.whoop = whoop;
    }

    /** Whether requests should be sent here. */
    Readiness readiness() {
        Deadline deadline = looks.begin();
        List<Check> checks = new ArrayList<>();
        Word database = word(looks.database(), deadline);
        checks.add(new Check("database", word(database)));
        boolean ready = database != Word.DOWN;
        ready &= add(checks, "migrations", holds(looks.migrations(), deadline));
        checks.add(new Check("drain", drain.isDraining() ? "draining" : "ok"));
        whoop.ifPresent(vitals -> addWhoop(checks, vitals, deadline));
        boolean degraded = checks.stream().anyMatch(check -> check.status().equals("degraded"));
        return Readiness.of(ready, drain.isDraining(), degraded, checks);
    }

    /** WHOOP's part. */
    IntegrationHealth whoop() {
        Deadline deadline = looks.begin();
        return whoop.map(vitals -> whoop(vitals, deadline)).orElseGet(IntegrationHealth::notConfigured);
    }

    /** Sahha's part and the entry point's own. */
    SahhaHealth sahha() {
        Deadline deadline = looks.begin();
        Word database = word(looks.database(), deadline);
        Map<String, String> breakers = sahha.breakers();
        Word status = Word.OK;
        if (database == Word.DOWN) {
            status = Word.DOWN;
        } else if (database == Word.DEGRADED || sahha.isFailing() || !allClosed(breakers)) {
            status = Word.DEGRADED;
        }
        return new SahhaHealth(
                status,
                database,
                IntegrationHealth.Breaker.of(breakers),
                sahha.lastFetchedAt().orElse(null));
    }

    boolean isDraining() {
        return drain.isDraining();
    }

    private IntegrationHealth whoop(WhoopVitals vitals, Deadline deadline) {
        @Nullable
        Boolean enabled =
                looks.whoopEnabled().flatMap(look -> look.read(deadline)).orElse(null);
        Optional<WhoopVitals.Stored> stored = looks.whoopStored().flatMap(look -> look.read(deadline));
        Map<String, String> breakers = vitals.breakers();
        boolean jobs = vitals.areJobsRunning();
        WhoopVitals.Forbidden forbidden = vitals.forbidden();
        boolean vault = vitals.isVaultWell();
        WhoopVitals.@Nullable Quota quota =
                stored.map(WhoopVitals.Stored::quota).orElse(null);
        @Nullable
        List<WhoopVitals.FailingJob> failing =
                stored.map(WhoopVitals.Stored::failing).orElse(null);
        Word database = whoopDatabase(deadline, stored.isPresent());
        boolean working = database == Word.OK && jobs && (failing == null || failing.isEmpty());
        @Nullable
        Instant lastSyncedAt = stored.flatMap(WhoopVitals.Stored::lastSyncedAt).orElse(null);
        return new IntegrationHealth(
                statusOf(enabled, database, quota, allClosed(breakers) && working && vault && !forbidden.recent()),
                true,
                enabled,
                database,
                jobs,
                vault ? Word.OK : Word.DEGRADED,
                failing,
                lastSyncedAt,
                IntegrationHealth.Breaker.of(breakers),
                quota,
                forbidden,
                stored.map(WhoopVitals.Stored::members).orElse(null));
    }

    private static Word statusOf(
            @Nullable Boolean enabled, Word database, WhoopVitals.@Nullable Quota quota, boolean undisturbed) {
        if (Boolean.FALSE.equals(enabled)) {
            return Word.DISABLED;
        }
        if (database == Word.DOWN) {
            return Word.DOWN;
        }
        return undisturbed && quota != null && quota.blockedUntil() == null ? Word.OK : Word.DEGRADED;
    }

    private void addWhoop(List<Check> checks, WhoopVitals vitals, Deadline deadline) {
        Optional<WhoopVitals.Stored> stored = looks.whoopStored().flatMap(look -> look.read(deadline));
        boolean free = stored.map(seen -> seen.quota().blockedUntil() == null).orElse(true); // unknown is said above it
        checks.add(new Check(
                "whoop_database",
                word(stored.isPresent() && whoopDatabase(deadline, true) == Word.OK ? Word.OK : Word.DEGRADED)));
        checks.add(new Check("whoop_breakers", word(allClosed(vitals.breakers()) ? Word.OK : Word.DEGRADED)));
        checks.add(new Check("whoop_vault", word(vitals.isVaultWell() ? Word.OK : Word.DEGRADED)));
        checks.add(new Check("whoop_quota", word(free ? Word.OK : Word.DEGRADED)));
    }

    private static boolean add(List<Check> checks, String name, boolean holds) {
        checks.add(new Check(name, word(holds ? Word.OK : Word.DOWN)));
        return holds;
    }

    /** What answered but does not say how it does counts as well; one too busy to tell what it holds is not down. */
    private Word whoopDatabase(Deadline deadline, boolean answered) {
        return looks.whoopDatabase().flatMap(look -> look.read(deadline)).orElse(answered ? Word.OK : Word.DOWN);
    }

    private static Word word(Look<Word> look, Deadline deadline) {
        return look.read(deadline).orElse(Word.DOWN);
    }

    private static boolean holds(Look<Boolean> look, Deadline deadline) {
        return look.read(deadline).orElse(false);
    }

    private static boolean allClosed(Map<String, String> breakers) {
        return breakers.values().stream().noneMatch(state -> state.endsWith("open"));
    }

    private static Word word(boolean holds) {
        return holds ? Word.OK : Word.DOWN;
    }

    private static String word(Word word) {
        return word.word();
    }
}
