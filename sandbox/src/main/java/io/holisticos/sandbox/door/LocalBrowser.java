package io.holisticos.sandbox.door;

import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a browser says of its request. The page needs no credential, so it is shown under names of this machine only: a page
 * elsewhere whose name leads here (DNS rebinding) reads nothing, and presses no button.
 */
final class LocalBrowser {

    private static final Pattern THIS_MACHINE =
            Pattern.compile("(localhost|127\\.\\d+\\.\\d+\\.\\d+|\\[::1])(:\\d+)?", Pattern.CASE_INSENSITIVE);

    private final HttpHeaders headers;

    LocalBrowser(HttpHeaders headers) {
        this.headers = headers;
    }

    /** Whether it asked for this machine. */
    boolean isHere() {
        List<String> hosts = values("Host");
        return hosts.size() == 1 && THIS_MACHINE.matcher(hosts.get(0)).matches();
    }

    /** Whether a form of ours was sent: at least one of the two headers says so, and none says otherwise. */
    boolean sendsOwnForm() {
        List<String> sites = values("Sec-Fetch-Site");
        List<String> origins = values("Origin");
        return isHere()
                && sites.size() + origins.size() > 0
                && sites.stream().allMatch("same-origin"::equals)
                && origins.stream().allMatch(this::isOurs);
    }

    private boolean isOurs(String origin) {
        return origin.equals("http://" + values("Host").get(0).toLowerCase(Locale.ROOT));
    }

    private List<String> values(String name) {
        List<String> values = headers.getRequestHeader(name);
        return values == null ? List.of() : values;
    }
}
