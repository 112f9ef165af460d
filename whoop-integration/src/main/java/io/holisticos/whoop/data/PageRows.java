package io.holisticos.whoop.data;

import java.util.List;

/**
 * What a page changes.
 *
 * @param fresh versions to be saved
 * @param held versions that are taken for held, to be noted as seen
 * @param rows a JSON array with the row of each fresh version
 * @param payloads the sealed payload of each fresh version
 */
record PageRows(List<RecordVersion> fresh, List<RecordVersion> held, String rows, byte[][] payloads) {
    @Override
    public String toString() {
        return "PageRows[" + fresh.size() + " fresh, " + held.size() + " held]";
    }
}
