package io.holisticos.vault;

import java.util.Map;

/** A vault's configuration with one key. */
public final class OneVaultKey {

    private OneVaultKey() {}

    public static VaultConfiguration of(String id, String base64Key) {
        VaultConfiguration configuration = new VaultConfiguration();
        configuration.keys = Map.of(id, base64Key);
        configuration.currentKey = id;
        return configuration;
    }
}
