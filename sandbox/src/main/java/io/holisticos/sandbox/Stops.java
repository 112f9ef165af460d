package io.holisticos.sandbox;

import java.util.ArrayDeque;
import java.util.Deque;

/** What is to be ended when the program ends. */
final class Stops {

    private final Deque<Stop> running = new ArrayDeque<>();

    /** To be ended before what was added earlier. */
    synchronized void add(Stop stop) {
        running.push(stop);
    }

    /** In the reverse order of starting; one that fails does not keep the others. */
    synchronized void run() {
        while (!running.isEmpty()) {
            try {
                running.pop().stop();
            } catch (Exception e) {
                System.err.println("while stopping: " + e);
            }
        }
    }

    interface Stop {
        void stop() throws Exception;
    }
}
