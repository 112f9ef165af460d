package io.holisticos.sandbox.environment;

import java.util.ArrayDeque;
import java.util.Deque;

/** Everything to stop when the program ends. Thread-safe. */
public final class ShutdownSequence {

    private final Deque<Action> running = new ArrayDeque<>();

    /** Adds something to stop; it stops before whatever was added earlier. */
    public synchronized void add(Action stop) {
        running.push(stop);
    }

    /** Stops everything in reverse order; a failure does not keep the others from stopping. */
    public synchronized void run() {
        while (!running.isEmpty()) {
            try {
                running.pop().run();
            } catch (Exception e) {
                System.err.println("while stopping: " + e);
            }
        }
    }

    /** Stops one thing. */
    public interface Action {
        void run() throws Exception;
    }
}
