package io.holisticos.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The buttons that break a source and mend it, in a sandbox of their own: an open breaker outlives its fault for a while. */
@Timeout(120)
class FaultsBehindTheFrontDoorTest {

    private static final String ANNA = "demo-anna";
    private static final String SEEN = "The change was in the answer after";

    private static OpenSandbox sandbox;

    @BeforeAll
    @Timeout(300)
    static void start() throws Exception {
        sandbox = OpenSandbox.start();
    }

    @AfterAll
    static void end() {
        sandbox.close();
    }

    @AfterEach
    void mend() throws Exception {
        sandbox.endFaults();
    }

    @Test
    void whoopBreaksAndIsMended() throws Exception {
        sandbox.noonFor(ANNA);

        assertThat(sandbox.attempt("break-whoop")).contains(SEEN, "sources[whoop].status", "stale");
        assertThat(OpenSandbox.statusOf(sandbox.overview(ANNA), "sahha")).isEqualTo("ok");

        assertThat(sandbox.attempt("mend-whoop")).contains("Status 204", "Status 200");
        sandbox.noonFor(ANNA);
    }

    @Test
    void nobodyWaitsForASlowWhoop() throws Exception {
        sandbox.noonFor(ANNA);

        assertThat(sandbox.attempt("slow-whoop")).contains("and that is the point", "Answered in");
    }

    @Test
    void sahhaBreaksAndIsMended() throws Exception {
        sandbox.noonFor(ANNA);

        assertThat(sandbox.attempt("break-sahha")).contains(SEEN, "sources[sahha].status", "stale");
        assertThat(sandbox.attempt("mend-sahha")).contains("Status 204");
        sandbox.noonFor(ANNA);
    }
}
