package io.holisticos.whoop.connect;

import io.holisticos.health.UserId;
import io.holisticos.whoop.connect.ConsentStore.Pending;
import java.net.URI;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Consents under way: from the link we hand out to the state that WHOOP hands back, once, in time, and to the browser
 * (or the service) that began. Thread-safe.
 */
public final class Consents {

    /** So long is a state that was used or has expired told from one that never was. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    private final ConsentStore store;
    private final ConnectConfiguration configuration;
    private final ReturnTo returnTo;
    private final SecureRandom random;
    private final Clock clock;

    public Consents(Jdbi database, ConnectConfiguration configuration, SecureRandom random, Clock clock) {
        this.store = new ConsentStore(database);
        this.configuration = configuration;
        this.returnTo = new ReturnTo(configuration.returnTo);
        this.random = random;
        this.clock = clock;
    }

    /**
     * A link of ours, and the state that follows from it.
     *
     * @param connectUrl the link, where a browser reaches it
     */
    record Begun(URI connectUrl, String state, Duration expiresIn) {
        /** Both are secrets. */
        @Override
        public String toString() {
            return "Begun[" + expiresIn + "]";
        }
    }

    /** What became of a link or a state that came to us. */
    sealed interface Claim {
        /** All is well; a state is used up by it. */
        record Granted(UserId who, @Nullable URI returnTo) implements Claim {}

        /** Never heard of, or long ago. */
        record Unknown() implements Claim {}

        record Expired() implements Claim {}

        record Used() implements Claim {}

        /** It is not the browser, or the service, that began. */
        record Stranger() implements Claim {}
    }

    /** @param wantedReturnTo where the member wants to end, if not on our page */
    Begun begin(UserId who, String initiatedBy, @Nullable String wantedReturnTo) {
        URI allowed = wantedReturnTo == null ? null : returnTo.allowed(wantedReturnTo);
        String link = Secrets.fresh(random);
        String state = stateOf(link);
        Duration ttl = configuration.linkTtl.toJavaDuration();
        Instant now = clock.instant();
        Pending pending = new Pending(Secrets.hash(state), null, who, initiatedBy, allowed, now.plus(ttl), null);
        store.inTransaction(handle -> {
            store.deleteExpiredBefore(handle, now.minus(REMEMBERED));
            store.insert(handle, pending, Secrets.hash(link), now);
            return pending;
        });
        return new Begun(configuration.below("/connect/" + link), state, ttl);
    }

    /** The state that belongs to a link: only hashes are kept, so the one follows from the other. */
    String stateOf(String link) {
        return Secrets.derived(link, "state");
    }

    /** A browser follows a link: it gets a secret to come back with. The last browser to follow a link counts. */
    Claim open(String link, String browserSecret) {
        return store.inTransaction(handle -> {
            Optional<Pending> pending = store.lockByLink(handle, Secrets.hash(link));
            Claim claim = claim(pending, one -> true);
            if (claim instanceof Claim.Granted) {
                store.bind(handle, pending.orElseThrow(), Secrets.hash(browserSecret));
            }
            return claim;
        });
    }

    /** A browser comes back with a state. */
    Claim useInBrowser(String state, @Nullable String browserSecret) {
        return use(state, pending -> {
            byte[] bound = pending.browserHash();
            return bound != null && browserSecret != null && MessageDigest.isEqual(bound, Secrets.hash(browserSecret));
        });
    }

    /** A service brings a state that it asked for. */
    Claim useByService(String state, String service) {
        return use(state, pending -> pending.initiatedBy().equals(service));
    }

    /** A fresh secret for a browser. */
    String browserSecret() {
        return Secrets.fresh(random);
    }

    /** Forgets what a member began. Returns the rows that went. */
    public int erase(UserId who) {
        return store.inTransaction(handle -> store.erase(handle, who));
    }

    private Claim use(String state, Predicate<Pending> isTheOneWhoBegan) {
        return store.inTransaction(handle -> {
            Optional<Pending> pending = store.lockByState(handle, Secrets.hash(state));
            Claim claim = claim(pending, isTheOneWhoBegan);
            if (claim instanceof Claim.Granted) {
                store.use(handle, pending.orElseThrow(), clock.instant());
            }
            return claim;
        });
    }

    private Claim claim(Optional<Pending> found, Predicate<Pending> isTheOneWhoBegan) {
        if (found.isEmpty()) {
            return new Claim.Unknown();
        }
        Pending pending = found.get();
        if (!isTheOneWhoBegan.test(pending)) {
            return new Claim.Stranger();
        }
        if (pending.usedAt() != null) {
            return new Claim.Used();
        }
        if (!clock.instant().isBefore(pending.expiresAt())) {
            return new Claim.Expired();
        }
        return new Claim.Granted(pending.who(), pending.returnTo());
    }
}
