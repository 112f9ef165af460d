package io.holisticos.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.HealthError.SourceUnavailable;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.NoSuchElementException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One phrase for each way in which a database or a network fails, and never a message that could quote a row. */
class WhatFailedTest {

    @ParameterizedTest
    @CsvSource({
        "28P01, password refused (28P01)",
        "28000, password refused (28000)",
        "3D000, no such database (3D000)",
        "42P01, schema is not migrated: run sahha-db migrate and whoop-db migrate (42P01)",
        "57014, statement timeout (57014)",
        "53300, the database has no connection left (53300)",
        "25006, the database is read-only (25006)",
        "08003, connection lost (08003)",
        "08006, 'connection lost, or its certificate names another host (08006)'",
        "08P01, what answers speaks otherwise than PostgreSQL (08P01)",
        "23505, a row the database's rules refuse (23505)",
        "XX000, the statement failed (XX000)"
    })
    void aDatabaseSaysItByItsState(String state, String words) {
        RuntimeException wrapped = new IllegalStateException("select * from members", new SQLException("anna", state));

        assertThat(WhatFailed.inWords(wrapped)).isEqualTo(words);
    }

    @Test
    void anUnreachableDatabaseSaysWhatTheNetworkSaid() {
        assertThat(WhatFailed.inWords(new SQLException("x", "08001", new ConnectException())))
                .isEqualTo("connection refused (08001)");
        assertThat(WhatFailed.inWords(new SQLException("x", "08001", new UnknownHostException("db"))))
                .isEqualTo("unknown host (08001)");
        assertThat(WhatFailed.inWords(new SQLException("x", "08006", new SocketException())))
                .isEqualTo("connection lost (08006)");
    }

    @Test
    void aCertificateThatIsNotAcceptedIsSaidOfDatabasesAndSources() {
        SSLHandshakeException refused = new SSLHandshakeException("of anna");
        refused.initCause(new CertificateException("of anna"));

        assertThat(WhatFailed.inWords(new SQLException("x", "08006", refused)))
                .isEqualTo("TLS failed: its certificate is not accepted (08006)");
        assertThat(WhatFailed.inWords(new SourceUnavailable(new SourceName("whoop"), Duration.ofSeconds(1), refused)))
                .isEqualTo("TLS failed: its certificate is not accepted");
        assertThat(WhatFailed.inWords(new SSLHandshakeException("x"))).isEqualTo("TLS failed");
    }

    @Test
    void aSourceSaysWhatItsConnectionSaid() {
        SourceName whoop = new SourceName("whoop");

        assertThat(WhatFailed.inWords(
                        new SourceUnavailable(whoop, Duration.ofSeconds(1), new SocketTimeoutException("Read"))))
                .isEqualTo("no answer in time");
        assertThat(WhatFailed.inWords(new SourceUnavailable(whoop, Duration.ofSeconds(1))))
                .isEqualTo("whoop is not available");
    }

    @Test
    void aSourceThatAnsweredThatItFailedIsNamedByWhatItAnswered() {
        HealthError away =
                new SourceUnavailable(new SourceName("whoop"), Duration.ofSeconds(1), new Refused("status 503"));

        assertThat(WhatFailed.inWords(away)).isEqualTo("status 503");
        assertThat(WhatFailed.of(new IllegalStateException("secret", away))).contains("status 503");
    }

    private static final class Refused extends RuntimeException implements MessageForOperators {
        Refused(String message) {
            super(message);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3F000", "42P01", "42703", "42704", "42883"})
    void aSchemaThatIsNotThereYetIsToldFromOtherFaults(String state) {
        assertThat(WhatFailed.isNotMigrated(new IllegalStateException(new SQLException("x", state))))
                .isTrue();
    }

    @Test
    void whatFailsOtherwiseIsNoLackOfAMigration() {
        assertThat(WhatFailed.isNotMigrated(new SQLException("x", "42601"))).isFalse();
        assertThat(WhatFailed.isNotMigrated(new SQLException("x"))).isFalse();
        assertThat(WhatFailed.isNotMigrated(new IllegalStateException())).isFalse();
    }

    @Test
    void whatIsAFaultOfOursIsNamedByItsType() {
        IllegalStateException ours = new IllegalStateException("secret", new NoSuchElementException("secret"));

        assertThat(WhatFailed.of(ours)).isEmpty();
        assertThat(WhatFailed.inWords(ours)).isEqualTo("NoSuchElementException");
    }
}
