package io.holisticos.app;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheckRegistry;
import io.dropwizard.core.setup.Environment;
import io.holisticos.app.probes.HotPaths;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.cache.SecondLevel;
import io.holisticos.command.Commands;
import io.holisticos.database.NeverCommitted;
import io.holisticos.health.UserId;
import io.holisticos.jobs.Jobs;
import io.holisticos.vitals.HotPath;
import io.holisticos.vitals.HotRoute;
import io.holisticos.web.AccessRules;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.ApiKeys;
import io.holisticos.web.Scope;
import jakarta.validation.ValidatorFactory;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.client.ClientRequestContext;
import jakarta.ws.rs.client.ClientRequestFilter;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.eclipse.jetty.server.Server;

/**
 * The product once more, beside the service and like it, for requests that nobody sent: its own server on the loopback, its own
 * metrics and breakers, a made-up member, one transaction in each database that is never committed, and nobody to call. So
 * whatever its routes do, nothing of it is seen or kept, and no route has to know.
 */
final class Rehearsal implements HotPaths {

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final List<HotPath> paths = new ArrayList<>();

    /**
     * What it shares with the service.
     *
     * @param ground of the service; its databases are those whose connections are used
     */
    record Original(
            HealthConfiguration configuration,
            Environment environment,
            ValidatorFactory validators,
            Ground ground,
            boolean virtualThreads) {}

    private Rehearsal() {}

    static Rehearsal open(Original original) throws Exception {
        Rehearsal rehearsal = new Rehearsal();
        try {
            rehearsal.begin(original);
            return rehearsal;
        } catch (Exception e) {
            try {
                rehearsal.close();
            } catch (Exception closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    @Override
    public List<HotPath> all() {
        return List.copyOf(paths);
    }

    /** The last one opened first: the server, before what its requests use. All are closed, whichever fails. */
    @Override
    public void close() throws Exception {
        Exception failure = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void begin(Original original) throws Exception {
        opened.push(QuietRehearsal.begin());
        HealthConfiguration configuration = original.configuration();
        MetricRegistry metrics = new MetricRegistry();
        Environment modules = environment(original, metrics); // never started, and so neither are its jobs
        Ground ground = ground(original, modules);
        Product product = new Product(configuration, modules, ground, List.of());

        UserId nobody = new UserId("warm-up-" + UUID.randomUUID());
        List<HotRoute> routes = new ArrayList<>(product.sahha().rehearse(nobody));
        product.whoop().ifPresent(whoop -> routes.addAll(whoop.rehearse(nobody)));
        String overview = "/api/v1/unified-health/overview/" + nobody.value();
        routes.add(new HotRoute("unified_overview", () -> HotRoute.Request.get(overview)));

        String key = randomKey();
        ApiKeyStore keys = new ApiKeyStore(ground.databases().sahha().readers().jdbi());
        keys.save(key, "warm-up", Set.of(Scope.HEALTH_READ), ground.clock().instant());
        Environment front = environment(original, metrics);
        product.serve(front, new AccessRules(new ApiKeys(keys, ground.clock())), new SecurityEvents(metrics));
        Server server = new RehearsalServer(original.virtualThreads(), key).build(front);
        opened.push(server::stop);
        server.start();
        RehearsalCaller caller = new RehearsalCaller(RehearsalServer.portOf(server), key);
        routes.forEach(route -> paths.add(caller.path(route)));
    }

    private static Environment environment(Original original, MetricRegistry metrics) {
        return new Environment(
                "warm-up",
                original.environment().getObjectMapper(),
                original.validators(),
                metrics,
                Rehearsal.class.getClassLoader(),
                new HealthCheckRegistry(),
                original.configuration());
    }

    private Ground ground(Original original, Environment modules) throws Exception {
        Ground real = original.ground();
        Database sahha = neverCommitted(real.databases().sahha(), "sahha-db", real);
        Optional<Ground.WhoopDatabase> whoop = Optional.empty();
        if (real.databases().whoop().isPresent()) {
            Ground.WhoopDatabase of = real.databases().whoop().get();
            whoop = Optional.of(new Ground.WhoopDatabase(neverCommitted(of.database(), "whoop-db", real), of.agreed()));
        }
        return new Ground(
                new Ground.Databases(sahha, whoop),
                new Ground.Outside(
                        (configuration, name) -> ClientBuilder.newClient().register(new NobodyToCall()),
                        (source, configuration, clock, onDemand, recurring) ->
                                Jobs.byHand(source, clock, onDemand, recurring),
                        (vault, sources) -> SecondLevel.NONE),
                real.threads(),
                new Ground.Switches(
                        real.switches().flags(),
                        new Commands(
                                original.configuration().commands, modules.metrics(), real.clock(), System::nanoTime)),
                real.clock());
    }

    private Database neverCommitted(Database real, String name, Ground ground) throws Exception {
        NeverCommitted nothing = NeverCommitted.in(real.readers().source());
        opened.push(nothing);
        return Database.of(nothing, name, ground.clock());
    }

    private static String randomKey() {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    /** What the member's routes need is there, so that a call is a mistake, which must not reach anybody. */
    private static final class NobodyToCall implements ClientRequestFilter {
        @Override
        public void filter(ClientRequestContext request) {
            throw new IllegalStateException("nobody is called while warming up");
        }
    }
}
