package io.holisticos.whoop;

import com.codahale.metrics.health.HealthCheck;
import io.holisticos.vault.Vault;

/** Whether what is sealed opens. */
final class VaultHealthCheck extends HealthCheck {

    private final Vault vault;

    VaultHealthCheck(Vault vault) {
        this.vault = vault;
    }

    @Override
    protected Result check() {
        return vault.trouble().map(why -> Result.unhealthy("%s", why)).orElseGet(Result::healthy);
    }
}
