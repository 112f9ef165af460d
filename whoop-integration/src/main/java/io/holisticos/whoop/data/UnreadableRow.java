package io.holisticos.whoop.data;

/** A row of ours is not what was written: somebody else changed it, or it was written by a mistake. Its message quotes no value. */
final class UnreadableRow extends IllegalStateException {

    UnreadableRow(String why) {
        super("a row does not form the record it was made from: " + why);
    }
}
