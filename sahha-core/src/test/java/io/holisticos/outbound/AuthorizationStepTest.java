package io.holisticos.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.command.CommandKey;
import io.holisticos.health.Deadline;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AuthorizationStepTest {

    private static final Call READ =
            Call.get(new CommandKey("STUB_READ"), new UserId("demo-anna"), URI.create("http://localhost/"));

    @Test
    void addsTheCredentialAndChangesNothingElseOfTheCall() {
        Call call = READ.withFallback(() -> true);

        Call sent = sentFor(call);

        assertThat(sent).isEqualTo(call.withHeaders(Map.of("Authorization", "Bearer x")));
        assertThat(sent.headers())
                .containsEntry("Accept", "application/json")
                .containsEntry("Authorization", "Bearer x");
        assertThat(sent.hasFallback()).isSameAs(call.hasFallback());
        assertThat(sent.who()).isEqualTo(call.who());
    }

    @Test
    void anAddedHeaderReplacesTheOneOfItsName() {
        assertThat(READ.withHeaders(Map.of("Accept", "text/plain")).headers())
                .isEqualTo(Map.of("Accept", "text/plain"));
    }

    private static Call sentFor(Call call) {
        AtomicReference<Call> sent = new AtomicReference<>();
        Authorization bearer = new Authorization() {
            @Override
            public Map<String, String> headers(Call call, Deadline deadline) {
                return Map.of("Authorization", "Bearer x");
            }

            @Override
            public boolean renew(Call call, Map<String, String> refused, Deadline deadline) {
                return false;
            }
        };
        Reply unused = new AuthorizationStep(bearer)
                .run(call, Deadline.after(Duration.ofMinutes(1)), (next, deadline) -> {
                    sent.set(next);
                    return new Reply(new SourceName("stub"), 200, Map.<String, List<String>>of(), new byte[0]);
                });
        return sent.get();
    }
}
