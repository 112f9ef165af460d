package io.holisticos.app;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.dropwizard.logging.json.EventJsonLayoutBaseFactory;
import io.dropwizard.logging.json.layout.EventJsonLayout;
import java.util.Map;
import java.util.TimeZone;

/**
 * {@code layout: {type: json-events}}: Dropwizard's JSON, with the request's ids and what our lines say as
 * {@code key=value} as fields of their own.
 */
@JsonTypeName("json-events")
public final class EventLayout extends EventJsonLayoutBaseFactory {

    public EventLayout() {
        setFlattenMdc(true);
    }

    @Override
    public LayoutBase<ILoggingEvent> build(LoggerContext context, TimeZone timeZone) {
        WithFields layout = new WithFields(this, context, timeZone);
        layout.setContext(context);
        return layout;
    }

    private static final class WithFields extends EventJsonLayout {

        WithFields(EventLayout configuration, LoggerContext context, TimeZone timeZone) {
            super(
                    configuration.createDropwizardJsonFormatter(),
                    configuration.createTimestampFormatter(timeZone),
                    configuration.createThrowableProxyConverter(context),
                    configuration.getIncludes(),
                    configuration.getCustomFieldNames(),
                    configuration.getAdditionalFields(),
                    configuration.getIncludesMdcKeys(),
                    configuration.isFlattenMdc());
        }

        /** Dropwizard's own fields win: no line can pass for another level or time. */
        @Override
        protected Map<String, Object> toJsonMap(ILoggingEvent event) {
            Map<String, Object> fields = super.toJsonMap(event);
            EventFields.of(event).forEach(fields::putIfAbsent);
            return fields;
        }
    }
}
