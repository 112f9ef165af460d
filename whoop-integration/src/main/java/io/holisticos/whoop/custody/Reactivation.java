package io.holisticos.whoop.custody;

import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.custody.ConnectionStore.NeedsConsent;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Reactivates connections that something other than WHOOP ended, by the reason in their history. Makes no calls. */
public final class Reactivation {

    /** WHOOP's own decision: the token endpoint refused the refresh, as it does after the member revoked access there. */
    private static final String REFRESH_REFUSED = "refresh_refused_";

    private final ConnectionStore store;
    private final TokenSeals seals;
    private final Clock clock;
    private volatile Progress progress = new Progress(0, 0);

    public Reactivation(Jdbi database, Vault vault, Clock clock) {
        this.store = new ConnectionStore(database);
        this.seals = new TokenSeals(vault, store, clock);
        this.clock = clock;
    }

    /** What became of a connection that needed consent. */
    public enum ReactivationResult {
        REACTIVATED,
        /** WHOOP refused its refresh token, or a fresh access token: only a new consent helps. */
        ENDED_BY_WHOOP,
        /** There are no tokens left, or the member's key was destroyed. */
        WITHOUT_TOKENS,
        /** Its tokens do not open with the keys that we have now. */
        UNREADABLE,
        /** Another worker changed it in the meantime. */
        CHANGED_MEANWHILE
    }

    /** How many of the connections that need consent were looked at. */
    public record Progress(int done, int waiting) {}

    /** How many connections are in each state, as the database names them. */
    public Map<String, Long> states(@Nullable UserId only) {
        return store.countByState(only);
    }

    /**
     * Reactivates the connections of all members, or of one. Returns how many had which result, by reason.
     *
     * @param dryRun whether to return what would be done, and to do nothing
     */
    public Map<ReactivationResult, Map<String, Long>> run(@Nullable UserId only, boolean dryRun) {
        Map<ReactivationResult, Map<String, Long>> results = new TreeMap<>();
        List<NeedsConsent> waiting = store.needingConsent(only);
        int done = 0;
        for (NeedsConsent connection : waiting) {
            ReactivationResult result = resultOf(connection, dryRun);
            results.computeIfAbsent(result, any -> new TreeMap<>()).merge(connection.reason(), 1L, Long::sum);
            progress = new Progress(++done, waiting.size());
        }
        return results;
    }

    /** How far a run is. May be called from any thread. */
    public Progress progress() {
        return progress;
    }

    private ReactivationResult resultOf(NeedsConsent connection, boolean dryRun) {
        if (isWhoopsDecision(connection.reason())) {
            return ReactivationResult.ENDED_BY_WHOOP;
        }
        if (connection.reason().equals(TokenSeals.KEY_DESTROYED)) {
            return ReactivationResult.WITHOUT_TOKENS;
        }
        Optional<ConnectionRow> row = store.find(connection.who());
        if (row.isEmpty()) {
            return ReactivationResult.CHANGED_MEANWHILE;
        }
        try {
            TokenPair unused = seals.open(connection.who(), row.get());
        } catch (ConnectionNotFound | ReauthorizationRequired gone) {
            return ReactivationResult.WITHOUT_TOKENS;
        } catch (HealthError unreadable) {
            return ReactivationResult.UNREADABLE;
        }
        return dryRun || store.reactivate(connection, clock.instant())
                ? ReactivationResult.REACTIVATED
                : ReactivationResult.CHANGED_MEANWHILE;
    }

    private static boolean isWhoopsDecision(String reason) {
        return reason.startsWith(REFRESH_REFUSED) || reason.equals(Connections.REFUSED_FRESH_TOKEN);
    }
}
