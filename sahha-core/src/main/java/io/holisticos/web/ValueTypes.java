package io.holisticos.web;

import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.UserId;
import jakarta.ws.rs.ext.ParamConverter;
import jakarta.ws.rs.ext.ParamConverterProvider;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Lets resources take {@link UserId} and {@link LocalDate} as parameters; an invalid value is a 400. */
final class ValueTypes implements ParamConverterProvider {

    private static final int DATE_LENGTH = "YYYY-MM-DD".length();

    @Override
    @SuppressWarnings("unchecked") // guarded by the comparison of the raw type
    public <T> @Nullable ParamConverter<T> getConverter(Class<T> rawType, Type genericType, Annotation[] annotations) {
        if (rawType == UserId.class) {
            return (ParamConverter<T>) new Converter<>(UserId::new);
        }
        if (rawType == LocalDate.class) {
            return (ParamConverter<T>) new Converter<>(ValueTypes::date);
        }
        return null;
    }

    private static LocalDate date(String text) {
        try {
            if (text.length() != DATE_LENGTH) { // parse also accepts years beyond 9999
                throw new DateTimeParseException("not " + DATE_LENGTH + " characters", text, 0);
            }
            return LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            throw new InvalidRequest("a date is YYYY-MM-DD", e);
        }
    }

    private record Converter<T>(Function<String, T> parse) implements ParamConverter<T> {
        @Override
        public @Nullable T fromString(@Nullable String text) {
            if (text == null) {
                return null;
            }
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException e) {
                throw new InvalidRequest(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public String toString(T value) {
            return value.toString();
        }
    }
}
