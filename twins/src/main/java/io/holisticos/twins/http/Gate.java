package io.holisticos.twins.http;

import java.util.Optional;

/** Looks at every call that is not a control call, after it is counted and before any fault. */
@FunctionalInterface
public interface Gate {
    /** An answer to turn the call away with, or nothing to let it in. May add reply headers to the call. */
    Optional<Reply> admit(Call call);
}
