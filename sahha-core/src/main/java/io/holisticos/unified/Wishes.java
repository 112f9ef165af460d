package io.holisticos.unified;

import io.holisticos.health.Preferences;

/**
 * What a member wants.
 *
 * @param certain false when it could not be read: then it is what was known last, or nothing
 */
record Wishes(Preferences preferences, boolean certain) {

    static final Wishes NONE = new Wishes(Preferences.NONE, true);
}
