package io.holisticos.whoop.data;

/**
 * What a save changed.
 *
 * @param changed how many records are new or have another version now
 * @param contested how many records came with the {@code updated_at} of the version held, yet with other content
 */
public record SaveResult(int changed, int contested) {

    static final SaveResult NOTHING = new SaveResult(0, 0);

    /** This save and a later one of the same page together. */
    SaveResult and(SaveResult later) {
        return new SaveResult(changed + later.changed, contested + later.contested);
    }
}
