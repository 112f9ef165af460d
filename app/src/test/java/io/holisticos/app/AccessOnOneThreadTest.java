package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Who calls, and what they may do, is found out by the thread of the request, which waits for no other: counted, as {@link
 * RequestCostTest} counts statements.
 */
class AccessOnOneThreadTest {

    private static final String ANNA = "m-anna";
    private static final String OVERVIEW = "/api/v1/unified-health/overview/" + ANNA;
    private static final int TIMES = 100;

    /** A credential is read anew now and then. */
    private static final long NOW_AND_THEN = 3;

    private static final AtomicLong DECIDED = new AtomicLong();
    private static final AtomicLong WAITS = new AtomicLong();
    private static MembersHouse house;

    /** Whose thread it is, and how often it had to wait so far. */
    private record Standing(long thread, long waits) {
        static Standing now() {
            long id = Thread.currentThread().getId();
            ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(id);
            return new Standing(id, info == null ? 0 : info.getWaitedCount() + info.getBlockedCount());
        }
    }

    @PreMatching
    @Priority(Integer.MIN_VALUE)
    private static final class BeforeAccess implements ContainerRequestFilter {
        @Override
        public void filter(ContainerRequestContext request) {
            request.setProperty("standing", Standing.now());
        }
    }

    @Priority(Priorities.USER + 1)
    private static final class AfterAccess implements ContainerRequestFilter {
        @Override
        public void filter(ContainerRequestContext request) {
            Standing before = (Standing) request.getProperty("standing");
            Standing after = Standing.now();
            if (before.thread() == after.thread()) {
                DECIDED.incrementAndGet();
                WAITS.addAndGet(after.waits() - before.waits());
            }
        }
    }

    @BeforeAll
    static void open() throws Exception {
        house = MembersHouse.openWith(environment -> {
            environment.jersey().register(new BeforeAccess());
            environment.jersey().register(new AfterAccess());
        });
        RunningApp.await(() -> house.get(house.token(ANNA), OVERVIEW).statusCode() == 200);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void noCredentialIsTakenToAnotherThread() {
        String token = house.token(ANNA);
        HttpResponse<String> signedIn = house.app()
                .exchange(house.app()
                        .request("/session")
                        .header("Authorization", "Bearer " + token)
                        .POST(BodyPublishers.noBody()));
        String cookie =
                signedIn.headers().firstValue("Set-Cookie").orElseThrow().replaceAll(";.*", "");

        Map.of("X-API-Key", RunningApp.KEY, "Authorization", "Bearer " + token, "Cookie", cookie)
                .forEach((header, credential) -> {
                    ask(header, credential, 20);
                    DECIDED.set(0);
                    WAITS.set(0);

                    ask(header, credential, TIMES);

                    assertThat(DECIDED.get()).as(header).isEqualTo(TIMES);
                    assertThat(WAITS.get()).as(header).isLessThanOrEqualTo(NOW_AND_THEN);
                });
    }

    private static void ask(String header, String credential, int times) {
        for (int i = 0; i < times; i++) {
            HttpResponse<String> answer =
                    house.app().exchange(house.app().request(OVERVIEW).header(header, credential));
            assertThat(answer.statusCode()).as(header).isEqualTo(200);
        }
    }
}
