package io.holisticos.twins.whoop;

import java.util.List;
import java.util.Set;

/** WHOOP's scopes, as it spells them. */
final class Scopes {
    static final String OFFLINE = "offline";
    static final String RECOVERY = "read:recovery";
    static final String CYCLES = "read:cycles";
    static final String WORKOUT = "read:workout";
    static final String SLEEP = "read:sleep";
    static final String PROFILE = "read:profile";
    static final String BODY = "read:body_measurement";
    static final List<String> ALL = List.of(OFFLINE, RECOVERY, CYCLES, WORKOUT, SLEEP, PROFILE, BODY);
    static final Set<String> KNOWN = Set.copyOf(ALL);

    private Scopes() {}
}
