package io.holisticos.twins.http;

import java.util.Optional;

/** Sees every call that is not a control call, after it is counted and before any fault. */
@FunctionalInterface
public interface CallFilter {
    /** The reply that refuses the call; empty to let it pass. May add reply headers to the call. */
    Optional<Reply> admit(Call call);
}
