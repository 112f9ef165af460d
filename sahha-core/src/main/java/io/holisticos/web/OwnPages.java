package io.holisticos.web;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tells pages of our own origin from others. Our origin is the one that the request itself is sent to: over https, or over
 * http on this machine, where browsers keep our cookies, too. On the API's port it is that of {@code publicUrl} as well, since
 * a proxy may send requests to another name. On the admin port that would be the origin of another port.
 */
final class OwnPages {

    private static final Pattern THIS_MACHINE =
            Pattern.compile("(localhost|[a-z0-9-]+\\.localhost|127\\.\\d+\\.\\d+\\.\\d+|\\[::1])(:\\d+)?");

    private final Optional<Origin> publicOrigin;

    private OwnPages(Optional<Origin> publicOrigin) {
        this.publicOrigin = publicOrigin;
    }

    static OwnPages of(SessionPort port, URI publicUrl) {
        return new OwnPages(port == SessionPort.API ? Optional.of(Origin.of(publicUrl)) : Optional.empty());
    }

    /** By the host alone that a request is sent to. */
    static OwnPages ofHost() {
        return new OwnPages(Optional.empty());
    }

    /** Whether the browser says that a script on a page of ours makes the request. */
    boolean isOurScript(RequestingPage page) {
        return page.isScript()
                && page.origins().size() == 1
                && isOwn(page.origins().get(0), page.hosts())
                && page.fetchSites().stream().allMatch("same-origin"::equals);
    }

    /** Whether the browser says that another page makes the request. What is no browser says nothing. */
    boolean isAnother(RequestingPage page) {
        return page.origins().stream().anyMatch(origin -> !isOwn(origin, page.hosts()))
                || page.fetchSites().stream().anyMatch(site -> !site.equals("same-origin") && !site.equals("none"));
    }

    private boolean isOwn(String origin, List<String> hosts) {
        if (publicOrigin.filter(ours -> ours.isNamedBy(origin)).isPresent()) {
            return true;
        }
        if (hosts.size() != 1) {
            return false;
        }
        String host = hosts.get(0).toLowerCase(Locale.ROOT);
        return origin.equals("https://" + host)
                || (origin.equals("http://" + host)
                        && THIS_MACHINE.matcher(host).matches());
    }
}
