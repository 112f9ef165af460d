package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.holisticos.testing.LogLines;
import io.holisticos.testing.TestDatabase;
import io.holisticos.web.ApiKeyStore;
import java.time.Clock;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A start whose database is not ready, as the log tells it. */
class ServiceKeyLeaseTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(ServiceKeyLease.class);
    private final LogLines logged = LogLines.of(ServiceKeyLease.class);

    @BeforeEach
    void listen() {
        logger.setLevel(Level.DEBUG);
    }

    @AfterEach
    void leave() {
        logged.close();
        logger.setLevel(null);
    }

    @Test
    void aDatabaseThatIsNotMigratedYetIsNoWarning() {
        tryOnce(TestDatabase.empty().jdbi());

        assertThat(logged.lines().get(0).getLevel()).isEqualTo(Level.DEBUG);
    }

    @Test
    void aDatabaseThatIsAwayIs() {
        tryOnce(Jdbi.create("jdbc:postgresql://localhost:1/nowhere"));

        assertThat(logged.lines().get(0).getLevel()).isEqualTo(Level.WARN);
    }

    private static void tryOnce(Jdbi database) {
        AccessConfiguration access = new AccessConfiguration();
        access.serviceKey = "first-key-of-this-test";
        ServiceKeyLease key = new ServiceKeyLease(new ApiKeyStore(database), access, Clock.systemUTC());
        key.start();
        key.stop();
    }
}
