package io.holisticos.app.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EdgeTest {

    @Test
    void aSweepThatFailsComesAgain() throws Exception {
        CountDownLatch sweeps = new CountDownLatch(3);
        ScheduledExecutorService sweeper = Executors.newSingleThreadScheduledExecutor();
        try {
            ScheduledFuture<?> schedule = sweeper.scheduleAtFixedRate(
                    () -> Edge.sweep("heads", () -> {
                        sweeps.countDown();
                        throw new IllegalStateException("a connection that went meanwhile");
                    }),
                    0,
                    1,
                    TimeUnit.MILLISECONDS);

            assertThat(sweeps.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(schedule.isDone()).isFalse();
        } finally {
            sweeper.shutdownNow();
        }
    }
}
