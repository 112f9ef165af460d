package io.holisticos.vault;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;

/** The keys that wrap the members' keys. */
public final class VaultConfiguration {

    /** The length of a wrapping key in bytes: AES-256. */
    static final int KEY_BYTES = 32;

    /** The wrapping keys by id, each 32 random bytes in base64. Old keys stay here as long as rows name them. */
    @NotNull
    @JsonProperty
    Map<String, String> keys = Map.of();

    /** The id of the key that wraps new members' keys. */
    @NotBlank
    @JsonProperty
    String currentKey = "";

    public VaultConfiguration() {}

    /** Each wrapping key by its place in {@code config.yml}. */
    public Map<String, String> keysByPath() {
        return keys.entrySet().stream()
                .collect(Collectors.toMap(key -> "vault.keys." + key.getKey() + " (VAULT_KEY)", Map.Entry::getValue));
    }

    @ValidationMethod(message = "vault.currentKey must name one of vault.keys")
    boolean isCurrentKeyGiven() {
        return keys.containsKey(currentKey);
    }

    @ValidationMethod(message = "every one of vault.keys must be 32 random bytes in base64 (openssl rand -base64 32)")
    boolean isEveryKeyWellFormed() {
        return keys.values().stream().allMatch(VaultConfiguration::isKey);
    }

    private static boolean isKey(String text) {
        try {
            return Base64.getDecoder().decode(text).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Keys never reach a log. */
    @Override
    public String toString() {
        return "VaultConfiguration[" + keys.keySet() + ", current " + currentKey + "]";
    }
}
