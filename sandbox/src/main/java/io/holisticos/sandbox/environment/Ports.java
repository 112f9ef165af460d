package io.holisticos.sandbox.environment;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.Map;

/** The ports that were asked for, by option; they are checked before anything starts. */
public final class Ports {

    private final Map<String, Integer> byOption = new LinkedHashMap<>();

    /** Adds a port, which must be a valid one and differ from the others. */
    public Ports with(String option, int port) {
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

    /** Fails with one line about the first port that another process listens on. */
    public void requireFree() {
        byOption.forEach(Ports::requireFree);
    }

    /** A port on which no process listens at the moment. */
    public static int anyFree() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new SandboxFailure("no port is free on this machine", e);
        }
    }

    private static void requireFree(String option, int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            probe.setReuseAddress(true);
        } catch (IOException e) {
            throw new SandboxFailure("port " + port + " is taken; choose another with " + option, e);
        }
    }
}
