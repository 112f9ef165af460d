package io.holisticos.whoop.api;

/**
 * A record and the bytes it came in.
 *
 * @param raw this record's JSON exactly as WHOOP sent it
 */
public record Fetched<T>(T record, byte[] raw) {

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "Fetched[" + record + ", " + raw.length + " bytes]";
    }
}
