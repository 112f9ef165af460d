package io.holisticos.app.architecture.planted.unused;

/** Uses a constant, which the compiler copies here. */
final class Caller {

    private Caller() {}

    static String nameOf() {
        return Used.NAME_USED;
    }
}
