package io.holisticos.whoop.connect;

import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.connect.ConsentStore.Pending;
import io.holisticos.whoop.connect.ConsentStore.Press;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consents under way: from the link we hand out, over the presses of the button behind it, to the state that WHOOP hands
 * back, once, in time, and to the browser that pressed or the service that began. Thread-safe.
 */
public final class Consents {

    private static final Logger log = LoggerFactory.getLogger(Consents.class);

    /** So long is a state that was used or has expired told from one that never was. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    /** Of the button behind one link: a member needs one or two, and each is a row for a day. */
    private static final int MOST_PRESSES = 20;

    private static final String LABEL = "whoop.account_label";

    private final ConsentStore store;
    private final Vault vault;
    private final ConnectConfiguration configuration;
    private final SecureRandom random;
    private final Clock clock;

    public Consents(Jdbi database, Vault vault, ConnectConfiguration configuration, SecureRandom random, Clock clock) {
        this.store = new ConsentStore(database);
        this.vault = vault;
        this.configuration = configuration;
        this.random = random;
        this.clock = clock;
    }

    /**
     * A link of ours, and the state for a service that brings the code itself.
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

    /** What a press of the button gives the browser: a state to go with, and a secret to come back with. */
    record Secret(String state, String browser) {
        @Override
        public String toString() {
            return "Secret";
        }
    }

    /** What became of a link or a state that came to us. */
    sealed interface Claim {
        /** All is well; a state is used up by it, a link is not. */
        record Granted(Consent consent) implements Claim {}

        /** Never heard of, or long ago. */
        record Unknown() implements Claim {}

        record Expired() implements Claim {}

        record Used() implements Claim {}

        /** It is not the browser, or the service, that began. */
        record Stranger() implements Claim {}

        /** The database is away. */
        record Unavailable() implements Claim {}
    }

    /**
     * A consent under way.
     *
     * @param label how pages name the account of ours
     * @param linkHash names the consent itself
     */
    record Consent(UserId who, String label, @Nullable URI returnTo, byte[] linkHash) {
        @Override
        public String toString() {
            return "Consent[" + who + "]";
        }
    }

    /**
     * What whoever begins wants.
     *
     * @param returnTo where the member wants to end, if not on our page
     * @param accountLabel how pages name the account of ours, if not by its id
     */
    public record Wishes(
            @Nullable String returnTo, @Nullable String accountLabel) {

        static final Wishes NONE = new Wishes(null, null);
    }

    Begun begin(UserId who, String initiatedBy, Wishes wishes) {
        String wantedReturnTo = wishes.returnTo();
        URI allowed = wantedReturnTo == null ? null : new ReturnTo(configuration.returnTo).allowed(wantedReturnTo);
        String label = AccountLabel.checked(wishes.accountLabel());
        byte[] sealed = label == null ? null : vault.sealForNobody(LABEL, label.getBytes(StandardCharsets.UTF_8));
        String link = Secrets.fresh(random);
        String state = Secrets.derived(link, "state");
        Duration ttl = configuration.linkTtl.toJavaDuration();
        Instant now = clock.instant();
        Pending pending = new Pending(
                Secrets.hash(state), Secrets.hash(link), who, initiatedBy, allowed, sealed, now.plus(ttl), null);
        store.inTransaction(handle -> {
            store.deleteExpiredBefore(handle, now.minus(REMEMBERED));
            store.insert(handle, pending, now);
            return pending;
        });
        return new Begun(configuration.below("/connect/" + link), state, ttl);
    }

    /** Somebody looks at a link. Nothing changes by it: previewers of messages do so, too. */
    Claim look(String link) {
        return store.inTransaction(handle -> claim(store.findByLink(handle, Secrets.hash(link))));
    }

    /** What a form on the page behind a link proves: that the page came from us. */
    String pageToken(String link) {
        return Secrets.keyed(configuration.clientSecret, "page", link);
    }

    boolean isPageToken(String link, String token) {
        return MessageDigest.isEqual(
                pageToken(link).getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }

    /** What came of a press of the button. */
    sealed interface Pressing {
        record Done(Secret secret) implements Pressing {}

        /** The link was erased meanwhile. */
        record Gone() implements Pressing {}

        /** Nobody needs so many. */
        record TooOften() implements Pressing {}
    }

    /** A browser presses the button. Other browsers that did so, or will, are not disturbed. */
    Pressing press(Consent consent) {
        Secret secret = new Secret(Secrets.fresh(random), Secrets.fresh(random));
        return store.inTransaction(handle -> {
            Optional<Pending> pending = store.lockByLink(handle, consent.linkHash());
            if (pending.isEmpty()) {
                return new Pressing.Gone();
            }
            if (store.countPresses(handle, consent.linkHash()) >= MOST_PRESSES) {
                return new Pressing.TooOften();
            }
            store.insertPress(handle, pending.get(), secret, clock.instant());
            return new Pressing.Done(secret);
        });
    }

    /** A browser comes back with a state. */
    Claim useInBrowser(String state, @Nullable String browserSecret) {
        byte[] hash = Secrets.hash(state);
        return store.inTransaction(handle -> {
            Optional<Press> found = store.lockPress(handle, hash);
            if (found.isEmpty()) { // a state of a service is not for browsers
                return store.lockByState(handle, hash).isPresent() ? new Claim.Stranger() : new Claim.Unknown();
            }
            Press press = found.get();
            if (browserSecret == null || !MessageDigest.isEqual(press.browserHash(), Secrets.hash(browserSecret))) {
                return new Claim.Stranger();
            }
            if (press.usedAt() != null) {
                return new Claim.Used();
            }
            Claim claim = claim(Optional.of(press.pending()));
            if (claim instanceof Claim.Granted) {
                store.usePress(handle, hash, clock.instant());
            }
            return claim;
        });
    }

    /** A service brings a state that it asked for. */
    Claim useByService(String state, String service) {
        return store.inTransaction(handle -> {
            Optional<Pending> pending = store.lockByState(handle, Secrets.hash(state));
            if (pending.filter(one -> !one.initiatedBy().equals(service)).isPresent()) {
                return new Claim.Stranger();
            }
            Claim claim = claim(pending);
            pending.filter(one -> claim instanceof Claim.Granted)
                    .ifPresent(one -> store.useUp(handle, one.linkHash(), clock.instant()));
            return claim;
        });
    }

    /** The consent leads to a connection. Returns false if another browser's did so first: a link is good for one. */
    boolean useUp(Consent consent) {
        return store.inTransaction(handle -> store.useUp(handle, consent.linkHash(), clock.instant()));
    }

    /** It did not lead to one after all. */
    void release(Consent consent) {
        store.inTransaction(handle -> {
            store.release(handle, consent.linkHash());
            return true;
        });
    }

    /** Whose page it is that answers by this; empty when it is of no press of ours. */
    Optional<Consent> answered(String answer) {
        return store.inTransaction(handle -> store.findByAnswer(handle, Secrets.hash(answer)))
                .map(this::consent);
    }

    /** What the page at the end answers with. Only who went with the state has it. */
    static String answer(String state) {
        return Secrets.derived(state, "answer");
    }

    static byte[] answerHash(String state) {
        return Secrets.hash(answer(state));
    }

    /** Forgets what a member began. Returns the rows that went. */
    public int erase(UserId who) {
        return store.inTransaction(handle -> store.erase(handle, who));
    }

    private Claim claim(Optional<Pending> found) {
        if (found.isEmpty()) {
            return new Claim.Unknown();
        }
        Pending pending = found.get();
        if (pending.usedAt() != null) {
            return new Claim.Used();
        }
        if (!clock.instant().isBefore(pending.expiresAt())) {
            return new Claim.Expired();
        }
        return new Claim.Granted(consent(pending));
    }

    private Consent consent(Pending pending) {
        return new Consent(pending.who(), label(pending), pending.returnTo(), pending.linkHash());
    }

    /** A label that cannot be read, as after the loss of a key, keeps nobody from connecting. */
    private String label(Pending pending) {
        byte[] sealed = pending.accountLabel();
        if (sealed != null) {
            try {
                return new String(vault.openForNobody(LABEL, sealed), StandardCharsets.UTF_8);
            } catch (Vault.Unreadable lost) {
                log.warn("event=account_label_unreadable provider=whoop");
            }
        }
        return AccountLabel.masked(pending.who());
    }
}
