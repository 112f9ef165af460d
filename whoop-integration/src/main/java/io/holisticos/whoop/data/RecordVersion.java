package io.holisticos.whoop.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/**
 * One version of a record that came from WHOOP, on its way into the tables.
 *
 * @param key what names the record among the member's others of its kind
 * @param changedAt when WHOOP says that this version was made
 * @param hash names the payload
 * @param formerHash named the payload in versions of this service before
 * @param row the row that the payload makes; built on demand, since most versions that come are held already
 */
record RecordVersion(
        Object key, Instant changedAt, byte[] hash, byte[] formerHash, byte[] raw, Supplier<ObjectNode> row) {

    static Object[] keys(List<RecordVersion> versions) {
        return versions.stream().map(RecordVersion::key).toArray();
    }

    static byte[][] hashes(List<RecordVersion> versions) {
        return versions.stream().map(RecordVersion::hash).toArray(byte[][]::new);
    }

    static byte[][] formerHashes(List<RecordVersion> versions) {
        return versions.stream().map(RecordVersion::formerHash).toArray(byte[][]::new);
    }

    @Override
    public String toString() {
        return "RecordVersion[" + raw.length + " bytes]";
    }
}
