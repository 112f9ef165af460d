package io.holisticos.twins.sahha;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** The quirks in force. Safe for any number of threads. */
final class Quirks {
    private final Set<SahhaQuirk> on = ConcurrentHashMap.newKeySet();

    Quirks(Set<SahhaQuirk> on) {
        this.on.addAll(on);
    }

    boolean on(SahhaQuirk quirk) {
        return on.contains(quirk);
    }

    synchronized void set(Set<SahhaQuirk> quirks) {
        on.retainAll(quirks);
        on.addAll(quirks);
    }

    Set<SahhaQuirk> all() {
        return new TreeSet<>(on);
    }
}
