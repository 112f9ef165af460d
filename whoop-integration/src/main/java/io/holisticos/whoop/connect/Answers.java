package io.holisticos.whoop.connect;

import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.trace.RequestContext;
import io.holisticos.whoop.connect.Connections.Joined;
import io.holisticos.whoop.connect.Consents.Consent;
import io.holisticos.whoop.connect.Waiting.Answered;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a member, or a service for them, says to the WHOOP account that a consent brought. Thread-safe. */
final class Answers {

    private static final Logger log = LoggerFactory.getLogger(Answers.class);

    private final Consents consents;
    private final Connections connections;
    private final Arrivals arrivals;
    private final GoodBye goodBye;
    private final Surroundings surroundings;

    Answers(Consents consents, Connections connections, Arrivals arrivals, GoodBye goodBye, Surroundings surroundings) {
        this.consents = consents;
        this.connections = connections;
        this.arrivals = arrivals;
        this.goodBye = goodBye;
        this.surroundings = surroundings;
    }

    /** What a member says on the page at the end. */
    enum Word {
        /** It is as the page says. */
        KEEP,
        /** The new account takes the place of the one before. */
        REPLACE,
        /** That is not this member's WHOOP. */
        DISOWN;

        static Optional<Word> of(String word) {
            for (Word one : values()) {
                if (one.form().equals(word)) {
                    return Optional.of(one);
                }
            }
            return Optional.empty();
        }

        /** As a form has it. */
        String form() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What came of a member's word. */
    sealed interface Reply {
        /** All is settled. */
        record Done(Word word, @Nullable URI returnTo) implements Reply {}

        record Refused(Refusal why) implements Reply {}
    }

    /**
     * The member says on the page at the end whether all is as it should be.
     *
     * @param answer what that page, and nobody else, has to answer with
     * @param sameOrigin whether the browser says that the page was ours
     */
    Reply answer(String answer, Word word, boolean sameOrigin) {
        if (!sameOrigin) {
            surroundings.security().note(SecurityEvents.Kind.CALLBACK_REFUSED, Refusal.OTHER_PAGE.code());
            return new Reply.Refused(Refusal.OTHER_PAGE);
        }
        try {
            Optional<Consent> consent = consents.answered(answer);
            Optional<Answered> held = waiting().answered(Secrets.hash(answer));
            if (consent.isEmpty() || held.isEmpty()) {
                return new Reply.Refused(
                        waiting().isUnconfirmed(Secrets.hash(answer))
                                ? Refusal.TO_BE_CONFIRMED
                                : Refusal.ANSWERED_ALREADY);
            }
            UserId who = held.get().connection().who();
            RequestContext.current().ifPresent(request -> request.member(connections.inLogs(who)));
            URI returnTo = consent.get().returnTo();
            return switch (word) {
                case KEEP -> kept(held.get(), answer, returnTo);
                case REPLACE -> replacedOnPage(held.get(), answer, returnTo);
                case DISOWN -> disowned(who, returnTo);
            };
        } catch (SourceUnavailable e) {
            return new Reply.Refused(Refusal.LATER);
        }
    }

    /** The account that waits takes the place of the one before. Returns null when it does. */
    @Nullable
    Refusal replace(Answered held) {
        Long arriving = held.arriving();
        Joined joined = arriving == null
                ? new Joined.Gone()
                : arrivals.settle(held.connection().who(), arriving, true);
        if (joined instanceof Joined.Connected) {
            return null;
        }
        return joined instanceof Joined.Gone ? Refusal.TO_BE_CONFIRMED : Refusal.ACCOUNT_OF_ANOTHER_USER;
    }

    private Reply kept(Answered held, String answer, @Nullable URI returnTo) {
        return switch (held.connection().state()) {
            case AWAITING_CONFIRMATION -> new Reply.Refused(Refusal.TO_BE_CONFIRMED); // this says nothing of that
            case AWAITING_PROFILE -> new Reply.Done(Word.KEEP, returnTo); // whose it is may still be a question
            case ACTIVE, REFRESHING, REAUTHORIZATION_REQUIRED, REVOKED -> {
                waiting().forgetAnswer(Secrets.hash(answer));
                yield new Reply.Done(Word.KEEP, returnTo);
            }
        };
    }

    private Reply replacedOnPage(Answered held, String answer, @Nullable URI returnTo) {
        if (held.arriving() == null) {
            return kept(held, answer, returnTo); // pressed twice
        }
        Refusal why = replace(held);
        return why == null ? new Reply.Done(Word.REPLACE, returnTo) : new Reply.Refused(why);
    }

    private Reply disowned(UserId who, @Nullable URI returnTo) {
        goodBye.say(who);
        boolean wasRead = connections.disown(who).isPresent();
        log.info("event=disowned provider=whoop member={} was_read={}", connections.inLogs(who), wasRead);
        if (wasRead) {
            surroundings.listener().disowned(who);
        } else { // what is held of the member came from an account before, which is theirs
            surroundings.listener().disconnected(who);
        }
        return new Reply.Done(Word.DISOWN, returnTo);
    }

    private Waiting waiting() {
        return connections.waiting();
    }
}
