package io.holisticos.whoop.custody;

import io.holisticos.health.UserId;
import io.holisticos.whoop.custody.ConnectedMembers.ConnectedMember;
import io.holisticos.whoop.custody.Connection.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A member's connection as the database holds it: what others may see of it, and what only custody may.
 *
 * @param tokenVersion grows with every new token pair
 * @param refreshStartedAt while it is set, the refresh token may be spent
 */
record ConnectionRow(
        Connection connection,
        byte @Nullable [] accessToken,
        byte @Nullable [] refreshToken,
        @Nullable Instant accessExpiresAt,
        long tokenVersion,
        @Nullable Instant refreshStartedAt,
        AccountChange accountChange) {

    /**
     * The WHOOP accounts around a consent that is still pending.
     *
     * @param former the account before the consent; null when there was none
     * @param arriving the account that waits for the member's confirmation
     * @param confirmedBeforehand whether the member said before the consent that it may be another account
     */
    record AccountChange(@Nullable Long former, @Nullable Long arriving, boolean confirmedBeforehand) {}

    static ConnectionRow of(ResultSet row) throws SQLException {
        return new ConnectionRow(
                connection(row),
                row.getBytes("access_token"),
                row.getBytes("refresh_token"),
                instant(row, "access_expires_at"),
                row.getLong("token_version"),
                instant(row, "refresh_started_at"),
                new AccountChange(
                        row.getObject("former_user_id", Long.class),
                        row.getObject("arriving_user_id", Long.class),
                        row.getBoolean("replace_account")));
    }

    /** A row of those that operators look for. */
    static ConnectedMember member(ResultSet row) throws SQLException {
        return new ConnectedMember(
                connection(row),
                row.getObject("arriving_user_id", Long.class),
                instant(row, "since"),
                row.getString("reason"));
    }

    private static Connection connection(ResultSet row) throws SQLException {
        return new Connection(
                new UserId(row.getString("user_id")),
                row.getObject("whoop_user_id", Long.class),
                State.of(row.getString("state")),
                Set.copyOf(Arrays.asList(row.getString("scopes").split(" "))),
                row.getObject("connected_at", OffsetDateTime.class).toInstant());
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    @Override
    public String toString() {
        return "ConnectionRow[" + connection + ", token version " + tokenVersion + "]";
    }
}
