package io.holisticos.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VaultConfigurationTest {

    private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

    @Test
    void theCurrentKeyIsOneOfThem() {
        assertThat(configuration("k1", Map.of("k1", KEY, "k2", KEY)).isCurrentKeyGiven())
                .isTrue();
        assertThat(configuration("k3", Map.of("k1", KEY, "k2", KEY)).isCurrentKeyGiven())
                .isFalse();
    }

    @Test
    void keysOf32BytesAreWellFormed() {
        assertThat(configuration("k1", Map.of("k1", KEY, "k2", KEY)).isEveryKeyWellFormed())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 31, 33})
    void oneKeyOfAnotherLengthIsTold(int bytes) {
        String other = Base64.getEncoder().encodeToString(new byte[bytes]);

        assertThat(configuration("k1", Map.of("k1", KEY, "k2", other)).isEveryKeyWellFormed())
                .isFalse();
    }

    @Test
    void whatIsNoBase64IsNoKey() {
        assertThat(configuration("k1", Map.of("k1", "not base64!")).isEveryKeyWellFormed())
                .isFalse();
    }

    @Test
    void keysAreNamedByTheirPlaceInTheConfiguration() {
        assertThat(configuration("k1", Map.of("k1", "one", "k2", "two")).keysByPath())
                .containsOnly(
                        Map.entry("vault.keys.k1 (VAULT_KEY)", "one"), Map.entry("vault.keys.k2 (VAULT_KEY)", "two"));
    }

    @Test
    void printsNoKey() {
        assertThat(configuration("k1", Map.of("k1", KEY))).hasToString("VaultConfiguration[[k1], current k1]");
    }

    private static VaultConfiguration configuration(String currentKey, Map<String, String> keys) {
        VaultConfiguration configuration = new VaultConfiguration();
        configuration.currentKey = currentKey;
        configuration.keys = keys;
        return configuration;
    }
}
