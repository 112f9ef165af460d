package io.holisticos.pages.missing;

/** Stands beside texts that do not agree. */
public final class Missing {
    private Missing() {}
}
