package io.holisticos.app.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.util.Duration;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PendingBodiesTest {

    private final PendingBodies<String> open = new PendingBodies<>(2, 4);

    @Test
    void withOneTooManyOfAClientItsOldestGivesWay() {
        assertThat(open.enter("a", "a1")).isEmpty();
        assertThat(open.enter("b", "b1")).isEmpty();
        assertThat(open.enter("a", "a2")).isEmpty();

        assertThat(open.enter("a", "a3")).contains("a1");
        assertThat(open.size()).isEqualTo(3);
    }

    @Test
    void withOneTooManyInAllTheOldestOfAllGivesWay() {
        for (String client : new String[] {"a", "b", "c", "d"}) {
            assertThat(open.enter(client, client + 1)).isEmpty();
        }

        assertThat(open.enter("e", "e1")).contains("a1");
    }

    @Test
    void whoIsGoneMakesRoom() {
        open.enter("a", "a1");
        open.enter("a", "a2");
        open.leave("a1");
        open.leave("a1");

        assertThat(open.enter("a", "a3")).isEmpty();
        open.leave("a2");
        open.leave("a3");
        assertThat(open.size()).isZero();
    }

    @Test
    void aNetworkOfVersionSixIsOneClient() {
        assertThat(client("2001:db8:0:1::1")).isEqualTo(client("2001:db8:0:1:ffff::2"));
        assertThat(client("2001:db8:0:1::1")).isNotEqualTo(client("2001:db8:0:2::1"));
        assertThat(client("192.0.2.1")).isNotEqualTo(client("192.0.2.2"));
    }

    @Test
    void aBodyHasFiveSecondsOrOneForEachKilobyte() {
        BodiesConfiguration defaults = new BodiesConfiguration();

        assertThat(defaults.patienceNanos(0)).isEqualTo(TimeUnit.SECONDS.toNanos(5));
        assertThat(defaults.patienceNanos(4_999)).isEqualTo(TimeUnit.SECONDS.toNanos(5));
        assertThat(defaults.patienceNanos(30_000)).isEqualTo(TimeUnit.SECONDS.toNanos(30));
        defaults.within = Duration.milliseconds(100);
        assertThat(defaults.patienceNanos(1)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
    }

    @Test
    void oneClientHasNoMoreThanAllHave() {
        BodiesConfiguration wrong = new BodiesConfiguration();
        wrong.open = 49;

        assertThat(wrong.isOneClientLessThanAll()).isFalse();
        assertThat(new BodiesConfiguration().isOneClientLessThanAll()).isTrue();
    }

    private static Object client(String address) {
        return PendingBodies.clientOf(new InetSocketAddress(address, 1));
    }
}
