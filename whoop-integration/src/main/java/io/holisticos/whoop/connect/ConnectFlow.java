package io.holisticos.whoop.connect;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.Conflict;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.IntegrationDisabled;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.trace.RequestContext;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.connect.CodeExchange.ReturnedCode;
import io.holisticos.whoop.connect.ConsentOutcome.ConnectProgress;
import io.holisticos.whoop.connect.Consents.ConsentLookup;
import io.holisticos.whoop.custody.Connection;
import io.holisticos.whoop.custody.Connections;
import io.holisticos.whoop.custody.PendingConnections.Answerable;
import io.holisticos.whoop.custody.WhoopOAuth;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps by which a member connects (link, button, consent, code, tokens, account, confirmation), and disconnects.
 * Thread-safe.
 */
public final class ConnectFlow {

    private static final Logger log = LoggerFactory.getLogger(ConnectFlow.class);

    /** The caller of a validation waits. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Consents consents;
    private final Connections connections;
    private final Whoop whoop;
    private final GrantRevocation revocation;
    private final AccountConfirmation confirmation;
    private final CodeExchange codeExchange;
    private final ConnectLinks links;
    private final ConnectPorts ports;

    /**
     * WHOOP's authorization server and its API.
     *
     * @param api whose calls have priority over those of first syncs
     */
    public record Whoop(WhoopOAuth oauth, WhoopApi api, Clock clock) {}

    public ConnectFlow(
            Consents consents, Connections connections, Whoop whoop, AccountLookup lookup, ConnectPorts ports) {
        this.consents = consents;
        this.connections = connections;
        this.whoop = whoop;
        this.revocation = new GrantRevocation(connections, whoop.api());
        this.confirmation = new AccountConfirmation(consents, connections, lookup, revocation, ports);
        this.codeExchange = new CodeExchange(consents, connections, whoop, lookup, ports);
        this.links = new ConnectLinks(consents, connections, whoop.oauth(), ports, this::disconnect);
        this.ports = ports;
    }

    /** What happens behind the links that members open. */
    ConnectLinks links() {
        return links;
    }

    /** What a caller passes on to a member. */
    record Started(UserId who, URI connectUrl, URI authorizationUrl, String state, Duration expiresIn) {
        /** The addresses hold secrets. */
        @Override
        public String toString() {
            return "Started[" + who + "]";
        }
    }

    /** A connection and the age of its records. */
    record Status(Connection connection, Optional<Instant> lastSynced) {}

    /**
     * Begins a consent.
     *
     * @throws IntegrationDisabled when WHOOP is switched off for the member
     * @throws Conflict when there are as many members as there may be
     * @throws SourceThrottled when WHOOP cannot be called for longer than a member would wait
     */
    Started start(UserId who, String initiatedBy, Consents.ConsentOptions options) {
        if (!ports.moduleSwitch().letsConnect(who)) {
            throw new IntegrationDisabled(WHOOP);
        }
        RequestContext.current().ifPresent(request -> request.member(connections.inLogs(who)));
        ports.admission().require(who);
        Consents.ConnectLink link = consents.begin(who, initiatedBy, options);
        log.info("event=connect_started provider=whoop member={} by={}", connections.inLogs(who), initiatedBy);
        return new Started(
                who,
                link.connectUrl(),
                whoop.oauth().authorizationUrl(link.state(), link.verifier()),
                link.state(),
                link.expiresIn());
    }

    /** A browser comes back from WHOOP with a code. */
    ConsentOutcome finishInBrowser(String code, String state, @Nullable String browserSecret) {
        ConsentLookup found;
        try {
            found = consents.useInBrowser(state, browserSecret);
        } catch (SourceUnavailable e) {
            return new ConsentOutcome.Failed(Refusal.LATER, null);
        }
        if (!(found instanceof ConsentLookup.Valid valid)) {
            return refusedState(found);
        }
        return codeExchange.finish(new ReturnedCode(valid.consent(), code, state, false, true));
    }

    /**
     * A service brings the code for a consent that it began.
     *
     * @param replaceAccount whether it may be another WHOOP account than before; a service that was asked says so by the
     *     same call once more
     */
    ConsentOutcome finishByService(String code, String state, String service, boolean replaceAccount) {
        ConsentLookup found = consents.useByService(state, service);
        if (found instanceof ConsentLookup.Used) {
            Optional<ConsentOutcome> outcome = outcomeOfUsed(state, replaceAccount);
            if (outcome.isPresent()) {
                return outcome.get();
            }
        }
        if (!(found instanceof ConsentLookup.Valid valid)) {
            return refusedState(found);
        }
        return codeExchange.finish(new ReturnedCode(valid.consent(), code, state, replaceAccount, false));
    }

    /**
     * A browser comes back from WHOOP without a code.
     *
     * @param state may be empty: WHOOP leaves it so when it refuses before its log-in page (seen 2026)
     */
    ConsentOutcome failInBrowser(String error, String state, @Nullable String browserSecret) {
        Refusal why = Refusal.ofRedirect(error);
        URI returnTo = state.isEmpty() ? null : returnToOf(state, browserSecret);
        if (why == Refusal.NOT_CONFIGURED) {
            log.error(
                    "event=connect_refused provider=whoop reason={} hint=\"check the app in the WHOOP dashboard\"",
                    why);
        } else {
            log.info("event=connect_refused provider=whoop reason={}", why);
        }
        return new ConsentOutcome.Failed(why, returnTo);
    }

    /**
     * The member chooses on the page at the end of a consent.
     *
     * @param browserSecrets the cookies that the browser has of its presses
     */
    AccountConfirmation.ChoiceResult chooseInBrowser(
            String answer, AccountChoice choice, boolean sameOrigin, Collection<String> browserSecrets) {
        try {
            if (sameOrigin && consents.isOfAnotherBrowser(answer, browserSecrets)) {
                ports.security().note(SecurityEvents.Kind.CALLBACK_REFUSED, Refusal.OTHER_BROWSER.code());
                return new AccountConfirmation.ChoiceResult.Refused(Refusal.OTHER_BROWSER);
            }
        } catch (SourceUnavailable e) {
            return new AccountConfirmation.ChoiceResult.Refused(Refusal.LATER);
        }
        return choose(answer, choice, sameOrigin);
    }

    /** As {@link AccountConfirmation#choose}. */
    AccountConfirmation.ChoiceResult choose(String answer, AccountChoice choice, boolean sameOrigin) {
        return confirmation.choose(answer, choice, sameOrigin);
    }

    /** Ends a connection, whether WHOOP can be told or not. Does nothing where there is none. */
    void disconnect(UserId who) {
        revocation.revokeConnection(who);
        if (connections.end(who)) {
            log.info("event=disconnected provider=whoop member={}", connections.inLogs(who));
            ports.listener().disconnected(who);
        }
    }

    /** @throws ConnectionNotFound when the member never had a connection */
    Status status(UserId who) {
        if (!ports.moduleSwitch().isOn(who)) {
            throw new IntegrationDisabled(WHOOP);
        }
        Connection connection = connections.find(who).orElseThrow(() -> new ConnectionNotFound(WHOOP));
        return new Status(connection, ports.lastSynced().of(who));
    }

    /** As {@link #status}, after making sure that there is an access token that works, as far as WHOOP tells. */
    Connection validated(UserId who) {
        if (status(who).connection().isUsable()) {
            try {
                connections.current(who, Deadline.after(PATIENCE));
            } catch (ReauthorizationRequired e) { // an answer here: by now the connection's state says it
                log.debug("event=validated provider=whoop member={} valid=false", connections.inLogs(who));
            }
        }
        return status(who).connection();
    }

    /** The outcome of a consent that this service brought before; empty unless its account has, or had, to be confirmed. */
    private Optional<ConsentOutcome> outcomeOfUsed(String state, boolean replaceAccount) {
        byte[] answer = consents.answerHash(state);
        Optional<Answerable> consent = connections
                .pending()
                .answerable(answer)
                .filter(found -> found.connection().state() == Connection.State.AWAITING_CONFIRMATION);
        if (consent.isEmpty()) {
            return connections.pending().isUnconfirmed(answer)
                    ? Optional.of(new ConsentOutcome.Failed(Refusal.TO_BE_CONFIRMED, null))
                    : Optional.empty();
        }
        Refusal why = replaceAccount ? confirmation.replace(consent.get()) : null;
        return Optional.of(
                why == null
                        ? keptBefore(
                                consent.get().connection().who(),
                                state,
                                replaceAccount ? ConnectProgress.CONNECTED : ConnectProgress.AWAITING_CONFIRMATION)
                        : new ConsentOutcome.Failed(why, null));
    }

    private ConsentOutcome keptBefore(UserId who, String state, ConnectProgress progress) {
        return new ConsentOutcome.Kept(who, progress, null, AccountLabel.masked(who), consents.answer(state), null);
    }

    private @Nullable URI returnToOf(String state, @Nullable String browserSecret) {
        try {
            ConsentLookup found = consents.lookUpInBrowser(state, browserSecret);
            if (found instanceof ConsentLookup.Valid valid) {
                return valid.consent().returnTo();
            }
            reportRefusal(found);
            return null;
        } catch (SourceUnavailable e) { // our own page is shown instead
            return null;
        }
    }

    /** A browser or service without a valid state is not sent on to any address. */
    private ConsentOutcome refusedState(ConsentLookup found) {
        Refusal why = reportRefusal(found);
        log.info("event=connect_refused provider=whoop reason={}", why);
        return new ConsentOutcome.Failed(why, null);
    }

    /** Why a state is not accepted. Every reason but lateness may be an attack. */
    private Refusal reportRefusal(ConsentLookup found) {
        Refusal why = Refusal.of(found);
        if (why != Refusal.EXPIRED) {
            ports.security().note(SecurityEvents.Kind.CALLBACK_REFUSED, why.code());
        }
        return why;
    }
}
