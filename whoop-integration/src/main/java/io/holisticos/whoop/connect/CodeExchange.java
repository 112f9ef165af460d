package io.holisticos.whoop.connect;

import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.trace.RequestContext;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.Account;
import io.holisticos.whoop.connect.ConsentOutcome.ConnectProgress;
import io.holisticos.whoop.connect.Consents.Consent;
import io.holisticos.whoop.custody.AccountAssignment;
import io.holisticos.whoop.custody.Connection;
import io.holisticos.whoop.custody.Connections;
import io.holisticos.whoop.custody.ConsentedTokens;
import io.holisticos.whoop.custody.PendingConnections.Keeping;
import io.holisticos.whoop.custody.TokenPair;
import io.holisticos.whoop.custody.TokenResponse;
import io.holisticos.whoop.custody.TokenResponse.Granted;
import io.holisticos.whoop.custody.TokenResponse.Misconfigured;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns the authorization code of a consent into tokens, and the tokens into a connection. Thread-safe. */
final class CodeExchange {

    private static final Logger log = LoggerFactory.getLogger(CodeExchange.class);

    /** A member waits for the page. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Consents consents;
    private final Connections connections;
    private final ConnectFlow.Whoop whoop;
    private final AccountLookup lookup;
    private final GrantRevocation revocation;
    private final ConnectPorts ports;
    private final ExchangeTurns turns = new ExchangeTurns();

    CodeExchange(
            Consents consents,
            Connections connections,
            ConnectFlow.Whoop whoop,
            AccountLookup lookup,
            ConnectPorts ports) {
        this.consents = consents;
        this.connections = connections;
        this.whoop = whoop;
        this.lookup = lookup;
        this.revocation = new GrantRevocation(connections, whoop.api());
        this.ports = ports;
    }

    /**
     * A code, and the consent that it came back for.
     *
     * @param replaceAccount whether the member said beforehand that it may be another WHOOP account than before
     * @param inBrowser whether the code uses up the consent's link; the state of a service is used up already
     */
    record ReturnedCode(Consent consent, String code, String state, boolean replaceAccount, boolean inBrowser) {
        @Override
        public String toString() {
            return "ReturnedCode[" + consent + "]";
        }
    }

    /** Exchanges the code and connects the member, if WHOOP and the rules for members allow it. */
    ConsentOutcome finish(ReturnedCode returned) {
        UserId who = returned.consent().who();
        RequestContext.current().ifPresent(request -> request.member(connections.inLogs(who)));
        ConsentOutcome outcome =
                ports.moduleSwitch().letsConnect(who) ? inTurn(returned) : failed(returned, Refusal.SWITCHED_OFF);
        if (outcome instanceof ConsentOutcome.Failed failed) {
            log.info("event=connect_refused provider=whoop member={} reason={}", connections.inLogs(who), failed.why());
        }
        return outcome;
    }

    private ConsentOutcome inTurn(ReturnedCode returned) {
        UserId who = returned.consent().who();
        if (turns.isPaused(who)) {
            return failed(returned, Refusal.LATER);
        }
        if (!turns.begin(who)) {
            return failed(returned, Refusal.UNDER_WAY);
        }
        try {
            return exchanged(returned);
        } finally {
            turns.end(who);
        }
    }

    private ConsentOutcome exchanged(ReturnedCode returned) {
        UserId who = returned.consent().who();
        Deadline deadline = Deadline.after(PATIENCE);
        try {
            connections.requireKeeping(who); // tokens that WHOOP issues must not be lost
            TokenResponse response =
                    whoop.oauth().exchange(who, returned.code(), consents.verifier(returned.consent()), deadline);
            if (response instanceof Granted granted) {
                return isNarrowed(granted)
                        ? narrowed(returned, granted, deadline)
                        : usingUpTheLink(returned, granted, deadline);
            }
            return failed(returned, response instanceof Misconfigured ? Refusal.NOT_CONFIGURED : Refusal.CODE_REFUSED);
        } catch (HealthError e) {
            log.warn(
                    "event=connect_failed provider=whoop member={} kind={} cause=\"{}\"",
                    connections.inLogs(who),
                    e.kind(),
                    WhatFailed.inWords(e));
            turns.failed(who);
            return failed(returned, Refusal.LATER);
        } catch (Vault.Unreadable e) { // a consent from before a key was lost
            log.warn("event=code_verifier_unreadable provider=whoop member={}", connections.inLogs(who));
            return failed(returned, Refusal.CODE_REFUSED);
        }
    }

    /** Several browsers may come back for one link: the first counts. A browser that fails leaves the link to the others. */
    private ConsentOutcome usingUpTheLink(ReturnedCode returned, Granted granted, Deadline deadline) {
        if (returned.inBrowser() && !consents.useUp(returned.consent())) {
            return failed(returned, Refusal.ALREADY_USED);
        }
        ConsentOutcome outcome = null;
        try {
            outcome = connected(returned, granted, deadline);
            return outcome;
        } finally {
            if (returned.inBrowser() && !(outcome instanceof ConsentOutcome.Kept)) {
                consents.release(returned.consent());
            }
        }
    }

    /** Keeps the tokens before anything else is tried: a member who agreed does not have to agree again. */
    private ConsentOutcome connected(ReturnedCode returned, Granted granted, Deadline deadline) {
        UserId who = returned.consent().who();
        ConsentedTokens tokens = tokensOf(returned, granted);
        Keeping keeping =
                connections.pending().keep(who, tokens, ports.admission().limit(), deadline);
        if (keeping == Keeping.MEMBER_LIMIT_REACHED) {
            revocation.revokeUnlessConnected(who, granted.accessToken());
            return failed(returned, Refusal.MEMBER_LIMIT);
        }
        Account account;
        try {
            account = whoop.api().accountWith(granted.accessToken(), who, deadline);
        } catch (SourceThrottled | SourceUnavailable | BadSourceReply e) {
            if (keeping == Keeping.ALREADY_CONNECTED) { // that connection goes on
                throw e;
            }
            lookup.awaitProfile(who, e);
            return kept(returned, ConnectProgress.AWAITING_PROFILE, null);
        } catch (ReauthorizationRequired e) {
            connections.pending().dismiss(who, "token_refused");
            return failed(returned, Refusal.CODE_REFUSED);
        }
        AccountAssignment assignment = keeping == Keeping.KEPT
                ? lookup.assignAccount(who, account.userId(), returned.replaceAccount())
                : renewed(who, account.userId(), tokens);
        return outcome(returned, assignment, account);
    }

    private AccountAssignment renewed(UserId who, long whoopUserId, ConsentedTokens tokens) {
        AccountAssignment assignment = connections.pending().renew(who, whoopUserId, tokens);
        if (assignment instanceof AccountAssignment.Connected) {
            lookup.announce(who, whoopUserId);
        }
        return assignment;
    }

    private ConsentOutcome outcome(ReturnedCode returned, AccountAssignment assignment, Account account) {
        if (assignment instanceof AccountAssignment.Connected connected) {
            return kept(
                    returned,
                    connected.isNew() ? ConnectProgress.CONNECTED : ConnectProgress.CONNECTED_AGAIN,
                    nameOf(account));
        }
        if (assignment instanceof AccountAssignment.ToBeConfirmed) {
            return kept(returned, ConnectProgress.AWAITING_CONFIRMATION, nameOf(account));
        }
        // not revoked: at WHOOP that would end the other user's connection, too
        if (assignment instanceof AccountAssignment.AccountOfAnotherUser) {
            return failed(returned, Refusal.ACCOUNT_OF_ANOTHER_USER);
        }
        return failed(
                returned,
                assignment instanceof AccountAssignment.UserHasAnotherAccount
                        ? Refusal.USER_HAS_ANOTHER_ACCOUNT
                        : Refusal.LATER);
    }

    /** A grant with fewer scopes than asked for is of no use. It is revoked unless a working connection would end by that. */
    private ConsentOutcome narrowed(ReturnedCode returned, Granted granted, Deadline deadline) {
        UserId who = returned.consent().who();
        if (connections.find(who).filter(Connection::isUsable).isEmpty()) {
            revocation.revoke(who, granted.accessToken(), deadline);
        }
        return failed(returned, Refusal.NARROWED);
    }

    private boolean isNarrowed(Granted granted) {
        return granted.refreshToken() == null
                || !granted.scopes().containsAll(whoop.oauth().requestedScopes());
    }

    private ConsentedTokens tokensOf(ReturnedCode returned, Granted granted) {
        String refreshToken = String.valueOf(granted.refreshToken()); // a grant without one was refused before
        Instant expiresAt = whoop.clock().instant().plusSeconds(granted.expiresInSeconds());
        return new ConsentedTokens(
                new TokenPair(granted.accessToken(), refreshToken, expiresAt),
                granted.scopes(),
                consents.answerHash(returned.state()),
                returned.replaceAccount());
    }

    private ConsentOutcome kept(ReturnedCode returned, ConnectProgress progress, @Nullable String whoopName) {
        Consent consent = returned.consent();
        return new ConsentOutcome.Kept(
                consent.who(),
                progress,
                whoopName,
                consent.label(),
                consents.answer(returned.state()),
                consent.returnTo());
    }

    private static ConsentOutcome failed(ReturnedCode returned, Refusal why) {
        return new ConsentOutcome.Failed(why, returned.consent().returnTo());
    }

    /** As little of a name as its owner needs, such as {@code Ben S.}; null when the account has no name. */
    private static @Nullable String nameOf(Account account) {
        String first = account.firstName();
        String last = account.lastName();
        String initial = last.isEmpty() ? "" : last.substring(0, last.offsetByCodePoints(0, 1)) + ".";
        String name = (first + " " + initial).strip();
        return name.isEmpty() ? null : name;
    }
}
