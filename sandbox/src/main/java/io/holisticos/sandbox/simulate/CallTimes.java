package io.holisticos.sandbox.simulate;

import io.holisticos.twins.http.Stats.AnsweredCall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** When each member's data was read at WHOOP, as its twin saw it. Thread-safe. */
final class CallTimes {

    private static final String DATA = " /developer/";
    private static final String THROTTLED = "429";

    private final List<DataCall> calls = new ArrayList<>();

    /** A call for a member's data. */
    record DataCall(long whoopUserId, Instant at) {}

    /** Adds a call, unless it is of another kind. */
    void add(AnsweredCall call) {
        if (call.endpoint().contains(DATA)
                && !call.outcome().equals(THROTTLED)
                && !call.member().isEmpty()) {
            add(new DataCall(Long.parseLong(call.member()), call.at()));
        }
    }

    private synchronized void add(DataCall call) {
        calls.add(call);
    }

    /** The calls of that span, the first first. */
    synchronized List<DataCall> between(Instant from, Instant until) {
        return calls.stream()
                .filter(call -> !call.at().isBefore(from) && call.at().isBefore(until))
                .sorted(Comparator.comparing(DataCall::at))
                .toList();
    }
}
