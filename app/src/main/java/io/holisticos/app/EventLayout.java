package io.holisticos.app;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.dropwizard.logging.json.EventAttribute;
import io.dropwizard.logging.json.EventJsonLayoutBaseFactory;
import io.dropwizard.logging.json.layout.EventJsonLayout;
import java.util.EnumSet;
import java.util.Map;
import java.util.TimeZone;

/**
 * {@code layout: {type: json-events}}: Dropwizard's JSON layout, in which the ids of the request and each {@code
 * key=value} of our lines are fields.
 */
@JsonTypeName("json-events")
public final class EventLayout extends EventJsonLayoutBaseFactory {

    public EventLayout() {
        setFlattenMdc(true);
        // without the thread, whose name may hold what it works on
        setIncludes(EnumSet.of(
                EventAttribute.LEVEL,
                EventAttribute.TIMESTAMP,
                EventAttribute.LOGGER_NAME,
                EventAttribute.MESSAGE,
                EventAttribute.MDC,
                EventAttribute.EXCEPTION));
    }

    @Override
    public void setIncludes(EnumSet<EventAttribute> includes) {
        EnumSet<EventAttribute> without = EnumSet.copyOf(includes);
        without.remove(EventAttribute.THREAD_NAME);
        super.setIncludes(without);
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

        /**
         * Dropwizard's own fields win, so that no line can change its level or time. The text of a line that has only
         * fields is left out.
         */
        @Override
        protected Map<String, Object> toJsonMap(ILoggingEvent event) {
            Map<String, Object> fields = super.toJsonMap(event);
            Map<String, Object> said = EventFields.of(event);
            if (said.isEmpty()) {
                redact(fields, "message");
            } else if (EventFields.areAll(event.getMessage())) {
                fields.remove("message");
                fields.remove("logger"); // the name of the event says as much
            }
            redact(fields, "exception");
            String replica = event.getLoggerContextVO().getPropertyMap().get(Replica.FIELD);
            if (replica != null) {
                fields.put(Replica.FIELD, replica);
            }
            said.forEach(fields::putIfAbsent);
            return fields;
        }

        private static void redact(Map<String, Object> fields, String name) {
            fields.computeIfPresent(name, (key, text) -> Redaction.of(String.valueOf(text)));
        }
    }
}
