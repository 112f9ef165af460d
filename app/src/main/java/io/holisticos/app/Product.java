package io.holisticos.app;

import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.holisticos.app.access.ExistingCallers;
import io.holisticos.app.access.ObservedCallerStore;
import io.holisticos.app.access.ObservedCallers;
import io.holisticos.app.edge.Edge;
import io.holisticos.app.explore.ExploreResource;
import io.holisticos.app.flags.Flag;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.pages.Pages;
import io.holisticos.pages.RefusalPage;
import io.holisticos.sahha.SahhaModule;
import io.holisticos.unified.UnifiedModule;
import io.holisticos.vault.MemberHash;
import io.holisticos.web.AccessRules;
import io.holisticos.web.InvalidContentType;
import io.holisticos.web.RequestLog;
import io.holisticos.web.WebModule;
import io.holisticos.web.WebhookReceiver;
import io.holisticos.whoop.WhoopModule;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.stream.Stream;

/**
 * The modules of the product, and the routes that lead to them. The service has them once; its warm-up has them once more, on
 * another ground.
 */
final class Product {

    /** Five strangers at a time take one each while Sahha is asked who they are, and early fetches five; the others are for members. */
    private static final int REFRESH_THREADS = 20;

    /** With so many refreshes waiting, further readers get an answer from stored data at once. */
    private static final int REFRESHES_WAITING = 1_000;

    private final HealthConfiguration configuration;
    private final Ground ground;
    private final SahhaModule sahha;
    private final Optional<WhoopModule> whoop;
    private final Sources sources;
    private final Pages pages;

    /**
     * Builds the modules.
     *
     * @param environment starts and stops them, if it is started itself
     * @param further sources beside those of the product, after them in their order
     */
    Product(HealthConfiguration configuration, Environment environment, Ground ground, List<Sources.Entry> further) {
        this.configuration = configuration;
        this.ground = ground;
        this.sahha = sahha(environment);
        this.whoop = ground.databases()
                .whoop()
                .map(of -> new WhoopWiring(configuration, environment, ground.clock(), ground.outside())
                        .module(of, ground.switches()));
        Optional<Sources.Built<?>> whoopSource = whoop.map(module -> new Sources.Built<>(
                module.source(),
                module.vitals(),
                ground.databases().whoop().orElseThrow().database().readers().source()));
        this.sources = Sources.of(
                Stream.concat(Sources.sahhaAndWhoop(sahha.source(), whoopSource).stream(), further.stream())
                        .toList(),
                ground.switches().flags(),
                ground.threads().reading());
        this.pages = Pages.of(configuration.brand);
        sahha.alsoMembersOf(sources.beside());
    }

    SahhaModule sahha() {
        return sahha;
    }

    Optional<WhoopModule> whoop() {
        return whoop;
    }

    Sources sources() {
        return sources;
    }

    /** What all pages of the service have, for pages beside those of modules. */
    Pages pages() {
        return pages;
    }

    /** Opens the routes, behind all that stands before them. */
    void serve(Environment environment, AccessRules rules, SecurityEvents security) {
        RequestLog.register(environment, MemberHash.of(configuration.vault)::of);
        InvalidContentType.register(environment, "/webhooks/*");
        RefusalsInBrowsers.register(environment, pages.beside(RefusalPage.class, URI.create(configuration.publicUrl)));
        Shedding.register(environment, configuration.shedding, maxThreads());
        JerseyEnvironment jersey = environment.jersey();
        WebModule.register(jersey, rules, security);
        ExistingCallers.register(
                environment,
                configuration.access.modes(),
                rules,
                new ObservedCallers(
                        new ObservedCallerStore(
                                ground.databases().sahha().workers().jdbi()),
                        ground.clock()));
        UnifiedModule unified = unified(environment);
        sahha.resources(Sources.OPTIONAL, unified.combined(), rules).forEach(jersey::register);
        unified.register(jersey);
        unified.registerOverviews(jersey, ground.threads().overviews());
        pages.register(jersey);
        jersey.register(new ExploreResource(
                pages, URI.create(configuration.publicUrl), browser -> rules.isSignedIn(browser::getRequestHeader)));
        whoop.ifPresent(module -> module.register(jersey, browser -> rules.signedIn(browser::getRequestHeader), pages));
        RefusedRequests.answerIn(environment);
        Edge.open(environment, configuration.edge(), WebhookReceiver::handles, RouteGroup::isExistingAnswer);
        CrossOrigin.allow(environment, configuration.access.origins());
    }

    private UnifiedModule unified(Environment environment) {
        Database database = ground.databases().sahha();
        return new UnifiedModule(
                sources.inOrder(),
                sources.precedence(),
                Sources.relays(sahha),
                configuration.unified.complete(sources.shares()),
                new UnifiedModule.Tools(
                        new UnifiedModule.Storage(database.readers().jdbi(), database.notices()),
                        who -> ground.switches().flags().isOn(Flag.PARALLEL_READ, who),
                        environment.metrics(),
                        ground.clock(),
                        new UnifiedModule.Answers(
                                environment.getObjectMapper(),
                                configuration.cache,
                                ground.outside().shared().make(whoop.map(WhoopModule::vault), sources.inOrder()),
                                Sources.OPTIONAL)));
    }

    private SahhaModule sahha(Environment environment) {
        Database database = ground.databases().sahha();
        SahhaModule module = new SahhaModule(
                configuration.sahha,
                ground.outside().clients().make(configuration.sahha.outbound(), "sahha"),
                new SahhaModule.Storage(
                        database.readers().jdbi(), database.workers().jdbi(), database.notices()),
                new SahhaModule.Tools(
                        ground.switches().commands(),
                        environment.getObjectMapper(),
                        environment.metrics(),
                        ground.clock(),
                        configuration.cache),
                environment
                        .lifecycle()
                        .executorService("sahha-refresh-%d")
                        .minThreads(REFRESH_THREADS)
                        .maxThreads(REFRESH_THREADS)
                        .workQueue(new ArrayBlockingQueue<>(REFRESHES_WAITING))
                        .build());
        environment.lifecycle().manage(module);
        environment.healthChecks().register("sahha", module.healthCheck());
        return module;
    }

    private int maxThreads() {
        return configuration.getServerFactory() instanceof AbstractServerFactory server
                ? server.getMaxThreads()
                : new DefaultServerFactory().getMaxThreads();
    }
}
