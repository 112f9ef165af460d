package io.holisticos.whoop.connect;

import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.connect.ConsentStore.BegunConsent;
import io.holisticos.whoop.connect.ConsentStore.Press;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consents that have begun and not ended: the link that we give out, the presses of the button behind it, and the state that
 * WHOOP hands back. A state works for one code, in time, and only for the browser that pressed or the service that began.
 * Thread-safe.
 */
public final class Consents {

    private static final Logger log = LoggerFactory.getLogger(Consents.class);

    /** For this long a state that was used or has expired is told apart from one that never was. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    /** So many consents of one member are remembered, those that work before others. */
    private static final int MOST_OF_A_MEMBER = 40;

    /** The most presses of one link's button: a member needs one or two, and each is a row for a day. */
    private static final int MOST_PRESSES = 20;

    /**
     * The most returns with a code of one member in {@link #LATELY}. Each may cost a call of the quota that all members share,
     * so nobody may go round and round.
     */
    private static final int MOST_RETURNS = 20;

    private static final Duration LATELY = Duration.ofHours(1);

    private static final String LABEL_PURPOSE = "whoop.account_label";
    private static final String VERIFIER_PURPOSE = "whoop.code_verifier";

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
     * A connect link, and the state for a service that brings the code itself.
     *
     * @param connectUrl the address of the link in a browser
     * @param verifier the PKCE verifier of the state; null without PKCE
     */
    record ConnectLink(
            URI connectUrl, String state, @Nullable CodeVerifier verifier, Duration expiresIn) {
        /** All are secrets. */
        @Override
        public String toString() {
            return "ConnectLink[" + expiresIn + "]";
        }
    }

    /**
     * What a press of the button gives the browser.
     *
     * @param state the state that WHOOP will hand back
     * @param cookie a secret that proves that the same browser comes back
     * @param verifier the PKCE verifier of the state, which no browser sees; null without PKCE
     */
    record BrowserState(
            String state, String cookie, @Nullable CodeVerifier verifier) {
        @Override
        public String toString() {
            return "BrowserState";
        }
    }

    /** What was found for a link or a state. */
    sealed interface ConsentLookup {
        /** The link or state is valid. Looking it up uses up a state, not a link. */
        record Valid(Consent consent) implements ConsentLookup {}

        /** There never was one, or it was deleted long after it expired. */
        record Unknown() implements ConsentLookup {}

        record Expired() implements ConsentLookup {}

        record Used() implements ConsentLookup {}

        /** It belongs to another browser or service. */
        record OfAnother() implements ConsentLookup {}

        /** The member came back with codes more often lately than any member needs to. */
        record TooManyReturns() implements ConsentLookup {}
    }

    /**
     * A consent that has begun.
     *
     * @param label how pages name the account of ours
     * @param linkHash identifies the consent
     * @param sealedVerifier the PKCE verifier of the state that was brought back; null without PKCE
     */
    record Consent(
            UserId who, String label, @Nullable URI returnTo, byte[] linkHash, byte @Nullable [] sealedVerifier) {
        @Override
        public String toString() {
            return "Consent[" + who + "]";
        }
    }

    /**
     * What the caller who begins a consent may choose.
     *
     * @param returnTo where the member is sent in the end; null for our own page
     * @param accountLabel how pages name the account of ours beside a part of its id; null for that part alone
     */
    public record ConsentOptions(
            @Nullable String returnTo, @Nullable String accountLabel) {

        static final ConsentOptions NONE = new ConsentOptions(null, null);
    }

    ConnectLink begin(UserId who, String initiatedBy, ConsentOptions options) {
        String returnTo = options.returnTo();
        URI allowed = returnTo == null ? null : new ReturnTo(configuration.returnTo).allowed(returnTo);
        String label = AccountLabel.checked(options.accountLabel());
        byte[] sealed =
                label == null ? null : vault.sealForNobody(LABEL_PURPOSE, label.getBytes(StandardCharsets.UTF_8));
        String link = Secrets.fresh(random);
        String state = Secrets.derived(link, "state");
        CodeVerifier verifier = freshVerifier();
        Duration ttl = configuration.linkTtl.toJavaDuration();
        Instant now = clock.instant();
        BegunConsent begun = new BegunConsent(
                Secrets.hash(state),
                Secrets.hash(link),
                who,
                initiatedBy,
                allowed,
                sealed,
                sealed(verifier),
                now.plus(ttl),
                null);
        store.inTransaction(handle -> store.deleteExpiredBefore(handle, now.minus(REMEMBERED)));
        store.inTransaction(handle -> {
            store.takeTurn(handle, who);
            store.endAllBut(handle, who, configuration.openLinks - 1, now);
            store.forgetAllBut(handle, who, MOST_OF_A_MEMBER - 1, now, now.minus(LATELY));
            store.insert(handle, begun, now);
            return begun;
        });
        return new ConnectLink(configuration.below("/connect/" + link), state, verifier, ttl);
    }

    /** Looks up a link. Nothing changes by it: previewers of messages open links, too. */
    ConsentLookup lookUp(String link) {
        return store.inTransaction(handle -> lookup(store.findByLink(handle, Secrets.hash(link))));
    }

    /** The token in the form behind a link, which proves that the page came from us. */
    String pageToken(String link) {
        return Secrets.keyed(configuration.clientSecret, "page", link);
    }

    boolean isPageToken(String link, String token) {
        return MessageDigest.isEqual(
                pageToken(link).getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }

    /** What came of a press of the button. */
    sealed interface PressResult {
        record Accepted(BrowserState browserState) implements PressResult {}

        /** The link was deleted in the meantime. */
        record LinkGone() implements PressResult {}

        /** The link has had more presses than any member needs. */
        record TooOften() implements PressResult {}

        /** The member came back with codes more often lately than any member needs to. */
        record TooManyReturns() implements PressResult {}
    }

    /** A browser presses the button, which leaves the presses of other browsers as they are. */
    PressResult press(Consent consent) {
        BrowserState browserState = new BrowserState(Secrets.fresh(random), Secrets.fresh(random), freshVerifier());
        byte[] sealedVerifier = sealed(browserState.verifier());
        return store.inTransaction(handle -> {
            Optional<BegunConsent> begun = store.lockByLink(handle, consent.linkHash());
            if (begun.isEmpty()) {
                return new PressResult.LinkGone();
            }
            if (store.countPresses(handle, consent.linkHash()) >= MOST_PRESSES) {
                return new PressResult.TooOften();
            }
            if (hasReturnedTooOften(handle, consent.who())) {
                return new PressResult.TooManyReturns();
            }
            ConsentStore.NewPress press = new ConsentStore.NewPress(
                    Secrets.hash(browserState.state()),
                    Secrets.hash(browserState.cookie()),
                    answerHash(browserState.state()),
                    sealedVerifier);
            store.insertPress(handle, begun.get(), press, clock.instant());
            return new PressResult.Accepted(browserState);
        });
    }

    /** Looks up the state that a browser brings back with a code, and uses it up. */
    ConsentLookup useInBrowser(String state, @Nullable String browserSecret) {
        return store.inTransaction(handle -> {
            ConsentLookup found = lookUpPress(handle, state, browserSecret);
            if (!(found instanceof ConsentLookup.Valid valid)) {
                return found;
            }
            if (hasReturnedTooOften(handle, valid.consent().who())) {
                return new ConsentLookup.TooManyReturns();
            }
            // the press may be an older version's, which had another answer
            store.usePress(handle, Secrets.hash(state), answerHash(state), clock.instant());
            return found;
        });
    }

    /** Looks up the state that a browser brings back without a code. It costs no call, and the state stays as it is. */
    ConsentLookup lookUpInBrowser(String state, @Nullable String browserSecret) {
        return store.inTransaction(handle -> lookUpPress(handle, state, browserSecret));
    }

    private ConsentLookup lookUpPress(Handle handle, String state, @Nullable String browserSecret) {
        byte[] hash = Secrets.hash(state);
        Optional<Press> foundPress = store.lockPress(handle, hash);
        if (foundPress.isEmpty()) { // the state of a service is not valid for browsers
            return store.lockByState(handle, hash).isPresent()
                    ? new ConsentLookup.OfAnother()
                    : new ConsentLookup.Unknown();
        }
        Press press = foundPress.get();
        if (browserSecret == null || !MessageDigest.isEqual(press.browserHash(), Secrets.hash(browserSecret))) {
            return new ConsentLookup.OfAnother();
        }
        return press.usedAt() == null ? lookup(Optional.of(press.consent())) : new ConsentLookup.Used();
    }

    private boolean hasReturnedTooOften(Handle handle, UserId who) {
        return store.countReturns(handle, who, clock.instant().minus(LATELY)) >= MOST_RETURNS;
    }

    /** Looks up the state that a service brings back, and uses up the consent. */
    ConsentLookup useByService(String state, String service) {
        return store.inTransaction(handle -> {
            Optional<BegunConsent> begun = store.lockByState(handle, Secrets.hash(state));
            if (begun.filter(one -> !one.initiatedBy().equals(service)).isPresent()) {
                return new ConsentLookup.OfAnother();
            }
            ConsentLookup found = lookup(begun);
            begun.filter(one -> found instanceof ConsentLookup.Valid)
                    .ifPresent(one -> store.useUp(handle, one.linkHash(), clock.instant()));
            return found;
        });
    }

    /**
     * The PKCE verifier of the state that was brought back; null where the consent was begun without PKCE.
     *
     * @throws Vault.Unreadable when it does not open
     */
    @Nullable
    CodeVerifier verifier(Consent consent) {
        byte[] sealed = consent.sealedVerifier();
        return sealed == null
                ? null
                : new CodeVerifier(
                        new String(vault.openForNobody(VERIFIER_PURPOSE, sealed), StandardCharsets.US_ASCII));
    }

    private @Nullable CodeVerifier freshVerifier() {
        return configuration.pkce ? new CodeVerifier(Secrets.fresh(random)) : null;
    }

    private byte @Nullable [] sealed(@Nullable CodeVerifier verifier) {
        return verifier == null
                ? null
                : vault.sealForNobody(VERIFIER_PURPOSE, verifier.getValue().getBytes(StandardCharsets.US_ASCII));
    }

    /** The consent leads to a connection. Returns false if another browser was first: a link works for one connection. */
    boolean useUp(Consent consent) {
        return store.inTransaction(handle -> store.useUp(handle, consent.linkHash(), clock.instant()));
    }

    /** The consent did not lead to a connection after all: the link works again. */
    void release(Consent consent) {
        store.inTransaction(handle -> {
            store.release(handle, consent.linkHash());
            return true;
        });
    }

    /** The consent whose page answers by this secret; empty when there is none. */
    Optional<Consent> findByAnswer(String answer) {
        return store.inTransaction(handle -> store.findByAnswer(handle, Secrets.hash(answer)))
                .map(this::consent);
    }

    /** Whether the page that answers by this secret was shown to a browser that has none of these cookies. */
    boolean isOfAnotherBrowser(String answer, Collection<String> browserSecrets) {
        Optional<byte[]> browser =
                store.inTransaction(handle -> store.findBrowserOfAnswer(handle, Secrets.hash(answer)));
        return browser.filter(hash ->
                        browserSecrets.stream().noneMatch(secret -> MessageDigest.isEqual(hash, Secrets.hash(secret))))
                .isPresent();
    }

    /**
     * The secret by which the page at the end answers. Only the browser or service that brought the state is told: whoever
     * else sees the state, as in an address that was logged, cannot make it.
     */
    String answer(String state) {
        return Secrets.keyed(configuration.clientSecret, "answer", state);
    }

    byte[] answerHash(String state) {
        return Secrets.hash(answer(state));
    }

    /** Deletes all consents that the member began. Returns the number of rows. */
    public int erase(UserId who) {
        return store.inTransaction(handle -> store.erase(handle, who));
    }

    private ConsentLookup lookup(Optional<BegunConsent> row) {
        if (row.isEmpty()) {
            return new ConsentLookup.Unknown();
        }
        BegunConsent begun = row.get();
        if (begun.usedAt() != null) {
            return new ConsentLookup.Used();
        }
        if (!clock.instant().isBefore(begun.expiresAt())) {
            return new ConsentLookup.Expired();
        }
        return new ConsentLookup.Valid(consent(begun));
    }

    private Consent consent(BegunConsent begun) {
        return new Consent(begun.who(), label(begun), begun.returnTo(), begun.linkHash(), begun.sealedVerifier());
    }

    /** A label that cannot be opened, as after the loss of a key, does not keep the member from connecting. */
    private String label(BegunConsent begun) {
        byte[] sealed = begun.accountLabel();
        if (sealed != null) {
            try {
                String chosen = new String(vault.openForNobody(LABEL_PURPOSE, sealed), StandardCharsets.UTF_8);
                return AccountLabel.named(chosen, begun.who());
            } catch (Vault.Unreadable unreadable) {
                log.warn("event=account_label_unreadable provider=whoop");
            }
        }
        return AccountLabel.masked(begun.who());
    }
}
