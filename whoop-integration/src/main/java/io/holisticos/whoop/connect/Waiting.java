package io.holisticos.whoop.connect;

import io.holisticos.health.UserId;
import io.holisticos.whoop.connect.ConnectionStore.Held;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Consents that wait for something: for the profile that says whose they are, or for the member's word. Thread-safe. */
final class Waiting {

    /** The page at the end of a consent is left lying no longer. */
    private static final Duration ANSWERABLE = Duration.ofHours(1);

    /** Why a consent ended, in its history. */
    static final String NOT_CONFIRMED = "not_confirmed";

    private final ConnectionStore store;
    private final ArrivalStore arrivals;
    private final Clock clock;

    Waiting(Jdbi database, ConnectionStore store, Clock clock) {
        this.store = store;
        this.arrivals = new ArrivalStore(database);
        this.clock = clock;
    }

    /** A consent that somebody answers for, on the page at its end. */
    record Answered(Connection connection, @Nullable Long arriving) {}

    /** Whose account is not known yet, some of them. */
    List<UserId> forProfile(int most) {
        return arrivals.awaitingProfile(most);
    }

    /** Whose tokens are held waits for the profile. */
    void rememberWaiting(UserId who) {
        arrivals.rememberWaiting(who, clock.instant());
    }

    /** It could not be found out whose account it is. Returns how often in a row it failed that way. */
    int failed(UserId who, ArrivalError why) {
        return arrivals.failed(who, why);
    }

    /** By what failed, for how many members it did so as often in a row or more. */
    Map<String, Integer> failing(int times) {
        return arrivals.failing(times);
    }

    /** The consent that this answers for; empty when another came since, it is no more, or it is too long ago. */
    Optional<Answered> answered(byte[] answerHash) {
        return store.findByAnswer(answerHash, clock.instant().minus(ANSWERABLE))
                .map(held -> new Answered(held.connection(), held.accounts().arriving()));
    }

    /** Whether the consent that this answers for waits, or waited in vain, for the member's word. */
    boolean isUnconfirmed(byte[] answerHash) {
        return arrivals.wasUnconfirmed(answerHash, NOT_CONFIRMED);
    }

    /** It was answered for the last time. */
    void forgetAnswer(byte[] answerHash) {
        store.forgetAnswer(answerHash);
    }

    /** Who has not said in time whether another account is to be theirs, some of them. */
    List<UserId> unconfirmed(int most) {
        return arrivals.unconfirmed(tooLate(), most);
    }

    /** Nobody can confirm it any more: all is as before the consent. Returns false when somebody did meanwhile. */
    boolean endUnconfirmed(UserId who) {
        return store.inTransaction(handle -> {
            Optional<Held> held = store.lock(handle, who);
            boolean late = held.isPresent() && arrivals.isUnconfirmed(handle, who, tooLate());
            if (late) {
                store.dismiss(handle, who, NOT_CONFIRMED, clock.instant());
            }
            return late;
        });
    }

    private Instant tooLate() {
        return clock.instant().minus(ANSWERABLE);
    }
}
