package io.holisticos.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.Map;

/** The ports that are asked for, by the options that name them: looked at before anything is started. */
final class Ports {

    private final Map<String, Integer> byOption = new LinkedHashMap<>();

    /** Adds one, which must be a port, and no other's. */
    Ports with(String option, int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException(option + " must be 1 to 65535, was " + port);
        }
        byOption.forEach((other, taken) -> {
            if (taken == port) {
                throw new IllegalArgumentException(other + " and " + option + " must differ, both are " + port);
            }
        });
        byOption.put(option, port);
        return this;
    }

    /** Fails with one line about the first that somebody else listens on. */
    void requireFree() {
        byOption.forEach(Ports::requireFree);
    }

    private static void requireFree(String option, int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            probe.setReuseAddress(true);
        } catch (IOException e) {
            throw new SandboxFailure("port " + port + " is taken; choose another with " + option, e);
        }
    }
}
