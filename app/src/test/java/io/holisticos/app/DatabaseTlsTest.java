package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.db.ManagedDataSource;
import io.holisticos.database.DatabaseState;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sslmode=verify-full} in a database's URL, as docs/postgresql-roles.md has it, and a server that has a certificate. */
class DatabaseTlsTest {

    @TempDir
    static Path folder;

    private static EmbeddedPostgres server;
    private static Certificates trusted;
    private static Certificates others;

    @BeforeAll
    static void open() throws Exception {
        trusted = new Certificates(folder.resolve("trusted"));
        others = new Certificates(folder.resolve("others"));
        server = EmbeddedPostgres.builder()
                .setServerConfig("ssl", "on")
                .setServerConfig("ssl_cert_file", trusted.of("localhost").toString())
                .setServerConfig("ssl_key_file", trusted.keyOf("localhost").toString())
                .start();
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    @Test
    void everyPoolSpeaksTlsToTheServerThatTheCertificateNames() throws Exception {
        DatabaseConfiguration configuration = configured("localhost", trusted);

        for (ManagedDataSource pool : List.of(
                configuration.readers(new MetricRegistry(), "readers"),
                configuration.workers(new MetricRegistry(), "workers"),
                configuration.notices(new MetricRegistry(), "notices"))) {
            try (Connection connection = pool.getConnection();
                    ResultSet row = connection
                            .createStatement()
                            .executeQuery("select ssl, version from pg_stat_ssl where pid = pg_backend_pid()")) {
                row.next();
                assertThat(row.getBoolean(1)).isTrue();
                assertThat(row.getString(2)).startsWith("TLSv1.");
            } finally {
                pool.stop();
            }
        }
    }

    @Test
    void aServerOfAnotherAuthorityIsRefused() throws Exception {
        assertThat(words(configured("localhost", others))).contains("certificate");
    }

    @Test
    void aServerOfAnotherNameIsRefused() throws Exception {
        assertThat(words(configured("127.0.0.1", trusted))).contains("certificate");
    }

    /** What an operator reads in the health check. */
    private static String words(DatabaseConfiguration configuration) throws Exception {
        ManagedDataSource pool = configuration.readers(new MetricRegistry(), "refused");
        try {
            DatabaseState state = DatabaseState.of(pool);
            assertThat(state.condition()).isEqualTo(DatabaseState.Condition.AWAY);
            return state.words();
        } finally {
            pool.stop();
        }
    }

    private static DatabaseConfiguration configured(String host, Certificates authority) {
        DatabaseConfiguration configuration = new DatabaseConfiguration();
        configuration.setDriverClass("org.postgresql.Driver");
        configuration.setUrl("jdbc:postgresql://" + host + ":" + server.getPort()
                + "/postgres?sslmode=verify-full&sslrootcert=" + authority.root());
        configuration.setUser("postgres");
        assertThat(configuration.isUrlUsable()).isTrue();
        return configuration;
    }
}
