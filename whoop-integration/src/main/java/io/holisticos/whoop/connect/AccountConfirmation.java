package io.holisticos.whoop.connect;

import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.trace.RequestContext;
import io.holisticos.whoop.connect.Consents.Consent;
import io.holisticos.whoop.custody.AccountAssignment;
import io.holisticos.whoop.custody.Connections;
import io.holisticos.whoop.custody.PendingConnections;
import io.holisticos.whoop.custody.PendingConnections.Answerable;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what a member, or a service for them, decides about the WHOOP account of a consent. Thread-safe. */
final class AccountConfirmation {

    private static final Logger log = LoggerFactory.getLogger(AccountConfirmation.class);

    private final Consents consents;
    private final Connections connections;
    private final PendingConnections pending;
    private final AccountLookup lookup;
    private final GrantRevocation revocation;
    private final ConnectPorts ports;

    AccountConfirmation(
            Consents consents,
            Connections connections,
            AccountLookup lookup,
            GrantRevocation revocation,
            ConnectPorts ports) {
        this.consents = consents;
        this.connections = connections;
        this.pending = connections.pending();
        this.lookup = lookup;
        this.revocation = revocation;
        this.ports = ports;
    }

    /** What came of a member's choice. */
    sealed interface ChoiceResult {
        /** The choice was carried out. */
        record Done(AccountChoice choice, @Nullable URI returnTo) implements ChoiceResult {}

        record Refused(Refusal why) implements ChoiceResult {}
    }

    /**
     * The member chooses on the page at the end of a consent.
     *
     * @param answer the secret that only this page has
     * @param sameOrigin whether the browser says that the page was ours
     */
    ChoiceResult choose(String answer, AccountChoice choice, boolean sameOrigin) {
        if (!sameOrigin) {
            ports.security().note(SecurityEvents.Kind.CALLBACK_REFUSED, Refusal.OTHER_PAGE.code());
            return new ChoiceResult.Refused(Refusal.OTHER_PAGE);
        }
        try {
            Optional<Consent> consent = consents.findByAnswer(answer);
            Optional<Answerable> answerable = pending.answerable(Secrets.hash(answer));
            if (consent.isEmpty() || answerable.isEmpty()) {
                return new ChoiceResult.Refused(
                        pending.isUnconfirmed(Secrets.hash(answer))
                                ? Refusal.TO_BE_CONFIRMED
                                : Refusal.ANSWERED_ALREADY);
            }
            UserId who = answerable.get().connection().who();
            RequestContext.current().ifPresent(request -> request.member(connections.inLogs(who)));
            URI returnTo = consent.get().returnTo();
            return switch (choice) {
                case KEEP -> keep(answerable.get(), answer, returnTo);
                case REPLACE -> replaceFromPage(answerable.get(), answer, returnTo);
                case DISOWN -> disown(who, returnTo);
            };
        } catch (SourceUnavailable e) {
            return new ChoiceResult.Refused(Refusal.LATER);
        }
    }

    /** The new account replaces the one before. Returns null when it did. */
    @Nullable
    Refusal replace(Answerable consent) {
        Long arriving = consent.arriving();
        AccountAssignment assignment = arriving == null
                ? new AccountAssignment.Gone()
                : lookup.assignAccount(consent.connection().who(), arriving, true);
        if (assignment instanceof AccountAssignment.Connected) {
            return null;
        }
        return assignment instanceof AccountAssignment.Gone ? Refusal.TO_BE_CONFIRMED : Refusal.ACCOUNT_OF_ANOTHER_USER;
    }

    private ChoiceResult keep(Answerable consent, String answer, @Nullable URI returnTo) {
        return switch (consent.connection().state()) {
            case AWAITING_CONFIRMATION ->
                new ChoiceResult.Refused(Refusal.TO_BE_CONFIRMED); // the page did not ask that
            case AWAITING_PROFILE ->
                new ChoiceResult.Done(AccountChoice.KEEP, returnTo); // the account may still be a question
            case ACTIVE, REFRESHING, REAUTHORIZATION_REQUIRED, REVOKED -> {
                pending.forgetAnswer(Secrets.hash(answer));
                yield new ChoiceResult.Done(AccountChoice.KEEP, returnTo);
            }
        };
    }

    private ChoiceResult replaceFromPage(Answerable consent, String answer, @Nullable URI returnTo) {
        if (consent.arriving() == null) {
            return keep(consent, answer, returnTo); // the button was pressed twice
        }
        Refusal why = replace(consent);
        return why == null ? new ChoiceResult.Done(AccountChoice.REPLACE, returnTo) : new ChoiceResult.Refused(why);
    }

    private ChoiceResult disown(UserId who, @Nullable URI returnTo) {
        revocation.revokeConnection(who);
        boolean wasRead = connections.disown(who).isPresent();
        log.info("event=disowned provider=whoop member={} was_read={}", connections.inLogs(who), wasRead);
        if (wasRead) {
            ports.listener().disowned(who);
        } else { // the records that we hold are of an account before, which is the member's
            ports.listener().disconnected(who);
        }
        return new ChoiceResult.Done(AccountChoice.DISOWN, returnTo);
    }
}
