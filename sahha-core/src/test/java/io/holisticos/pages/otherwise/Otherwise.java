package io.holisticos.pages.otherwise;

/** Stands beside texts that do not agree. */
public final class Otherwise {
    private Otherwise() {}
}
