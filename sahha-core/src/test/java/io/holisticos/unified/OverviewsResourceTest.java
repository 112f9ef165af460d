package io.holisticos.unified;

import static io.holisticos.unified.TinyApplication.SAHHA_SOURCE;
import static io.holisticos.unified.TinyApplication.WHOOP_SOURCE;
import static io.holisticos.unified.UnifiedFixture.DAY;
import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static io.holisticos.unified.UnifiedFixture.day;
import static io.holisticos.unified.UnifiedFixture.measured;
import static io.holisticos.unified.UnifiedFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.Configuration;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.junit5.DropwizardAppExtension;
import io.dropwizard.testing.junit5.DropwizardExtensionsSupport;
import io.holisticos.health.Metric;
import io.holisticos.health.SourceAnswer.NotConnected;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many members in one request, over HTTP. */
@ExtendWith(DropwizardExtensionsSupport.class)
class OverviewsResourceTest {

    private static final DropwizardAppExtension<Configuration> APP = new DropwizardAppExtension<>(
            TinyApplication.class,
            (String) null,
            ConfigOverride.config("server.registerDefaultExceptionMappers", "false"),
            ConfigOverride.randomPorts());

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final CountDownLatch over = new CountDownLatch(1);

    @BeforeEach
    void startFromStepsOfThePhone() {
        SAHHA_SOURCE.answering(measured(SAHHA, day(DAY, value(Metric.STEPS, "9000"))));
        WHOOP_SOURCE.answering(new NotConnected(WHOOP));
    }

    @AfterEach
    void nothingHangs() {
        over.countDown();
        SAHHA_SOURCE.first(() -> {});
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-ndjson", "application/json", "*/*"})
    void theLinesAreTheSameWhateverKindOfJsonIsAccepted(String accepted) throws Exception {
        HttpResponse<String> answer = HTTP.send(
                asking("{\"user_ids\":[\"m-1\",\"m-2\"]}")
                        .header("Accept", accepted)
                        .build(),
                BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        assertThat(answer.body().lines()).hasSize(2);
    }

    @Test
    void linesThatAreLeftWhenTheServiceEndsSayThatTheyAreMissing() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        SAHHA_SOURCE.first(() -> {
            if (reads.incrementAndGet() > OverviewLines.AHEAD) { // the first line is sent
                Objects.requireNonNull(TinyApplication.askingForMany).interrupt(); // as when the service ends
                await(over);
            }
        });

        HttpResponse<String> answer = HTTP.send(
                asking("{\"user_ids\":[\"m-0\",\"m-1\",\"m-2\",\"m-3\",\"m-4\",\"m-5\",\"m-6\"]}")
                        .build(),
                BodyHandlers.ofString());

        List<String> lines = answer.body().lines().toList();
        assertThat(lines).hasSize(7);
        assertThat(JSON.readTree(lines.get(0)).at("/metrics/steps/value").intValue())
                .isEqualTo(9000);
        JsonNode last = JSON.readTree(lines.get(6));
        assertThat(last.path("user_id").asText()).isEqualTo("m-6");
        assertThat(last.path("status").intValue()).isEqualTo(503);
        assertThat(last.path("code").asText()).isEqualTo("service_unavailable");
        assertThat(last.path("retry_after_seconds").intValue()).isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'user_ids':[]}                              | user_ids must be a list of 1 to 100 ids",
                "{'user_ids':['a','a']}                       | user_ids[1] is there already",
                "{'user_ids':['']}                            | user_ids[0]",
                "{'user_ids':['a'],'period':'next month'}     | period",
                "{'user_ids':['a'],'day':'today'}             | the body may have user_ids and period"
            },
            quoteCharacter = '~')
    void whatIsWrongIsAmongTheErrors(String body, String error) throws Exception {
        HttpResponse<String> answer = HTTP.send(asking(body.replace('\'', '"')).build(), BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode problem = JSON.readTree(answer.body());
        assertThat(problem.at("/errors/0").asText())
                .contains(error)
                .isEqualTo(problem.path("detail").asText());
    }

    private static HttpRequest.Builder asking(String body) {
        return HttpRequest.newBuilder(
                        URI.create("http://localhost:" + APP.getLocalPort() + "/api/v1/unified-health/overviews"))
                .header("X-API-Key", TinyApplication.READER)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
