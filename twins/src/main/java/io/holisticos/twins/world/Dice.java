package io.holisticos.twins.world;

/**
 * Repeatable chance: the same keys give the same numbers, in any order, on any machine.
 *
 * <p>Derived dice ({@link #at}) are independent of their parent; only the drawing methods change an instance, so draw
 * from a fresh one.
 */
public final class Dice {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private long state;

    private Dice(long state) {
        this.state = state;
    }

    /** The root of all chance for a seed. */
    public static Dice of(long seed) {
        return new Dice(mix(seed + GOLDEN));
    }

    /** Fresh dice for a purpose and a number; does not change this one, and does not depend on what was drawn. */
    public Dice at(String purpose, long key) {
        return new Dice(mix(mix(state ^ purpose.hashCode() * 0xBF58476D1CE4E5B9L) + key * GOLDEN));
    }

    /** 64 even bits. */
    public long bits() {
        state += GOLDEN;
        return mix(state);
    }

    /** Even in [0, 1). */
    public double unit() {
        return (bits() >>> 11) * 0x1.0p-53;
    }

    /** Even in [low, high). */
    public double between(double low, double high) {
        return low + unit() * (high - low);
    }

    /** Even among low to high, both included. */
    public int whole(int low, int high) {
        return low + (int) Math.floor(unit() * (high - low + 1));
    }

    /** True with that probability. */
    public boolean chance(double probability) {
        return unit() < probability;
    }

    /** Bell-shaped around 0 with spread 1, never beyond 3.5 either way. */
    public double bell() {
        return (unit() + unit() + unit() + unit() - 2) * 1.7320508075688772;
    }

    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
