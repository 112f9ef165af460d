package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whether the sources are read one after another or at once, callers read the same. */
class ParallelReadTest {

    private static final List<String> MEMBERS = List.of("demo-anna", "demo-ben", "demo-chen", "demo-dina", "demo-eve");

    private static final List<String> PERIODS =
            List.of("today", "yesterday", "2026-11-22", "11/15/2026", "2026-10-31", "2026-11-23", "2025-01-01");

    private static House house;

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
        for (String member : List.of("demo-anna", "demo-chen", "demo-dina", "demo-eve")) {
            house.connect(member);
        }
        house.whoop().revokeGrant("demo-chen");
        house.send("POST", "/internal/sync/demo-chen", "");
        House.await(() ->
                house.get("/api/v1/unified-health/sources/demo-chen").body().contains("reauthorization_required"));
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void bothWaysGiveTheSameBytes() {
        answers(); // what was never read is fetched from Sahha now: from here on nothing moves

        Map<String, String> oneAfterAnother = answers();
        parallelRead("{\"enabled\":true}");
        Map<String, String> together = answers();
        parallelRead("{\"enabled\":true,\"users\":[\"demo-anna\",\"demo-dina\"]}");
        Map<String, String> togetherForSome = answers();
        parallelRead("{\"enabled\":false}");

        assertThat(together).isEqualTo(oneAfterAnother);
        assertThat(togetherForSome).isEqualTo(oneAfterAnother);
        assertThat(oneAfterAnother.values()).anyMatch(body -> body.contains("\"enhanced_with_whoop\":true"));
    }

    /** Of every member and period, without what tells the time of answering. */
    private static Map<String, String> answers() {
        Map<String, String> answers = new LinkedHashMap<>();
        for (String path : paths()) {
            HttpResponse<String> answer = house.get("/api/v1/unified-health" + path);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            answers.put(
                    path,
                    answer.body()
                            .replaceAll("\"(generated_at|checked_at)\":\"[^\"]*\"", "")
                            .replaceAll(",\"processing_stats\":\\{[^}]*}", ""));
        }
        return answers;
    }

    private static List<String> paths() {
        List<String> paths = new ArrayList<>();
        for (String member : MEMBERS) {
            for (String period : PERIODS) {
                paths.add("/overview/" + member + "?period=" + period);
                paths.add("/overview/" + member + "?include_whoop=false&period=" + period);
            }
            paths.add("/days/" + member + "?from=2026-10-25&to=2026-11-22");
            paths.add("/sources/" + member);
        }
        return paths;
    }

    private static void parallelRead(String state) {
        HttpResponse<String> answer = house.admin("PUT", "/flags/PARALLEL_READ", state, "X-API-Key", House.KEY);
        assertThat(answer.statusCode()).isEqualTo(200);
    }
}
