package io.holisticos.unified;

import io.holisticos.unified.GappedJson.Gap;
import io.holisticos.unified.GappedJson.Missing;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An answer as bytes, but for what depends on when it is given. Immutable, so that it can be given to many callers at many
 * times.
 */
final class WrittenAnswer {

    /** What an answer takes in memory beside its bytes: the question, its preferences, the objects around them. */
    private static final int OVERHEAD = 600;

    private static final int BYTES_OF_A_GAP = 32;

    private final byte[] json;
    private final List<Gap> gaps;
    private final String revision;
    private final List<Said> sources;
    private final boolean whole;

    /** How a source answered, for the log line of a request. */
    record Said(String source, String status) {}

    /**
     * What depends on when an answer is given.
     *
     * @param sources how long each source took, in their order
     */
    record Times(Instant answeredAt, Duration total, List<Duration> sources, Duration merge) {

        /** Of an answer that was at hand. */
        static Times atHand(Instant now, Duration total) {
            return new Times(now, total, List.of(), Duration.ZERO);
        }

        Duration of(int source) {
            return source < sources.size() ? sources.get(source) : Duration.ZERO;
        }
    }

    /**
     * @param revision of what it says; see {@link AnswerRevision}
     * @param whole whether each source could be asked
     */
    WrittenAnswer(GappedJson json, String revision, List<Said> sources, boolean whole) {
        this(json.toByteArray(), json.gaps(), revision, sources, whole);
    }

    private WrittenAnswer(byte[] json, List<Gap> gaps, String revision, List<Said> sources, boolean whole) {
        this.json = json;
        this.gaps = List.copyOf(gaps);
        this.revision = revision;
        this.sources = List.copyOf(sources);
        this.whole = whole;
    }

    /** All of it, for another process of the same version. */
    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(weight());
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(revision);
            out.writeBoolean(whole);
            out.writeInt(sources.size());
            for (Said said : sources) {
                out.writeUTF(said.source());
                out.writeUTF(said.status());
            }
            out.writeInt(gaps.size());
            for (Gap gap : gaps) {
                out.writeUTF(gap.missing().name());
                out.writeInt(gap.at());
            }
            out.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written to", e);
        }
        return bytes.toByteArray();
    }

    /** What {@link #toBytes} wrote. */
    static WrittenAnswer of(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            String revision = in.readUTF();
            boolean whole = in.readBoolean();
            List<Said> sources = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                sources.add(new Said(in.readUTF(), in.readUTF()));
            }
            List<Gap> gaps = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                gaps.add(new Gap(Missing.valueOf(in.readUTF()), in.readInt()));
            }
            return new WrittenAnswer(in.readAllBytes(), gaps, revision, sources, whole);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be read", e);
        }
    }

    String revision() {
        return revision;
    }

    List<Said> sources() {
        return sources;
    }

    boolean isWhole() {
        return whole;
    }

    /** About how many bytes of memory it takes. */
    int weight() {
        return json.length + gaps.size() * BYTES_OF_A_GAP + OVERHEAD;
    }

    void writeTo(OutputStream out, Times times) throws IOException {
        byte[] time = ascii('"' + times.answeredAt().toString() + '"');
        int written = 0;
        for (Gap gap : gaps) {
            out.write(json, written, gap.at() - written);
            written = gap.at();
            switch (gap.missing()) {
                case TIME -> out.write(time);
                case DURATIONS -> out.write(ascii(durations(times)));
            }
        }
        out.write(json, written, json.length - written);
    }

    private String durations(Times times) {
        StringBuilder text = new StringBuilder(128)
                .append("{\"total_time_ms\":")
                .append(times.total().toMillis());
        for (int source = 0; source < sources.size(); source++) {
            text.append(",\"")
                    .append(sources.get(source).source())
                    .append("_time_ms\":")
                    .append(times.of(source).toMillis());
        }
        return text.append(",\"merge_time_ms\":")
                .append(times.merge().toMillis())
                .append('}')
                .toString();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "WrittenAnswer[" + json.length + " bytes]";
    }
}
