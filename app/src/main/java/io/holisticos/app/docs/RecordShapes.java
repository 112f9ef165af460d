package io.holisticos.app.docs;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import io.holisticos.health.UserId;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes from a record what its schema says of its fields: those that are always there are required, and those that may be null
 * say so. Fields of requests are required only where words say it, because a request checks its own.
 */
final class RecordShapes implements ModelConverter {

    private static final String REFERENCE = "#/components/schemas/";

    /** Records of a source's own API, and of the existing paths: others have the same names for other things. */
    private static final Pattern OF_A_SOURCE = Pattern.compile("io\\.holisticos\\.([a-z]+)\\.api");

    private static final String OF_EXISTING_PATHS = "io.holisticos.sahha.existing";

    @Override
    public @Nullable Schema<?> resolve(
            AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> others) {
        Class<?> raw = Json31.mapper().constructType(type.getType()).getRawClass();
        Schema<?> text = asText(raw);
        if (text != null) {
            return text;
        }
        if (!others.hasNext()) {
            return null;
        }
        if (raw.isRecord() && !raw.isAnnotationPresent(io.swagger.v3.oas.annotations.media.Schema.class)) {
            prefixOf(raw.getPackageName()).ifPresent(prefix -> type.setName(prefix + raw.getSimpleName()));
        }
        Schema<?> schema = others.next().resolve(type, context, others);
        if (raw.isRecord() && schema != null) {
            complete(raw, schema.get$ref() == null ? schema : definedAs(schema, context));
        }
        return schema;
    }

    private static Optional<String> prefixOf(String packageName) {
        Matcher source = OF_A_SOURCE.matcher(packageName);
        if (source.matches()) {
            String name = source.group(1);
            return Optional.of(name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1));
        }
        return packageName.equals(OF_EXISTING_PATHS) ? Optional.of("Existing") : Optional.empty();
    }

    private static @Nullable Schema<?> definedAs(Schema<?> reference, ModelConverterContext context) {
        return context.getDefinedModels().get(reference.get$ref().substring(REFERENCE.length()));
    }

    /** Value types that are one text in JSON. */
    private static @Nullable Schema<?> asText(Class<?> type) {
        if (type == UserId.class) {
            Schema<?> id = text();
            id.setMinLength(1);
            id.setMaxLength(UserId.MAX_LENGTH);
            return id;
        }
        boolean isOneText = type == ZoneOffset.class
                || type.isRecord()
                        && type.getRecordComponents().length == 1
                        && type.getRecordComponents()[0].getAccessor().isAnnotationPresent(JsonValue.class);
        return isOneText ? text() : null;
    }

    private static Schema<?> text() {
        Schema<?> text = new JsonSchema();
        text.setTypes(new LinkedHashSet<>(Set.of("string")));
        return text;
    }

    private static void complete(Class<?> type, @Nullable Schema<?> schema) {
        if (schema == null
                || schema.getProperties() == null
                || type.getSimpleName().endsWith("Request")) {
            return;
        }
        for (RecordComponent component : type.getRecordComponents()) {
            JsonProperty named = component.getAccessor().getAnnotation(JsonProperty.class);
            Schema<?> field = named == null ? null : schema.getProperties().get(named.value());
            if (field == null || component.getAccessor().isAnnotationPresent(JsonAnyGetter.class)) {
                continue;
            }
            boolean mayBeNull = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
            if (isAlwaysWritten(type, component, mayBeNull)
                    && (schema.getRequired() == null || !schema.getRequired().contains(named.value()))) {
                schema.addRequiredItem(named.value());
            }
            if (mayBeNull && isAlwaysWritten(type, component, true)) {
                schema.getProperties().put(named.value(), orNull(field));
            }
        }
    }

    private static boolean isAlwaysWritten(Class<?> type, RecordComponent component, boolean mayBeNull) {
        JsonInclude ofField = component.getAccessor().getAnnotation(JsonInclude.class);
        JsonInclude rule = ofField == null ? type.getAnnotation(JsonInclude.class) : ofField;
        return rule == null
                || switch (rule.value()) {
                    case NON_NULL, NON_ABSENT -> !mayBeNull;
                    case NON_EMPTY, NON_DEFAULT, CUSTOM -> false;
                    case ALWAYS, USE_DEFAULTS -> true;
                };
    }

    private static Schema<?> orNull(Schema<?> field) {
        if (field.get$ref() == null) {
            if (field.getTypes() != null) {
                field.setTypes(new LinkedHashSet<>(field.getTypes()));
                field.addType("null");
            }
            return field;
        }
        Schema<?> nothing = new JsonSchema();
        nothing.addType("null");
        Schema<?> either = new JsonSchema();
        either.addOneOfItem(new JsonSchema().$ref(field.get$ref()));
        either.addOneOfItem(nothing);
        either.setDescription(field.getDescription());
        return either;
    }
}
