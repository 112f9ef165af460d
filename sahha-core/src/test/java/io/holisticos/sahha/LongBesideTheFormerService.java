package io.holisticos.sahha;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Long runs of both services on one adopted database. One class for each shape of it, so that two JVMs share them. */
@Tag("deep")
abstract class LongBesideTheFormerService {

    private final boolean keys;

    /** @param keys whether it has the later unique keys */
    LongBesideTheFormerService(boolean keys) {
        this.keys = keys;
    }

    @Test
    void aThousandStepsInAnyOrderAndThenTheFormerServiceAlone() {
        try (BothServices both = new BothServices(keys)) {
            both.take(1000, 20261128);

            SahhaTables.rollBack(both.database, SahhaTables.CHANGELOG);

            both.formerAlone(200, 11);
        }
    }

    @Test
    void noStatementFailsWhileBothWriteAtTheSameTime() throws Exception {
        try (BothServices both = new BothServices(keys)) {
            assertThat(both.bed.get("/").statusCode()).as("the server is up").isEqualTo(200);
            ExecutorService threads = Executors.newFixedThreadPool(3);
            List<Future<?>> working = new ArrayList<>();
            working.add(threads.submit(() -> both.formerAlone(600, 3)));
            for (int reader = 0; reader < 2; reader++) {
                long seed = reader;
                working.add(threads.submit(() -> both.oursAlone(300, seed)));
            }

            for (Future<?> one : working) {
                one.get(5, TimeUnit.MINUTES);
            }
            threads.shutdown();
        }
    }
}
