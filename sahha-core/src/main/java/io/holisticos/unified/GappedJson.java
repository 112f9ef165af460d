package io.holisticos.unified;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The JSON of an answer while it is written, with a gap for each value that depends on when the answer is given. */
final class GappedJson extends ByteArrayOutputStream {

    private static final int USUAL_SIZE = 8 * 1024;

    private final List<Gap> gaps = new ArrayList<>();

    /** What belongs into a gap. */
    enum Missing {
        TIME,
        DURATIONS
    }

    /** @param at how many bytes come before it */
    record Gap(Missing missing, int at) {}

    GappedJson() {
        super(USUAL_SIZE);
    }

    List<Gap> gaps() {
        return gaps;
    }

    /** Leaves the time at which the answer is given to whoever gives it. */
    static final class OfTime extends Leaving {
        OfTime() {
            super(Missing.TIME);
        }
    }

    /** Leaves how long it took to whoever gives the answer. */
    static final class OfDurations extends Leaving {
        OfDurations() {
            super(Missing.DURATIONS);
        }
    }

    private abstract static class Leaving extends JsonSerializer<Object> {

        private final Missing missing;

        private Leaving(Missing missing) {
            this.missing = missing;
        }

        @Override
        public void serialize(Object value, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeRawValue(""); // what separates the value from its name
            json.flush();
            GappedJson out = (GappedJson) json.getOutputTarget();
            out.gaps.add(new Gap(missing, out.size()));
        }
    }
}
