package io.holisticos.app.architecture.planted.unused;

/** Nobody uses this class but itself. */
final class Left {

    Left another() {
        return new Left();
    }
}
