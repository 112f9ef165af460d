package io.holisticos.app;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settings that leave open what another setting closes. Said at the start and at {@code check}, in production. */
final class SettingWarnings {

    private static final Logger log = LoggerFactory.getLogger(SettingWarnings.class);

    private static final String CONNECT_LINKS = "connect links";
    private static final String HOSTS = "hosts";

    private static final String ANYBODYS_LINK =
            "members sign in with tokens, and still whoever follows a link that somebody sent them connects their own account to that"
                    + " member: set CONNECT_REQUIRE_SESSION=true where a page of yours signs members in, docs/sessions.md";
    private static final String ANY_HOST =
            "the API's port answers requests by whatever name: set HOSTS to the names by which it is called";

    private SettingWarnings() {}

    /** A line at level {@code WARN} for each. */
    static void tell(HealthConfiguration configuration) {
        if (configuration.isEveryLinkAnybodys()) {
            log.warn("event=connect_needs_no_session cause=\"{}\"", ANYBODYS_LINK);
        }
        if (isAnyHost(configuration)) {
            log.warn("event=any_host_answered cause=\"{}\"", ANY_HOST);
        }
    }

    static List<Finding> findings(HealthConfiguration configuration) {
        return List.of(
                configuration.isEveryLinkAnybodys()
                        ? Finding.warning(CONNECT_LINKS, ANYBODYS_LINK)
                        : Finding.ok(CONNECT_LINKS, "nothing to demand, or CONNECT_REQUIRE_SESSION demands it"),
                isAnyHost(configuration)
                        ? Finding.warning(HOSTS, ANY_HOST)
                        : Finding.ok(HOSTS, "only those of PUBLIC_URL and HOSTS are answered"));
    }

    private static boolean isAnyHost(HealthConfiguration configuration) {
        return configuration.hosts.isEmpty();
    }
}
