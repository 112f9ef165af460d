package io.holisticos.whoop.connect;

import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.connect.ConnectionStore.Held;
import io.holisticos.whoop.connect.ReactivationStore.Ended;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Brings back connections that anything but WHOOP ended, by the reason in their history. Calls nobody. */
public final class Reactivation {

    /** What WHOOP itself said: the token endpoint refused to refresh, as it does after the member's own revocation. */
    private static final String REFRESH_REFUSED = "refresh_refused_";

    private final ReactivationStore ended;
    private final ConnectionStore store;
    private final TokenSeals seals;
    private final Clock clock;

    public Reactivation(Jdbi database, Vault vault, Clock clock) {
        this.ended = new ReactivationStore(database);
        this.store = new ConnectionStore(database);
        this.seals = new TokenSeals(vault, store, clock);
        this.clock = clock;
    }

    /** What became of a connection that waited for consent. */
    public enum Fate {
        REACTIVATED,
        /** WHOOP refused its refresh token, or a fresh access token: only a consent helps. */
        ENDED_BY_WHOOP,
        /** Nothing is left to call WHOOP with, or the member's key was destroyed. */
        WITHOUT_TOKENS,
        /** Its tokens do not open for now. */
        UNREADABLE,
        /** Somebody else changed it in the same moment. */
        CHANGED_MEANWHILE
    }

    /** How many connections are in each state, in the database's words. */
    public Map<String, Long> states(@Nullable UserId only) {
        return ended.states(only);
    }

    /**
     * What became of all, or of one member's; by fate and reason.
     *
     * @param dryRun says what would be done, and does nothing
     */
    public Map<Fate, Map<String, Long>> run(@Nullable UserId only, boolean dryRun) {
        Map<Fate, Map<String, Long>> fates = new TreeMap<>();
        for (Ended one : ended.ended(only)) {
            Fate fate = fateOf(one, dryRun);
            fates.computeIfAbsent(fate, any -> new TreeMap<>()).merge(one.reason(), 1L, Long::sum);
        }
        return fates;
    }

    private Fate fateOf(Ended one, boolean dryRun) {
        if (isWhoopsWord(one.reason())) {
            return Fate.ENDED_BY_WHOOP;
        }
        if (one.reason().equals(TokenSeals.KEY_DESTROYED)) {
            return Fate.WITHOUT_TOKENS;
        }
        Optional<Held> held = store.find(one.who());
        if (held.isEmpty()) {
            return Fate.CHANGED_MEANWHILE;
        }
        try {
            TokenPair unused = seals.open(one.who(), held.get());
        } catch (ConnectionNotFound | ReauthorizationRequired gone) {
            return Fate.WITHOUT_TOKENS;
        } catch (HealthError closed) {
            return Fate.UNREADABLE;
        }
        return dryRun || ended.reactivate(one, clock.instant()) ? Fate.REACTIVATED : Fate.CHANGED_MEANWHILE;
    }

    private static boolean isWhoopsWord(String reason) {
        return reason.startsWith(REFRESH_REFUSED) || reason.equals(Connections.REFUSED_FRESH_TOKEN);
    }
}
