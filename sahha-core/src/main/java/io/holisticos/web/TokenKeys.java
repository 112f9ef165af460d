package io.holisticos.web;

import io.holisticos.health.HealthError.SourceUnavailable;
import org.jspecify.annotations.Nullable;

/** The keys by which members' tokens are signed, as far as they are taken now. */
@FunctionalInterface
public interface TokenKeys {

    /** No token is taken. */
    TokenKeys NONE = kid -> false;

    /**
     * Whether a token that this key signed would be taken now.
     *
     * @param kid null when it is not known which key it was: good as long as any token is taken
     * @throws SourceUnavailable when nobody can know, because the issuer's keys are not there
     */
    boolean areGood(@Nullable String kid);
}
