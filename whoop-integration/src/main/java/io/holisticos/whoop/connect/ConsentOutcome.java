package io.holisticos.whoop.connect;

import io.holisticos.health.UserId;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** How a consent ended. */
sealed interface ConsentOutcome {

    /**
     * The tokens are kept.
     *
     * @param progress what the member is told
     * @param whoopName first name and initial of the owner of the WHOOP account; null while the account is not known
     * @param label how the page names the account of ours
     * @param answer the secret by which the member's page answers
     * @param returnTo where to send the member in the end; null for our own page
     */
    record Kept(
            UserId who,
            ConnectProgress progress,
            @Nullable String whoopName,
            String label,
            String answer,
            @Nullable URI returnTo)
            implements ConsentOutcome {
        @Override
        public String toString() {
            return "Kept[" + progress + "]";
        }
    }

    /**
     * There is no connection by this consent.
     *
     * @param returnTo where to send the member in the end; null for our own page
     */
    record Failed(Refusal why, @Nullable URI returnTo) implements ConsentOutcome {}

    /** How far a connection has come whose tokens are kept. */
    enum ConnectProgress {
        /** Connected with a WHOOP account that this member had before. */
        CONNECTED_AGAIN,
        /** Connected with a WHOOP account that is new to this member. */
        CONNECTED,
        /** WHOOP will be asked for the account as soon as the quota allows. */
        AWAITING_PROFILE,
        /** It is another account than before, and the member has to confirm it. */
        AWAITING_CONFIRMATION
    }
}
