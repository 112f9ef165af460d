package io.holisticos.whoop.connect;

import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.Conflict;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.whoop.connect.Consents.BrowserState;
import io.holisticos.whoop.connect.Consents.Consent;
import io.holisticos.whoop.connect.Consents.ConsentLookup;
import io.holisticos.whoop.connect.Consents.PressResult;
import io.holisticos.whoop.custody.Connection;
import io.holisticos.whoop.custody.Connections;
import io.holisticos.whoop.custody.WhoopOAuth;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is behind a connect link: a page that says whose it is, and its buttons. Thread-safe. */
final class ConnectLinks {

    private static final Logger log = LoggerFactory.getLogger(ConnectLinks.class);

    private final Consents consents;
    private final Connections connections;
    private final WhoopOAuth oauth;
    private final ConnectPorts ports;
    private final Consumer<UserId> disconnect;

    ConnectLinks(
            Consents consents,
            Connections connections,
            WhoopOAuth oauth,
            ConnectPorts ports,
            Consumer<UserId> disconnect) {
        this.consents = consents;
        this.connections = connections;
        this.oauth = oauth;
        this.ports = ports;
        this.disconnect = disconnect;
    }

    /** What opens behind a connect link. */
    sealed interface LinkPage {
        /**
         * A page with a button.
         *
         * @param label how the page names the account of ours that a WHOOP account would belong to
         * @param token the token that the button sends along
         */
        record Open(String label, String token, Standing standing) implements LinkPage {
            @Override
            public String toString() {
                return "Open";
            }
        }

        /** @param pause for how long WHOOP cannot be called; null when that is not the reason */
        record Closed(Refusal why, @Nullable Duration pause) implements LinkPage {
            Closed(Refusal why) {
                this(why, null);
            }
        }
    }

    /** How the link's member and WHOOP stand when the page is opened. */
    enum Standing {
        /** Never connected, or not any more. */
        NEW,
        CONNECTED,
        /** The member has agreed; the account is not known yet, or not confirmed. */
        BEGUN,
        /** WHOOP asks for the member's consent again. */
        LAPSED;

        static Standing of(Connection.State state) {
            return switch (state) {
                case ACTIVE, REFRESHING -> CONNECTED;
                case AWAITING_PROFILE, AWAITING_CONFIRMATION -> BEGUN;
                case REAUTHORIZATION_REQUIRED -> LAPSED;
                case REVOKED -> NEW;
            };
        }
    }

    /** Where pressing the button behind a link leads. */
    sealed interface NextPage {
        /** To WHOOP's consent page, with a state to come back with. */
        record AtWhoop(URI authorizationUrl, BrowserState browserState) implements NextPage {
            @Override
            public String toString() {
                return "AtWhoop";
            }
        }

        /** To a page that says that WHOOP is no longer connected. */
        record Disconnected(String label) implements NextPage {
            @Override
            public String toString() {
                return "Disconnected";
            }
        }

        record Refused(Refusal why, @Nullable Duration pause) implements NextPage {
            Refused(Refusal why) {
                this(why, null);
            }
        }
    }

    /**
     * A press of a button behind a link.
     *
     * @param token of the page with the button
     * @param sameOrigin whether the browser says that the page was ours
     * @param browser asked only about a link that is valid
     */
    record Press(String link, String token, boolean sameOrigin, OwnBrowser browser) {
        @Override
        public String toString() {
            return "Press";
        }
    }

    /** Somebody, or a previewer of messages, opens a connect link. Nothing changes by it. */
    LinkPage open(String link) {
        try {
            ConsentLookup found = consents.lookUp(link);
            if (!(found instanceof ConsentLookup.Valid valid)) {
                return new LinkPage.Closed(Refusal.of(found));
            }
            Consent consent = valid.consent();
            LinkPage.Closed closed = closedFor(consent.who());
            return closed == null
                    ? new LinkPage.Open(consent.label(), consents.pageToken(link), standingOf(consent.who()))
                    : closed;
        } catch (SourceUnavailable e) { // a person reads the answer: a page, not a problem document
            return new LinkPage.Closed(Refusal.LATER);
        }
    }

    /** The member goes on to WHOOP. */
    NextPage press(Press press) {
        return checked(press, consent -> {
            LinkPage.Closed closed = closedFor(consent.who());
            if (closed != null) {
                return new NextPage.Refused(closed.why(), closed.pause());
            }
            NextPage.Refused notTheirs = refusedIn(press.browser(), consent.who());
            return notTheirs == null ? nextPage(consents.press(consent)) : notTheirs;
        });
    }

    /** The member disconnects, whether WHOOP is switched on or not. The link goes on to work. */
    NextPage disconnect(Press press) {
        return checked(press, consent -> {
            NextPage.Refused notTheirs = refusedIn(press.browser(), consent.who());
            if (notTheirs != null) {
                return notTheirs;
            }
            disconnect.accept(consent.who());
            return new NextPage.Disconnected(consent.label());
        });
    }

    private interface Then {
        NextPage with(Consent consent);
    }

    private NextPage checked(Press press, Then then) {
        if (!press.sameOrigin() || !consents.isPageToken(press.link(), press.token())) {
            ports.security().note(SecurityEvents.Kind.CALLBACK_REFUSED, Refusal.OTHER_PAGE.code());
            return new NextPage.Refused(Refusal.OTHER_PAGE);
        }
        try {
            ConsentLookup found = consents.lookUp(press.link());
            return found instanceof ConsentLookup.Valid valid
                    ? then.with(valid.consent())
                    : new NextPage.Refused(Refusal.of(found));
        } catch (SourceUnavailable e) {
            return new NextPage.Refused(Refusal.LATER);
        }
    }

    private NextPage.@Nullable Refused refusedIn(OwnBrowser browser, UserId who) {
        Refusal notTheirs = browser.refusalOf(who);
        if (notTheirs == null) {
            return null;
        }
        ports.security().note(SecurityEvents.Kind.CALLBACK_REFUSED, notTheirs.code());
        return new NextPage.Refused(notTheirs);
    }

    private NextPage nextPage(PressResult result) {
        if (result instanceof PressResult.Accepted accepted) {
            BrowserState browserState = accepted.browserState();
            return new NextPage.AtWhoop(
                    oauth.authorizationUrl(browserState.state(), browserState.verifier()), browserState);
        }
        Refusal why = refusalOf(result);
        log.info("event=connect_refused provider=whoop reason={}", why);
        return new NextPage.Refused(why);
    }

    private static Refusal refusalOf(PressResult result) {
        if (result instanceof PressResult.TooOften) {
            return Refusal.PRESSED_TOO_OFTEN;
        }
        return result instanceof PressResult.TooManyReturns ? Refusal.RETURNED_TOO_OFTEN : Refusal.UNKNOWN_STATE;
    }

    private Standing standingOf(UserId who) {
        return connections
                .find(who)
                .map(connection -> Standing.of(connection.state()))
                .orElse(Standing.NEW);
    }

    /** Why the member is not sent to WHOOP; null when they are. */
    private LinkPage.@Nullable Closed closedFor(UserId who) {
        if (!ports.moduleSwitch().letsConnect(who)) {
            return new LinkPage.Closed(Refusal.SWITCHED_OFF);
        }
        try {
            ports.admission().require(who);
            return null;
        } catch (Conflict full) {
            return new LinkPage.Closed(Refusal.MEMBER_LIMIT);
        } catch (SourceThrottled spent) {
            return new LinkPage.Closed(Refusal.BUSY, spent.retryAfter().orElse(null));
        } catch (HealthError later) {
            return new LinkPage.Closed(Refusal.LATER);
        }
    }
}
