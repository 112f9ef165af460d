package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Builds it while other tests wait: {@link UpgradeAndRollbackTest}, beside which nothing runs, finds it built. */
@Tag("deep")
class FormerVersionTest {

    @Test
    @Timeout(900)
    void canStillBeBuilt() throws Exception {
        assertThat(FormerVersion.built(FormerVersion.MANY_MIGRATIONS_AGO)).isDirectoryContaining("glob:**app.jar");
    }
}
