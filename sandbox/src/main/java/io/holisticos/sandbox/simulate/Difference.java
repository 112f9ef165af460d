package io.holisticos.sandbox.simulate;

import java.util.Comparator;

/**
 * A difference between what is stored and what happened. It names fields and never contains values.
 *
 * @param where member and record, such as {@code demo-0007 sleeps 0f0e…}
 * @param what the field, or {@code missing} or {@code extra}
 */
record Difference(String where, String what) implements Comparable<Difference> {

    private static final Comparator<Difference> ORDER =
            Comparator.comparing(Difference::where).thenComparing(Difference::what);

    @Override
    public int compareTo(Difference other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return where + ": " + what;
    }
}
