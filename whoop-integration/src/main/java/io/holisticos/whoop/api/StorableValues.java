package io.holisticos.whoop.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.std.NumberDeserializers.BigDecimalDeserializer;
import com.fasterxml.jackson.databind.deser.std.StringDeserializer;
import com.fasterxml.jackson.databind.deser.std.UUIDDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.datatype.jsr310.deser.InstantDeserializer;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How every field of every record is read: what the database or our types cannot hold is refused where it stands, and a
 * whole number may be written with a point.
 */
final class StorableValues {

    /** No name or word of WHOOP's comes near. */
    private static final int MAX_TEXT = 1_000;

    /** Before the point as after it; a double needs 17. */
    private static final int MAX_DIGITS = 100;

    /** Sums of some of them still fit; ids and milliseconds are far below. */
    private static final long MAX_INTEGER = 100_000_000_000_000_000L;

    /** WHOOP was founded in 2012. */
    private static final Instant FIRST = Instant.parse("2010-01-01T00:00:00Z");

    private static final Instant LAST = Instant.parse("2100-01-01T00:00:00Z");

    private static final UUID NIL = new UUID(0, 0);

    private StorableValues() {}

    static SimpleModule module() {
        SimpleModule module = new SimpleModule("storable-values");
        module.addDeserializer(String.class, new Checked<>(StringDeserializer.instance, StorableValues::textRefusal));
        module.addDeserializer(
                BigDecimal.class, new Checked<>(BigDecimalDeserializer.instance, StorableValues::numberRefusal));
        module.addDeserializer(Instant.class, new Checked<>(InstantDeserializer.INSTANT, StorableValues::timeRefusal));
        module.addDeserializer(
                UUID.class, new Checked<>(new UUIDDeserializer(), id -> NIL.equals(id) ? "is no id" : null));
        module.addDeserializer(Long.class, new WholeNumber<>(true, value -> value));
        module.addDeserializer(long.class, new WholeNumber<>(false, value -> value));
        module.addDeserializer(Integer.class, new WholeNumber<>(true, Math::toIntExact));
        module.addDeserializer(int.class, new WholeNumber<>(false, Math::toIntExact));
        return module;
    }

    /** Null for a text that can be stored and written again. */
    static @Nullable String textRefusal(String text) {
        if (text.length() > MAX_TEXT) {
            return "must have at most " + MAX_TEXT + " characters";
        }
        if (text.indexOf('\0') >= 0) {
            return "holds U+0000";
        }
        return StandardCharsets.UTF_8.newEncoder().canEncode(text) ? null : "holds half a character";
    }

    private static @Nullable String numberRefusal(BigDecimal number) {
        boolean absurd = Math.abs((long) number.scale()) > MAX_DIGITS || number.precision() > MAX_DIGITS;
        return absurd ? "has more than " + MAX_DIGITS + " digits" : null;
    }

    private static @Nullable String timeRefusal(Instant moment) {
        return moment.isBefore(FIRST) || !moment.isBefore(LAST) ? "must be in 2010 to 2099" : null;
    }

    /** A value that breaks a rule; the message names the rule and never the value. */
    static final class Refused extends JsonMappingException {
        Refused(JsonParser at, String rule) {
            super(at, rule);
        }
    }

    /** Says why a value is refused; null when it is not. */
    @FunctionalInterface
    private interface Rule<T> {
        @Nullable
        String refusal(T value);
    }

    private static final class Checked<T> extends JsonDeserializer<T> {
        private final transient JsonDeserializer<T> reader;
        private final transient Rule<T> rule;

        Checked(JsonDeserializer<T> reader, Rule<T> rule) {
            this.reader = reader;
            this.rule = rule;
        }

        @Override
        public @Nullable T deserialize(JsonParser in, DeserializationContext context) throws IOException {
            T value = reader.deserialize(in, context);
            String refusal = value == null ? null : rule.refusal(value);
            if (refusal != null) {
                throw new Refused(in, refusal);
            }
            return value;
        }
    }

    /** Into the type wanted; throws ArithmeticException when it does not fit. */
    @FunctionalInterface
    private interface Narrowing<T> {
        T of(long value);
    }

    /** {@code 130}, {@code 130.0} and {@code 1.3e2} are the same; {@code 130.5} is refused, and not cut off. */
    private static final class WholeNumber<T> extends JsonDeserializer<T> {
        private final boolean nullable;
        private final transient Narrowing<T> narrowing;

        WholeNumber(boolean nullable, Narrowing<T> narrowing) {
            this.nullable = nullable;
            this.narrowing = narrowing;
        }

        @Override
        public @Nullable T deserialize(JsonParser in, DeserializationContext context) throws IOException {
            JsonToken token = in.currentToken();
            if (token != JsonToken.VALUE_NUMBER_INT
                    && token != JsonToken.VALUE_NUMBER_FLOAT
                    && token != JsonToken.VALUE_STRING) {
                throw new Refused(in, "is not a number");
            }
            String text = in.getText().strip();
            if (text.isEmpty()) {
                return getNullValue(context);
            }
            try {
                long value = (token == JsonToken.VALUE_STRING ? new BigDecimal(text) : in.getDecimalValue())
                        .longValueExact();
                if (value > MAX_INTEGER || value < -MAX_INTEGER) {
                    throw new Refused(in, "is too large");
                }
                return narrowing.of(value);
            } catch (ArithmeticException e) {
                throw new Refused(in, "is not a whole number that fits");
            } catch (NumberFormatException e) {
                throw new Refused(in, "is not a number");
            }
        }

        @Override
        public @Nullable T getNullValue(DeserializationContext context) throws JsonMappingException {
            if (!nullable && context.isEnabled(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)) {
                throw new Refused(context.getParser(), "is missing");
            }
            return null;
        }

        @Override
        public @Nullable Object getAbsentValue(DeserializationContext context) throws JsonMappingException {
            return getNullValue(context);
        }
    }
}
