package io.holisticos.app;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.pattern.PatternLayoutBase;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.dropwizard.logging.common.DropwizardLayout;
import io.dropwizard.logging.common.layout.DiscoverableLayoutFactory;
import java.util.TimeZone;

/** {@code layout: {type: text}}: log lines for people. {@code json-events} is the layout for machines. */
@JsonTypeName("text")
public final class TextLayout implements DiscoverableLayoutFactory<ILoggingEvent> {

    @Override
    public PatternLayoutBase<ILoggingEvent> build(LoggerContext context, TimeZone timeZone) {
        return new Redacted(context, timeZone);
    }

    private static final class Redacted extends DropwizardLayout {

        Redacted(LoggerContext context, TimeZone timeZone) {
            super(context, timeZone);
        }

        @Override
        public String doLayout(ILoggingEvent line) {
            String text = super.doLayout(line);
            return EventFields.isOurs(line.getMessage()) && line.getThrowableProxy() == null
                    ? text
                    : Redaction.of(text);
        }
    }
}
