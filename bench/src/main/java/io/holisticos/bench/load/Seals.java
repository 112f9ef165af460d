package io.holisticos.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.bench.process.BenchFailure;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.vault.VaultConfiguration;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/** What is sealed for one member opens for no other: copies are sealed anew, by the vault itself. */
final class Seals {

    /** The sandbox's. */
    static final String VAULT_KEY =
            Base64.getEncoder().encodeToString("a key for synthetic people only.".getBytes(StandardCharsets.US_ASCII));

    private static final Map<String, Map<String, String>> SEALED = Map.of(
            "whoop_connection",
            Map.of("access_token", "whoop.access_token", "refresh_token", "whoop.refresh_token"),
            "whoop_profile",
            Map.of(
                    "email_sealed",
                    "whoop.email",
                    "first_name_sealed",
                    "whoop.first_name",
                    "last_name_sealed",
                    "whoop.last_name"));

    private final Connection connection;
    private final Vault vault;

    /** @param connection to WHOOP's database */
    Seals(Connection connection) {
        this.connection = connection;
        VaultConfiguration keys = new ObjectMapper()
                .convertValue(Map.of("keys", Map.of("k1", VAULT_KEY), "currentKey", "k1"), VaultConfiguration.class);
        vault = new Vault(Jdbi.create(connection), keys, new SecureRandom(), Clock.systemUTC());
        vault.prove();
    }

    /** Gives every member a key, and what a row of theirs has sealed. */
    void renew() throws SQLException {
        for (Map.Entry<String, Map<String, String>> table : SEALED.entrySet()) {
            for (Map.Entry<String, String> column : table.getValue().entrySet()) {
                renew(table.getKey(), column.getKey(), column.getValue());
            }
        }
    }

    private void renew(String table, String column, String purpose) throws SQLException {
        String update = "update " + table + " set " + column + " = ? where user_id = ?";
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            for (Sealed one : sealed(table, column)) {
                byte[] plain = vault.open(new UserId(one.template()), purpose, one.bytes());
                statement.setBytes(1, vault.seal(new UserId(one.who()), purpose, plain));
                statement.setString(2, one.who());
                statement.addBatch();
            }
            int[] unused = statement.executeBatch();
        }
    }

    private List<Sealed> sealed(String table, String column) throws SQLException {
        String query =
                "select m.user_id, split_part(m.template, '/', 1), t." + column + " from bench.member m join bench.t_"
                        + table + " t on t.user_id = m.template where t." + column + " is not null";
        List<Sealed> all = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                all.add(new Sealed(rows.getString(1), rows.getString(2), rows.getBytes(3)));
            }
        }
        return all;
    }

    /** Makes keys of members of whom nothing else is sealed. */
    void makeKeys(List<String> members) {
        for (String who : members) {
            if (vault.seal(new UserId(who), "bench", "").length == 0) {
                throw new BenchFailure("nothing was sealed for " + who);
            }
        }
    }

    private record Sealed(String who, String template, byte[] bytes) {}
}
