package io.holisticos.whoop.custody;

import io.holisticos.health.UserId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Members that an operator looks for.
 *
 * @param found how many there are; not all of them need to be listed
 */
public record ConnectedMembers(List<ConnectedMember> listed, int found) {

    public ConnectedMembers {
        listed = List.copyOf(listed);
    }

    /**
     * A member who has or had a connection.
     *
     * @param arrivingUserId the WHOOP account that waits for the member's confirmation; null when none does
     * @param since when the connection came into its state; null where no history tells
     * @param reason why it did
     */
    public record ConnectedMember(
            Connection connection,
            @Nullable Long arrivingUserId,
            @Nullable Instant since,
            @Nullable String reason) {}

    /**
     * Whom an operator looks for; a null asks for all.
     *
     * @param state as {@link Connection#status} names it
     * @param whoopUserId of the connection, or of a consent that waits to be confirmed
     * @param most how many to list
     */
    public record Wanted(
            @Nullable String state,
            @Nullable UserId who,
            @Nullable Long whoopUserId,
            int most) {}
}
