package io.holisticos.app;

import ch.qos.logback.classic.LoggerContext;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.slf4j.LoggerFactory;

/** What this process is called among those that serve together. */
record Replica(String name) {

    /** The property of the log that holds the name, and the field of its lines. */
    static final String FIELD = "replica";

    /** @param name as configured; empty for the name of the host, which is the container's or the pod's where there is one */
    static Replica named(String name) {
        return new Replica(name.isEmpty() ? host() : name);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) { // a host that does not know its own name
            return "localhost";
        }
    }

    /** Every line from now on says whose it is. */
    void signLog() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext log) {
            log.putProperty(FIELD, name);
        }
    }
}
