package io.holisticos.whoop.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokensSeenTest {

    private final TokensSeen seen = TokensSeen.NONE.with("A").with("B");

    @Test
    void knowsEachTokenItWasGivenAlsoWhenItWasSaved() {
        TokensSeen loaded = TokensSeen.of(seen.bytes(), "B");

        assertThat(loaded).isEqualTo(seen);
        assertThat(loaded.contains("A")).isTrue();
        assertThat(loaded.contains("B")).isTrue();
        assertThat(loaded.contains("C")).isFalse();
        assertThat(loaded.contains("")).isFalse();
    }

    @Test
    void thoseOfAnotherWalkAreForgotten() {
        TokensSeen loaded = TokensSeen.of(seen.bytes(), "C");

        assertThat(loaded).isEqualTo(TokensSeen.NONE.with("C"));
        assertThat(TokensSeen.of(seen.bytes(), null)).isEqualTo(TokensSeen.NONE);
        assertThat(TokensSeen.of(null, "C").contains("C")).isTrue();
        assertThat(TokensSeen.of(new byte[3], "C").contains("C")).isTrue();
    }
}
