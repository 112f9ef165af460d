package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadersOfPagesTest {

    private final ReadersOfPages readers = new ReadersOfPages(8);

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.7", "2001:db8::7"})
    void oneClientReadsSoMuchAtOnceAndOthersReadOn(String client) {
        enter(client, 8);

        assertThat(readers.enter(client)).isFalse();
        assertThat(readers.enter("198.51.100.1")).isTrue();

        readers.leave(client);
        assertThat(readers.enter(client)).isTrue();
        assertThat(readers.enter(client)).isFalse();
    }

    @Test
    void aNetworkOfIpv6IsOneClient() {
        enter("2001:db8::7", 8);

        assertThat(readers.enter("2001:db8::8")).isFalse();
    }

    @Test
    void aBrowserIsLetInWithAllThatAPageLoadsHoweverFewPlacesThereAre() {
        ReadersOfPages few = new ReadersOfPages(1);

        assertThat(IntStream.range(0, 7).filter(i -> few.enter("203.0.113.7"))).hasSize(6);
    }

    @Test
    void whoComesFromThisMachineIsNotCountedSinceItMayBeAProxy() {
        enter("127.0.0.1", 30);
        enter("::1", 30);
    }

    private void enter(String client, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(readers.enter(client)).isTrue();
        }
    }
}
