package io.holisticos.twins.sahha;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A profile of the account.
 *
 * @param member null when the external id belongs to no person of the world: such a profile never gets data
 */
record Profile(
        String externalId,
        String profileId,
        Instant createdAt,
        @Nullable Member member) {

    /** Whether it looks like one of Sahha's sample profiles, which no device feeds. */
    boolean isSample() {
        return member != null && member.habits().isSample();
    }
}
