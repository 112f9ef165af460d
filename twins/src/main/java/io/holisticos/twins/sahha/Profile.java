package io.holisticos.twins.sahha;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A profile of the account.
 *
 * @param member null when nobody in the world stands behind the external id: such a profile never gets data
 */
record Profile(
        String externalId,
        String profileId,
        Instant createdAt,
        @Nullable Member member) {

    boolean hasData(Instant now) {
        return member != null && member.hasData(now);
    }

    /** Looks like one of the sandbox's sample profiles, which no device feeds. */
    boolean isSample() {
        return member != null && member.habits().isSample();
    }
}
