package io.holisticos.unified;

import io.holisticos.health.BoundedSource.FailureListener;
import io.holisticos.health.HealthError;
import io.holisticos.health.SourceName;
import io.holisticos.health.WhatFailed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what sources throw. A failure of the domain is one line; any other is a fault of ours, with its stack trace. */
public final class SourceFailureLog implements FailureListener {

    private static final Logger log = LoggerFactory.getLogger(SourceFailureLog.class);

    @Override
    public void failed(SourceName source, Throwable failure) {
        if (failure instanceof HealthError error) {
            log.warn(
                    "event=source_failed source={} kind={} cause=\"{}\"",
                    source,
                    error.kind(),
                    WhatFailed.inWords(error));
        } else {
            log.error("event=source_failed source={} kind=UNEXPECTED", source, failure);
        }
    }
}
