package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.app.edge.OwnTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example of {@code docs/tls.md}, with a certificate that is made for it. */
class TlsTest {

    private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    /** The part of {@code config.yml} that the example replaces. */
    private static final Pattern PLAIN =
            Pattern.compile("  applicationConnectors:\n.*?(?=  adminConnectors:)", Pattern.DOTALL);

    @TempDir
    private static Path folder;

    private static SSLContext trusting;
    private static ScriptedHouse house;

    @BeforeAll
    static void open() throws Exception {
        OwnTls tls = OwnTls.in(folder);
        trusting = tls.ofClient();
        Matcher example = EXAMPLE.matcher(Files.readString(Path.of("../docs/tls.md")));
        assertThat(example.find()).isTrue();
        house = ScriptedHouse.openConfigured(
                Map.of("TLS_KEY_STORE", tls.keyStore().toString(), "TLS_KEY_STORE_PASSWORD", OwnTls.PASSWORD),
                config -> PLAIN.matcher(config).replaceFirst(Matcher.quoteReplacement(example.group(1))));
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void callersAreAnsweredByHttpsAndToldToStayWithIt() throws Exception {
        HttpResponse<String> answer = get("/health/live");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Strict-Transport-Security"))
                .hasValue("max-age=31536000; includeSubDomains");
        assertThat(answer.headers().firstValue("Server")).isEmpty();
        assertThat(get("/health").headers().firstValue("Strict-Transport-Security"))
                .as("an existing path")
                .isEmpty();
    }

    @Test
    void whoSpeaksPlainHttpIsNotAnswered() {
        assertThatThrownBy(() -> house.get("/health/live")).hasRootCauseInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1", "TLSv1.1"})
    void oldProtocolsAreRefused(String protocol) throws Exception {
        try (SSLSocket old = (SSLSocket) trusting.getSocketFactory()
                .createSocket("localhost", house.app().uri("").getPort())) {
            old.setEnabledProtocols(new String[] {protocol});

            assertThatThrownBy(old::startHandshake).isInstanceOf(SSLException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void currentProtocolsAreSpoken(String protocol) throws Exception {
        try (SSLSocket current = (SSLSocket) trusting.getSocketFactory()
                .createSocket("localhost", house.app().uri("").getPort())) {
            current.setEnabledProtocols(new String[] {protocol});
            current.startHandshake();

            assertThat(current.getSession().getProtocol()).isEqualTo(protocol);
            assertThat(current.getSession().getCipherSuite()).doesNotContain("_CBC_");
        }
    }

    /** As slow heads are on plain connections: the first bytes of a handshake, and then one now and then. */
    @Test
    @Tag("deep")
    void aHandshakeThatComesTooSlowlyClosesItsConnection() throws Exception {
        try (Wire slow = Wire.to(house.app().uri(""))) {
            slow.send(new byte[] {0x16, 0x03, 0x01, 0x02, 0x00});
            long end = System.nanoTime() + RunningApp.PATIENCE.toNanos();
            do {
                slow.send(new byte[] {0x01});
            } while (!slow.isClosed() && System.nanoTime() < end); // looks for half a second

            assertThat(System.nanoTime()).isLessThan(end);
        }
    }

    private static HttpResponse<String> get(String path) throws Exception {
        URI https = URI.create("https://localhost:" + house.app().uri("").getPort() + path);
        return HttpClient.newBuilder()
                .sslContext(trusting)
                .build()
                .send(HttpRequest.newBuilder(https).timeout(RunningApp.PATIENCE).build(), BodyHandlers.ofString());
    }
}
