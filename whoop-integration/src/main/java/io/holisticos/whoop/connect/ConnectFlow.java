package io.holisticos.whoop.connect;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.IntegrationDisabled;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.trace.RequestContext;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.connect.Consents.Begun;
import io.holisticos.whoop.connect.Consents.Claim;
import io.holisticos.whoop.connect.TokenAnswer.Granted;
import io.holisticos.whoop.connect.TokenAnswer.Misconfigured;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a member comes (link, consent, code, tokens, account) and goes. Thread-safe. */
public final class ConnectFlow {

    private static final Logger log = LoggerFactory.getLogger(ConnectFlow.class);

    /** A member waits for the page. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** Going must not hang on WHOOP. */
    private static final Duration GOOD_BYE = Duration.ofSeconds(5);

    private final Consents consents;
    private final Connections connections;
    private final WhoopOAuth oauth;
    private final WhoopApi api;
    private final Surroundings surroundings;

    public ConnectFlow(
            Consents consents, Connections connections, WhoopOAuth oauth, WhoopApi api, Surroundings surroundings) {
        this.consents = consents;
        this.connections = connections;
        this.oauth = oauth;
        this.api = api;
        this.surroundings = surroundings;
    }

    /** What a caller passes on to a member. */
    record Started(UserId who, URI connectUrl, URI authorizationUrl, String state, Duration expiresIn) {
        /** The addresses hold secrets. */
        @Override
        public String toString() {
            return "Started[" + who + "]";
        }
    }

    /** Where following a link leads. */
    sealed interface Opened {
        /** On to WHOOP, with a secret to come back with. */
        record Onward(URI authorizationUrl, String state, String browserSecret) implements Opened {
            /** All three are secrets. */
            @Override
            public String toString() {
                return "Onward";
            }
        }

        record Closed(Refusal why) implements Opened {}
    }

    /** How a consent ended. */
    sealed interface Outcome {
        /** Where to send the member; null for our own page. */
        @Nullable
        URI returnTo();

        record Connected(UserId who, @Nullable URI returnTo) implements Outcome {}

        record Failed(Refusal why, @Nullable URI returnTo) implements Outcome {}
    }

    /** A connection and the age of its data. */
    record Status(Connection connection, Optional<Instant> lastSynced) {}

    /** @throws IntegrationDisabled when WHOOP is switched off for the member */
    Started start(UserId who, String initiatedBy, @Nullable String returnTo) {
        if (!surroundings.moduleSwitch().letsConnect(who)) {
            throw new IntegrationDisabled(WHOOP);
        }
        RequestContext.current().ifPresent(request -> request.member(connections.inLogs(who)));
        Begun begun = consents.begin(who, initiatedBy, returnTo);
        log.info("event=connect_started provider=whoop member={} by={}", connections.inLogs(who), initiatedBy);
        return new Started(
                who, begun.connectUrl(), oauth.authorizationUrl(begun.state()), begun.state(), begun.expiresIn());
    }

    /** A browser follows a connect link. */
    Opened open(String link) {
        String browserSecret = consents.browserSecret();
        Claim claim;
        try {
            claim = consents.open(link, browserSecret);
        } catch (SourceUnavailable e) { // a person looks at this: a page, not a problem document
            return new Opened.Closed(Refusal.LATER);
        }
        if (!(claim instanceof Claim.Granted granted)) {
            return new Opened.Closed(refusalOf(claim));
        }
        if (!surroundings.moduleSwitch().letsConnect(granted.who())) {
            return new Opened.Closed(Refusal.SWITCHED_OFF);
        }
        String state = consents.stateOf(link);
        return new Opened.Onward(oauth.authorizationUrl(state), state, browserSecret);
    }

    /** A browser comes back with a code. */
    Outcome finishInBrowser(String code, String state, @Nullable String browserSecret) {
        Claim claim;
        try {
            claim = consents.useInBrowser(state, browserSecret);
        } catch (SourceUnavailable e) {
            return new Outcome.Failed(Refusal.LATER, null);
        }
        return finish(code, claim);
    }

    /** A service brings the code for a consent that it began. */
    Outcome finishByService(String code, String state, String service) {
        return finish(code, consents.useByService(state, service));
    }

    /**
     * A browser comes back without a code.
     *
     * @param state may be empty: WHOOP leaves it so when it refuses before its log-in page (seen 2026)
     */
    Outcome failInBrowser(String error, String state, @Nullable String browserSecret) {
        Refusal why = Refusal.ofRedirect(error);
        URI returnTo = state.isEmpty() ? null : returnToOf(state, browserSecret);
        if (why == Refusal.NOT_CONFIGURED) {
            log.error(
                    "event=connect_refused provider=whoop reason={} hint=\"check the app in the WHOOP dashboard\"",
                    why);
        } else {
            log.info("event=connect_refused provider=whoop reason={}", why);
        }
        return new Outcome.Failed(why, returnTo);
    }

    /** Ends a connection, whether WHOOP can be told or not. Does nothing where there is none. */
    void disconnect(UserId who) {
        Deadline deadline = Deadline.after(GOOD_BYE);
        try {
            connections.lastAccessToken(who, deadline).ifPresent(token -> api.revokeAccessWith(token, who, deadline));
        } catch (HealthError e) { // ours ends all the same, and unused tokens at WHOOP run out
            log.warn("event=revoke_not_confirmed provider=whoop member={} kind={}", connections.inLogs(who), e.kind());
        }
        if (connections.end(who)) {
            log.info("event=disconnected provider=whoop member={}", connections.inLogs(who));
            surroundings.listener().disconnected(who);
        }
    }

    /** @throws ConnectionNotFound when the member never had a connection */
    Status status(UserId who) {
        requireOn(who);
        Connection connection = connections.find(who).orElseThrow(() -> new ConnectionNotFound(WHOOP));
        return new Status(connection, surroundings.lastSynced().of(who));
    }

    /** As {@link #status}, after making sure that there is a token that works, as far as WHOOP tells. */
    Connection validated(UserId who) {
        if (status(who).connection().isUsable()) {
            try {
                connections.current(who, Deadline.after(PATIENCE));
            } catch (HealthError.ReauthorizationRequired e) { // an answer here; the row says it by now
                log.debug("event=validated provider=whoop member={} valid=false", connections.inLogs(who));
            }
        }
        return status(who).connection();
    }

    private Outcome finish(String code, Claim claim) {
        if (!(claim instanceof Claim.Granted granted)) {
            Refusal why = refused(claim);
            log.info("event=connect_refused provider=whoop reason={}", why);
            return new Outcome.Failed(why, null); // whoever this is, it is not sent on
        }
        UserId who = granted.who();
        RequestContext.current().ifPresent(request -> request.member(connections.inLogs(who)));
        Refusal why = surroundings.moduleSwitch().letsConnect(who) ? connect(who, code) : Refusal.SWITCHED_OFF;
        if (why != null) {
            log.info("event=connect_refused provider=whoop member={} reason={}", connections.inLogs(who), why);
            return new Outcome.Failed(why, granted.returnTo());
        }
        return new Outcome.Connected(who, granted.returnTo());
    }

    /** Returns why not, or null when the member is connected. */
    private @Nullable Refusal connect(UserId who, String code) {
        Deadline deadline = Deadline.after(PATIENCE);
        try {
            connections.requireSeals(who); // what is granted must not be lost
            TokenAnswer answer = oauth.exchange(who, code, deadline);
            if (answer instanceof Granted granted) {
                return keep(who, granted, deadline);
            }
            return answer instanceof Misconfigured ? Refusal.NOT_CONFIGURED : Refusal.CODE_REFUSED;
        } catch (SourceThrottled e) { // its place in the code says nothing
            log.warn("event=connect_failed provider=whoop member={} kind={}", connections.inLogs(who), e.kind());
            return Refusal.LATER;
        } catch (HealthError e) {
            log.warn("event=connect_failed provider=whoop member={} kind={}", connections.inLogs(who), e.kind(), e);
            return Refusal.LATER;
        }
    }

    private @Nullable Refusal keep(UserId who, Granted granted, Deadline deadline) {
        String refreshToken = granted.refreshToken();
        if (refreshToken == null || !granted.scopes().containsAll(oauth.requestedScopes())) {
            giveBack(who, granted, deadline);
            return Refusal.NARROWED;
        }
        long whoopUserId =
                api.profileWith(granted.accessToken(), who, deadline).record().userId();
        Connections.Joined joined = connections.join(who, whoopUserId, granted, refreshToken);
        return switch (joined) {
            case CONNECTED -> {
                log.info("event=connected provider=whoop member={}", connections.inLogs(who));
                surroundings.listener().connected(who, whoopUserId);
                yield null;
            }
            // not given back: at WHOOP that would end the connection of the other user, too
            case ACCOUNT_OF_ANOTHER_USER -> Refusal.ACCOUNT_OF_ANOTHER_USER;
            case USER_HAS_ANOTHER_ACCOUNT -> Refusal.USER_HAS_ANOTHER_ACCOUNT;
        };
    }

    /** Ends a grant that is of no use; unless the member has a working one, which would end with it. */
    private void giveBack(UserId who, Granted granted, Deadline deadline) {
        if (connections.find(who).filter(Connection::isUsable).isPresent()) {
            return;
        }
        try {
            api.revokeAccessWith(granted.accessToken(), who, deadline);
        } catch (HealthError e) { // nothing of it is kept here, and it runs out there
            log.warn("event=revoke_not_confirmed provider=whoop member={} kind={}", connections.inLogs(who), e.kind());
        }
    }

    private @Nullable URI returnToOf(String state, @Nullable String browserSecret) {
        try {
            Claim claim = consents.useInBrowser(state, browserSecret);
            if (claim instanceof Claim.Granted granted) {
                return granted.returnTo();
            }
            refused(claim);
            return null;
        } catch (SourceUnavailable e) { // then our own page has to do
            return null;
        }
    }

    private void requireOn(UserId who) {
        if (!surroundings.moduleSwitch().isOn(who)) {
            throw new IntegrationDisabled(WHOOP);
        }
    }

    /** Why a state is not accepted. All but lateness may be somebody else's doing. */
    private Refusal refused(Claim claim) {
        Refusal why = refusalOf(claim);
        if (why != Refusal.EXPIRED) {
            surroundings.security().note(SecurityEvents.Kind.CALLBACK_REFUSED, why.code());
        }
        return why;
    }

    private static Refusal refusalOf(Claim claim) {
        if (claim instanceof Claim.Expired) {
            return Refusal.EXPIRED;
        }
        if (claim instanceof Claim.Used) {
            return Refusal.ALREADY_USED;
        }
        return claim instanceof Claim.Stranger ? Refusal.OTHER_BROWSER : Refusal.UNKNOWN_STATE;
    }
}
