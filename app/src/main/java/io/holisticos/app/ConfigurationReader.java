package io.holisticos.app;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.YamlConfigurationFactory;
import jakarta.validation.Validator;
import java.io.IOException;
import java.util.Iterator;

/**
 * Reads {@code config.yml} so that a setting without a value counts as one that is not there: its default holds, and where it
 * has none, the rule that it is needed says so. Otherwise each rule between settings would have to expect that some are null.
 */
final class ConfigurationReader<T> extends YamlConfigurationFactory<T> {

    ConfigurationReader(Class<T> type, Validator validator, ObjectMapper mapper, String propertyPrefix) {
        super(type, validator, mapper.copy().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES), propertyPrefix);
    }

    @Override
    protected T build(JsonNode settings, String path) throws IOException, ConfigurationException {
        removeEmpty(settings);
        return super.build(settings, path);
    }

    private static void removeEmpty(JsonNode settings) {
        for (Iterator<JsonNode> each = settings.elements(); each.hasNext(); ) {
            JsonNode setting = each.next();
            if (setting.isNull()) {
                each.remove();
            } else {
                removeEmpty(setting);
            }
        }
    }
}
