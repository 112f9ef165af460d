package io.holisticos.whoop;

import com.codahale.metrics.health.HealthCheck;
import java.util.Optional;
import java.util.function.Supplier;

/** Whether sealed values can be opened. */
final class VaultHealthCheck extends HealthCheck {

    private final Supplier<Optional<String>> trouble;

    VaultHealthCheck(Supplier<Optional<String>> trouble) {
        this.trouble = trouble;
    }

    @Override
    protected Result check() {
        return trouble.get().map(why -> Result.unhealthy("%s", why)).orElseGet(Result::healthy);
    }
}
