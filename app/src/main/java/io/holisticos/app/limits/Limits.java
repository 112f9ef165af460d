package io.holisticos.app.limits;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.app.edge.Edge;
import io.holisticos.app.limits.VerifiedCredentials.Shown;
import io.holisticos.app.limits.VerifiedCredentials.Whose;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.web.Caller;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Counts requests and refuses those beyond a limit with 429. Whose request it is, is known only once the credential was
 * verified. Until then it counts for its address, so that whoever tries keys is refused before a key is looked up. A credential
 * that was verified lately is not refused because of others at its address. Counted in this process, without a statement and on
 * the thread of the request. Thread-safe.
 */
final class Limits {

    private final Optional<Limit> service;
    private final Optional<Limit> member;
    private final Optional<Limit> address;
    private final Optional<Limit> existingRoutes;
    private final VerifiedCredentials verified = new VerifiedCredentials();
    private final SecurityEvents security;

    /**
     * Creates the limits.
     *
     * @param nanoTime the time by which requests are counted
     */
    Limits(LimitsConfiguration configuration, MetricRegistry metrics, SecurityEvents security, LongSupplier nanoTime) {
        this.security = security;
        this.service = limit("service", configuration.service, metrics, nanoTime);
        this.member = limit("member", configuration.member, metrics, nanoTime);
        this.address = limit("address", configuration.address, metrics, nanoTime);
        this.existingRoutes = limit("existing-routes", configuration.existingRoutes, metrics, nanoTime);
    }

    private static Optional<Limit> limit(String name, int perSecond, MetricRegistry metrics, LongSupplier nanoTime) {
        if (perSecond == 0) {
            return Optional.empty();
        }
        String group = MetricRegistry.name("limits", name.replace('-', '_'));
        Limit limit = new Limit(name, perSecond, nanoTime, metrics.meter(MetricRegistry.name(group, "refused")));
        metrics.register(MetricRegistry.name(group, "callers"), (Gauge<Long>) limit::callers);
        return Optional.of(limit);
    }

    boolean areVerified(Optional<Shown> credential) {
        return credential.filter(verified::contain).isPresent();
    }

    void verified(Optional<Shown> credential, Whose whose) {
        credential.ifPresent(shown -> verified.add(shown, whose));
    }

    /** Whose credential this is, where it was verified lately. */
    Optional<Whose> whose(Optional<Shown> credential) {
        return credential.flatMap(verified::find);
    }

    /** A request of this client whose credential, if it shows one, is not known. */
    Optional<Standing> takeOfAddress(String client) {
        return told(address.map(limit -> limit.take(Edge.clientOf(client))));
    }

    void giveBackToAddress(String client) {
        address.ifPresent(limit -> limit.giveBack(Edge.clientOf(client)));
    }

    boolean isAddressSpent(String client) {
        return address.filter(limit -> limit.isSpent(Edge.clientOf(client))).isPresent();
    }

    /** A request of this client on an existing path, without a credential that is known. */
    Optional<Standing> takeOfExistingRoutes(String client) {
        return told(existingRoutes.map(limit -> limit.take(Edge.clientOf(client))));
    }

    /** A request of a service or a member. */
    Optional<Standing> takeOf(Whose whose) {
        return told((whose.name().equals(Caller.MEMBER) ? member : service).map(limit -> limit.take(whose.id())));
    }

    /** The credential is nobody's any more. */
    void forget(Optional<Shown> credential) {
        credential.ifPresent(verified::remove);
    }

    /** The credential was refused, so it counts for the address from now on. */
    void refused(Optional<Shown> credential, String client) {
        forget(credential);
        address.ifPresent(limit -> limit.take(Edge.clientOf(client)));
    }

    /** One line a minute for each caller who is beyond a limit. */
    private Optional<Standing> told(Optional<Standing> standing) {
        standing.filter(Standing::isFirst)
                .ifPresent(first -> security.note(
                        SecurityEvents.Kind.LIMIT_REACHED, first.limit().name().replace('-', '_')));
        return standing;
    }
}
