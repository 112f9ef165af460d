package io.holisticos.sandbox.door;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.holisticos.sandbox.environment.AppSettings;
import io.holisticos.testing.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an attempt says when somebody does not answer, refuses, or nothing comes of it. */
class DoingsTest {

    private static final String NOWHERE = "http://localhost:" + FreePorts.next();

    private HttpServer app;

    @BeforeEach
    void answer() throws IOException {
        app = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        app.createContext("/", exchange -> {
            boolean read = exchange.getRequestMethod().equals("GET");
            byte[] body = (read ? "{\"sources\":[]}" : "{\"detail\":\"no\"}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(read ? 200 : 409, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        app.start();
    }

    @AfterEach
    void end() {
        app.stop(0);
    }

    @Test
    void aTwinThatDoesNotAnswerIsNamedByItsRequest() {
        Tried tried = tried("edit-sleep", NOWHERE, here());

        assertThat(tried.end()).isEqualTo(Tried.End.UNANSWERED);
        assertThat(tried.sent()).singleElement().satisfies(sent -> {
            assertThat(sent.status()).isZero();
            assertThat(sent.curl()).contains(NOWHERE + "/_twin/users/");
        });
    }

    @Test
    void anAppThatDoesNotAnswerIsAskedNothingElse() {
        int port = app.getAddress().getPort();
        app.stop(0);

        Tried tried = tried("edit-sleep", NOWHERE, port);

        assertThat(tried.end()).isEqualTo(Tried.End.UNANSWERED);
        assertThat(tried.sent()).isEmpty();
    }

    @Test
    void aRefusalEndsTheAttemptAndIsShown() {
        Tried tried = tried("lost-webhooks", "http://localhost:" + here(), here());

        assertThat(tried.end()).isEqualTo(Tried.End.REFUSED);
        assertThat(tried.sent()).singleElement().satisfies(sent -> {
            assertThat(sent.status()).isEqualTo(409);
            assertThat(sent.answer()).isEqualTo("{\"detail\":\"no\"}");
        });
    }

    @Test
    void onlyTheLatestAreRemembered() {
        Doings doings = new Doings(calls(NOWHERE, here()));
        Attempt attempt = Attempts.named("edit-sleep").orElseThrow();
        long first = doings.run(attempt);
        for (int i = 0; i < 50; i++) {
            doings.run(attempt);
        }

        assertThat(doings.find(first)).isEmpty();
        assertThat(doings.find(first + 1)).isPresent();
        assertThat(doings.find(first + 51)).isEmpty();
    }

    private Tried tried(String name, String whoop, int appPort) {
        Doings doings = new Doings(calls(whoop, appPort));
        return doings.find(doings.run(Attempts.named(name).orElseThrow())).orElseThrow();
    }

    private Calls calls(String whoop, int appPort) {
        return new Calls(new AppSettings(appPort, FreePorts.next(), whoop, NOWHERE), "key");
    }

    private int here() {
        return app.getAddress().getPort();
    }
}
