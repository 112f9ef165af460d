package io.holisticos.whoop.connect;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.Conflict;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.IntegrationDisabled;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.trace.RequestContext;
import io.holisticos.whoop.api.Account;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.connect.Connections.Consented;
import io.holisticos.whoop.connect.Connections.Holding;
import io.holisticos.whoop.connect.Connections.Joined;
import io.holisticos.whoop.connect.Consents.Begun;
import io.holisticos.whoop.connect.Consents.Claim;
import io.holisticos.whoop.connect.Consents.Consent;
import io.holisticos.whoop.connect.Consents.Pressing;
import io.holisticos.whoop.connect.Consents.Secret;
import io.holisticos.whoop.connect.TokenAnswer.Granted;
import io.holisticos.whoop.connect.TokenAnswer.Misconfigured;
import io.holisticos.whoop.connect.Waiting.Answered;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a member comes (link, button, consent, code, tokens, account, the member's word) and goes. Thread-safe. */
public final class ConnectFlow {

    private static final Logger log = LoggerFactory.getLogger(ConnectFlow.class);

    /** A member waits for the page. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Consents consents;
    private final Connections connections;
    private final Whoop whoop;
    private final Arrivals arrivals;
    private final GoodBye goodBye;
    private final Answers answers;
    private final Surroundings surroundings;

    /**
     * WHOOP's two sides.
     *
     * @param api whose calls come before those of first syncs
     */
    public record Whoop(WhoopOAuth oauth, WhoopApi api, Clock clock) {}

    public ConnectFlow(
            Consents consents, Connections connections, Whoop whoop, Arrivals arrivals, Surroundings surroundings) {
        this.consents = consents;
        this.connections = connections;
        this.whoop = whoop;
        this.arrivals = arrivals;
        this.goodBye = new GoodBye(connections, whoop.api());
        this.answers = new Answers(consents, connections, arrivals, goodBye, surroundings);
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

    /** What is behind a link. */
    sealed interface Looked {
        /**
         * A page with a button.
         *
         * @param label the account of ours that a WHOOP account would belong to
         * @param token what the button has to send along
         */
        record Open(String label, String token) implements Looked {
            @Override
            public String toString() {
                return "Open";
            }
        }

        record Closed(Refusal why) implements Looked {}
    }

    /** Where pressing the button leads. */
    sealed interface Pressed {
        /** On to WHOOP, with a secret to come back with. */
        record Onward(URI authorizationUrl, Secret secret) implements Pressed {
            @Override
            public String toString() {
                return "Onward";
            }
        }

        record Closed(Refusal why) implements Pressed {}
    }

    /** How a consent ended. */
    sealed interface Outcome {
        /** Where to send the member in the end; null for our own page. */
        @Nullable
        URI returnTo();

        /**
         * The tokens are kept.
         *
         * @param standing what is to be said to the member
         * @param whoopName first name and initial of whoever consented at WHOOP; null while it is not known
         * @param label the account of ours
         * @param answer what the member's page answers with
         */
        record Kept(
                UserId who,
                Standing standing,
                @Nullable String whoopName,
                String label,
                String answer,
                @Nullable URI returnTo)
                implements Outcome {
            @Override
            public String toString() {
                return "Kept[" + standing + "]";
            }
        }

        record Failed(Refusal why, @Nullable URI returnTo) implements Outcome {}
    }

    /** What a consent came to. */
    enum Standing {
        /** With a WHOOP account that this member had before. */
        CONNECTED_AGAIN,
        /** With a WHOOP account that is new to this member. */
        CONNECTED,
        /** Whose account it is, is asked as soon as WHOOP lets us. */
        AWAITING_PROFILE,
        /** It is another account than before: the member has to say so. */
        AWAITING_CONFIRMATION
    }

    /** A connection and the age of its data. */
    record Status(Connection connection, Optional<Instant> lastSynced) {}

    /**
     * @throws IntegrationDisabled when WHOOP is switched off for the member
     * @throws Conflict when there are as many members as there may be
     * @throws SourceThrottled when WHOOP cannot be called for longer than a member would wait
     */
    Started start(UserId who, String initiatedBy, Consents.Wishes wishes) {
        if (!surroundings.moduleSwitch().letsConnect(who)) {
            throw new IntegrationDisabled(WHOOP);
        }
        RequestContext.current().ifPresent(request -> request.member(connections.inLogs(who)));
        surroundings.admission().require(who);
        Begun begun = consents.begin(who, initiatedBy, wishes);
        log.info("event=connect_started provider=whoop member={} by={}", connections.inLogs(who), initiatedBy);
        return new Started(
                who,
                begun.connectUrl(),
                whoop.oauth().authorizationUrl(begun.state()),
                begun.state(),
                begun.expiresIn());
    }

    /** Somebody, or something, opens a connect link. Nothing changes by it. */
    Looked look(String link) {
        Claim claim = lookedUp(link);
        Refusal why = whyNotOnward(claim);
        return why == null && claim instanceof Claim.Granted granted
                ? new Looked.Open(granted.consent().label(), consents.pageToken(link))
                : new Looked.Closed(why == null ? Refusal.UNKNOWN_STATE : why);
    }

    /**
     * The member presses the button behind a link.
     *
     * @param token of the page with the button
     * @param sameOrigin whether the browser says that the page was ours
     */
    Pressed press(String link, String token, boolean sameOrigin) {
        if (!sameOrigin || !consents.isPageToken(link, token)) {
            surroundings.security().note(SecurityEvents.Kind.CALLBACK_REFUSED, Refusal.OTHER_PAGE.code());
            return new Pressed.Closed(Refusal.OTHER_PAGE);
        }
        Claim claim = lookedUp(link);
        Refusal why = whyNotOnward(claim);
        if (why != null || !(claim instanceof Claim.Granted granted)) {
            return new Pressed.Closed(why == null ? Refusal.UNKNOWN_STATE : why);
        }
        try {
            return pressed(consents.press(granted.consent()));
        } catch (SourceUnavailable e) {
            return new Pressed.Closed(Refusal.LATER);
        }
    }

    private Pressed pressed(Pressing pressing) {
        if (pressing instanceof Pressing.Done done) {
            return new Pressed.Onward(
                    whoop.oauth().authorizationUrl(done.secret().state()), done.secret());
        }
        if (pressing instanceof Pressing.TooOften) {
            log.info("event=connect_refused provider=whoop reason={}", Refusal.PRESSED_TOO_OFTEN);
            return new Pressed.Closed(Refusal.PRESSED_TOO_OFTEN);
        }
        return new Pressed.Closed(Refusal.UNKNOWN_STATE);
    }

    /** A browser comes back with a code. */
    Outcome finishInBrowser(String code, String state, @Nullable String browserSecret) {
        Claim claim;
        try {
            claim = consents.useInBrowser(state, browserSecret);
        } catch (SourceUnavailable e) {
            return new Outcome.Failed(Refusal.LATER, null);
        }
        if (!(claim instanceof Claim.Granted granted)) {
            return strange(claim);
        }
        return finish(new Return(granted.consent(), code, state, false, true));
    }

    /**
     * A service brings the code for a consent that it began.
     *
     * @param replaceAccount whether it may be another WHOOP account than before; the same call once more with this says
     *     so after it was asked
     */
    Outcome finishByService(String code, String state, String service, boolean replaceAccount) {
        Claim claim = consents.useByService(state, service);
        if (claim instanceof Claim.Used) {
            Optional<Outcome> waiting = waiting(state, replaceAccount);
            if (waiting.isPresent()) {
                return waiting.get();
            }
        }
        if (!(claim instanceof Claim.Granted granted)) {
            return strange(claim);
        }
        return finish(new Return(granted.consent(), code, state, replaceAccount, false));
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

    /** As {@link Answers#answer}. */
    Answers.Reply answer(String answer, Answers.Word word, boolean sameOrigin) {
        return answers.answer(answer, word, sameOrigin);
    }

    /** Ends a connection, whether WHOOP can be told or not. Does nothing where there is none. */
    void disconnect(UserId who) {
        goodBye.say(who);
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
            } catch (ReauthorizationRequired e) { // an answer here; the row says it by now
                log.debug("event=validated provider=whoop member={} valid=false", connections.inLogs(who));
            }
        }
        return status(who).connection();
    }

    /**
     * A consent that comes back, whoever brings it.
     *
     * @param inBrowser whether its link is to be used up by it; a state of a service is used up already
     */
    private record Return(Consent consent, String code, String state, boolean replaceAccount, boolean inBrowser) {
        @Override
        public String toString() {
            return "Return[" + consent + "]";
        }
    }

    private Outcome finish(Return back) {
        UserId who = back.consent().who();
        RequestContext.current().ifPresent(request -> request.member(connections.inLogs(who)));
        Outcome outcome =
                surroundings.moduleSwitch().letsConnect(who) ? exchanged(back) : failed(back, Refusal.SWITCHED_OFF);
        if (outcome instanceof Outcome.Failed failed) {
            log.info("event=connect_refused provider=whoop member={} reason={}", connections.inLogs(who), failed.why());
        }
        return outcome;
    }

    private Outcome exchanged(Return back) {
        UserId who = back.consent().who();
        Deadline deadline = Deadline.after(PATIENCE);
        try {
            connections.requireKeeping(who); // what is granted must not be lost
            TokenAnswer answer = whoop.oauth().exchange(who, back.code(), deadline);
            if (answer instanceof Granted granted) {
                return narrowed(granted) ? givenBack(back, granted, deadline) : only(back, granted, deadline);
            }
            return failed(back, answer instanceof Misconfigured ? Refusal.NOT_CONFIGURED : Refusal.CODE_REFUSED);
        } catch (HealthError e) {
            log.warn(
                    "event=connect_failed provider=whoop member={} kind={} cause=\"{}\"",
                    connections.inLogs(who),
                    e.kind(),
                    WhatFailed.inWords(e));
            return failed(back, Refusal.LATER);
        }
    }

    /** Of several browsers that come back for one link the first one counts. */
    private Outcome only(Return back, Granted granted, Deadline deadline) {
        if (back.inBrowser() && !consents.useUp(back.consent())) {
            return failed(back, Refusal.ALREADY_USED);
        }
        Outcome outcome = null;
        try {
            outcome = kept(back, granted, deadline);
            return outcome;
        } finally {
            if (back.inBrowser() && !(outcome instanceof Outcome.Kept)) {
                consents.release(back.consent());
            }
        }
    }

    /** The tokens are kept before anything else is tried: who agreed does not have to do so again. */
    private Outcome kept(Return back, Granted granted, Deadline deadline) {
        UserId who = back.consent().who();
        Consented consented = consented(back, granted);
        Holding holding =
                connections.hold(who, consented, surroundings.admission().limit(), deadline);
        if (holding == Holding.MEMBER_LIMIT_REACHED) {
            goodBye.giveBackUnlessAnothers(who, granted.accessToken());
            return failed(back, Refusal.MEMBER_LIMIT);
        }
        Account account;
        try {
            account = whoop.api().accountWith(granted.accessToken(), who, deadline);
        } catch (SourceThrottled | SourceUnavailable | BadSourceReply e) {
            if (holding != Holding.HELD) { // the connection there is goes on
                throw e;
            }
            arrivals.awaitProfile(who, e);
            return kept(back, Standing.AWAITING_PROFILE, null);
        } catch (ReauthorizationRequired e) {
            connections.dismiss(who, "token_refused");
            return failed(back, Refusal.CODE_REFUSED);
        }
        Joined joined = holding == Holding.HELD
                ? arrivals.settle(who, account.userId(), back.replaceAccount())
                : renewed(who, account.userId(), consented);
        return outcome(back, joined, account);
    }

    private Joined renewed(UserId who, long whoopUserId, Consented consented) {
        Joined joined = connections.renew(who, whoopUserId, consented);
        if (joined instanceof Joined.Connected) {
            arrivals.announce(who, whoopUserId);
        }
        return joined;
    }

    private static Outcome outcome(Return back, Joined joined, Account account) {
        if (joined instanceof Joined.Connected connected) {
            return kept(back, connected.isNew() ? Standing.CONNECTED : Standing.CONNECTED_AGAIN, nameOf(account));
        }
        if (joined instanceof Joined.ToBeConfirmed) {
            return kept(back, Standing.AWAITING_CONFIRMATION, nameOf(account));
        }
        // not given back: at WHOOP that would end the connection of the other user, too
        if (joined instanceof Joined.AccountOfAnotherUser) {
            return failed(back, Refusal.ACCOUNT_OF_ANOTHER_USER);
        }
        return failed(
                back,
                joined instanceof Joined.UserHasAnotherAccount ? Refusal.USER_HAS_ANOTHER_ACCOUNT : Refusal.LATER);
    }

    private static Outcome kept(Return back, Standing standing, @Nullable String whoopName) {
        Consent consent = back.consent();
        return new Outcome.Kept(
                consent.who(), standing, whoopName, consent.label(), Consents.answer(back.state()), consent.returnTo());
    }

    private static Outcome failed(Return back, Refusal why) {
        return new Outcome.Failed(why, back.consent().returnTo());
    }

    /** What a service hears of a consent that it brought before; empty unless that is another account than before. */
    private Optional<Outcome> waiting(String state, boolean replaceAccount) {
        byte[] answer = Consents.answerHash(state);
        Optional<Answered> held = connections
                .waiting()
                .answered(answer)
                .filter(one -> one.connection().state() == Connection.State.AWAITING_CONFIRMATION);
        if (held.isEmpty()) {
            return connections.waiting().isUnconfirmed(answer)
                    ? Optional.of(new Outcome.Failed(Refusal.TO_BE_CONFIRMED, null))
                    : Optional.empty();
        }
        Refusal why = replaceAccount ? answers.replace(held.get()) : null;
        return Optional.of(
                why == null
                        ? again(
                                held.get().connection().who(),
                                state,
                                replaceAccount ? Standing.CONNECTED : Standing.AWAITING_CONFIRMATION)
                        : new Outcome.Failed(why, null));
    }

    private static Outcome again(UserId who, String state, Standing standing) {
        return new Outcome.Kept(who, standing, null, AccountLabel.masked(who), Consents.answer(state), null);
    }

    private boolean narrowed(Granted granted) {
        return granted.refreshToken() == null
                || !granted.scopes().containsAll(whoop.oauth().requestedScopes());
    }

    private Consented consented(Return back, Granted granted) {
        String refreshToken = String.valueOf(granted.refreshToken()); // a narrowed one does not get here
        Instant expiresAt = whoop.clock().instant().plusSeconds(granted.expiresInSeconds());
        return new Consented(
                new TokenPair(granted.accessToken(), refreshToken, expiresAt),
                granted.scopes(),
                Consents.answerHash(back.state()),
                back.replaceAccount());
    }

    /** Ends a grant that is of no use; unless the member has a working one, which would end with it. */
    private Outcome givenBack(Return back, Granted granted, Deadline deadline) {
        UserId who = back.consent().who();
        if (connections.find(who).filter(Connection::isUsable).isEmpty()) {
            goodBye.giveBack(who, granted.accessToken(), deadline);
        }
        return failed(back, Refusal.NARROWED);
    }

    private Claim lookedUp(String link) {
        try {
            return consents.look(link);
        } catch (SourceUnavailable e) { // a person looks at this: a page, not a problem document
            return new Claim.Unavailable();
        }
    }

    /** Why the way ends before WHOOP; null when it goes on. */
    private @Nullable Refusal whyNotOnward(Claim claim) {
        if (!(claim instanceof Claim.Granted granted)) {
            return refusalOf(claim);
        }
        UserId who = granted.consent().who();
        if (!surroundings.moduleSwitch().letsConnect(who)) {
            return Refusal.SWITCHED_OFF;
        }
        try {
            surroundings.admission().require(who);
            return null;
        } catch (Conflict full) {
            return Refusal.MEMBER_LIMIT;
        } catch (HealthError later) {
            return Refusal.LATER;
        }
    }

    private @Nullable URI returnToOf(String state, @Nullable String browserSecret) {
        try {
            Claim claim = consents.useInBrowser(state, browserSecret);
            if (claim instanceof Claim.Granted granted) {
                return granted.consent().returnTo();
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

    /** Whoever this is, it is not sent on. */
    private Outcome strange(Claim claim) {
        Refusal why = refused(claim);
        log.info("event=connect_refused provider=whoop reason={}", why);
        return new Outcome.Failed(why, null);
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
        if (claim instanceof Claim.Unavailable) {
            return Refusal.LATER;
        }
        return claim instanceof Claim.Stranger ? Refusal.OTHER_BROWSER : Refusal.UNKNOWN_STATE;
    }

    /** As little of a name as its owner needs, such as {@code Ben S.}; null when it has none. */
    private static @Nullable String nameOf(Account account) {
        String first = account.firstName();
        String last = account.lastName();
        String initial = last.isEmpty() ? "" : last.substring(0, last.offsetByCodePoints(0, 1)) + ".";
        String name = (first + " " + initial).strip();
        return name.isEmpty() ? null : name;
    }
}
