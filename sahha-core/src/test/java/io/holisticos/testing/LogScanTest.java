package io.holisticos.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogScanTest {

    @TempDir
    private Path module;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "a JWT | token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJl",
                "a bearer token | Authorization: Bearer 0123456789abcdef0123",
                "a token by name | {\"refresh_token\":\"kB3yQ9zz7\"}",
                "a token by name | accessToken=kB3yQ9zz7",
                "an opaque token | event=x value=aB3456789012345678901234567890123456789012_",
                "a secret or key of the tests | connecting with sandbox-client-secret",
                "a secret or key of the tests | header test-service-key was sent",
                "a secret by name | {\"clientSecret\":\"abcd1234\"}",
                "a secret by name | X-API-Key: abcd1234",
                "a code or state of OAuth | GET /api/v1/whoop/callback?code=abcdef12&x=y",
                "a code or state of OAuth | redirect to https://host/auth?client_id=a&state=abcdefgh",
                "a code or state of OAuth | {\"event\":\"x\",\"code\":\"abcdef12\"}",
                "a code or state of OAuth | event=x state=0123456789abcdef0",
                "an address with its query | {\"thread\":\"dw-7 - GET /api/v1/x?user=1\"}",
                "a connect link | GET /connect/0123456789012345678901234567890123456789abc",
                "an e-mail address | no account for somebody@mail.example.org",
                "a signature | X-WHOOP-Signature: c2lnbmF0dXJl",
                "a measurement | {\"recovery_score\":66}",
                "a measurement | row resting_heart_rate=52 skipped",
                "a measurement | {\"hrv_rmssd_milli\" : 41.2}",
                "a measurement | {\"steps\":{\"value\":8140}}",
                "a measurement | strain: 12.4",
                "a WHOOP account's number | event=webhook_unknown_account whoop_user_id=10129",
                "a WHOOP account's number | {\"event\":\"x\",\"account\":900037}",
                "a WHOOP account's number | {\"user_id\": \"10129\"}",
                "a WHOOP account's number | Connection[whoopUserId=10129, state=ACTIVE]",
                "a WHOOP account's number | no connection of WHOOP user 10129",
                "a WHOOP account's number | nothing is known of 2104054",
                "a member's id | event=x user=demo-anna"
            })
    void findsEachKindAndSaysWhere(String kind, String line) throws IOException {
        write("event=before records=3", line, "event=after");

        List<LogScan.Finding> findings = LogScan.scan(List.of(module));

        assertThat(findings).extracting(LogScan.Finding::kind).contains(kind);
        assertThat(findings).extracting(LogScan.Finding::line).containsOnly(2);
        assertThat(findings.toString()).contains("SomeTest-output.txt:2: " + kind);
        assertThat(findings.toString().replace(kind, "")).doesNotContain(line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "event=request method=GET route=/api/v1/health-metrics/overview status=200 member=1f0a9c7b2d3e4f50",
                "event=whoop_client_refused hint=\"check whoop.connect.clientId and clientSecret\"",
                "event=breaker_forced command=WHOOP_CYCLE wanted=FORCED_OPEN state=FORCED_OPEN",
                "event=record_rejected provider=whoop type=Recovery id=42 reason=\"score.recovery_score: not a number\"",
                "the configuration needs the environment variable SAHHA_CLIENT_SECRET, which is not set",
                "event=sync_done member=1f0a9c7b2d3e4f50 records=10129",
                "event=sync_done member=1234567890123456 records=3",
                "event=quota_block users=250 duration_ms=10129",
                "io.holisticos.Some$Lambda@1a2b3c4d at line 12",
                "event=token_refreshed provider=whoop member=1f0a9c7b2d3e4f50 version=3"
            })
    void leavesOrdinaryLinesAlone(String line) throws IOException {
        write(line);

        assertThat(LogScan.scan(List.of(module))).isEmpty();
    }

    @Test
    void aModuleWithoutOutputHasNoFindings() {
        assertThat(LogScan.scan(List.of(module.resolve("nothing")))).isEmpty();
    }

    private void write(String... lines) throws IOException {
        Path reports = Files.createDirectories(module.resolve("target/surefire-reports"));
        Files.writeString(reports.resolve("SomeTest-output.txt"), String.join("\n", lines) + "\n");
    }
}
