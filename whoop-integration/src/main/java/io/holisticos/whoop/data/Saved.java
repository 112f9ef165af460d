package io.holisticos.whoop.data;

/**
 * What a save did.
 *
 * @param changed records that are new or hold another version now
 * @param contested records sent with the same {@code updated_at} as the version held, yet with other content
 */
public record Saved(int changed, int contested) {

    static final Saved NOTHING = new Saved(0, 0);

    /** Both saves of one page, one after the other. */
    Saved and(Saved later) {
        return new Saved(changed + later.changed, contested + later.contested);
    }
}
