package io.holisticos.sandbox.simulate;

/**
 * Something held otherwise than it happened; names only, never values.
 *
 * @param where member and record, such as {@code demo-0007 sleeps 0f0e…}
 * @param what the field, or {@code missing} or {@code extra}
 */
record Difference(String where, String what) {
    @Override
    public String toString() {
        return where + ": " + what;
    }
}
