package io.holisticos.whoop;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheck;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.dropwizard.lifecycle.Managed;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.command.Command;
import io.holisticos.command.CommandKey;
import io.holisticos.command.Commands;
import io.holisticos.database.Database;
import io.holisticos.health.HealthSource;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.jobs.JobGauges;
import io.holisticos.jobs.JobListStore;
import io.holisticos.jobs.Jobs;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.notice.MemberNotices;
import io.holisticos.outbound.Authorization;
import io.holisticos.outbound.Budget;
import io.holisticos.outbound.Outbound;
import io.holisticos.pages.Pages;
import io.holisticos.vault.Vault;
import io.holisticos.vitals.HotRoute;
import io.holisticos.web.WebhookReceiver;
import io.holisticos.whoop.api.ForbiddenCalls;
import io.holisticos.whoop.api.RecordReader;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.connect.AccountLookup;
import io.holisticos.whoop.connect.Admission;
import io.holisticos.whoop.connect.ConnectFlow;
import io.holisticos.whoop.connect.ConnectPorts;
import io.holisticos.whoop.connect.ConnectRoutes;
import io.holisticos.whoop.connect.ConnectionListener;
import io.holisticos.whoop.connect.Consents;
import io.holisticos.whoop.connect.ModuleSwitch;
import io.holisticos.whoop.custody.ConnectionAuthorization;
import io.holisticos.whoop.custody.ConnectionReader;
import io.holisticos.whoop.custody.Connections;
import io.holisticos.whoop.custody.WhoopOAuth;
import io.holisticos.whoop.data.ArchiveRenaming;
import io.holisticos.whoop.data.ChangeStore;
import io.holisticos.whoop.data.WhoopDayStore;
import io.holisticos.whoop.data.WhoopStore;
import io.holisticos.whoop.quota.QuotaGauges;
import io.holisticos.whoop.quota.QuotaGovernor;
import io.holisticos.whoop.sync.SyncContext;
import io.holisticos.whoop.sync.SyncFreshness;
import io.holisticos.whoop.sync.SyncJobs;
import io.holisticos.whoop.sync.SyncRequests;
import io.holisticos.whoop.webhook.WebhookInbox;
import io.holisticos.whoop.webhook.WhoopWebhookResource;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.core.HttpHeaders;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** The door to WHOOP: builds the module, and is all that others see of it. */
public final class WhoopModule implements Managed {

    /** The name of this source. */
    public static final SourceName NAME = WhoopApi.WHOOP;

    private static final CommandKey STORE = new CommandKey("WHOOP_STORE");

    private final WhoopConfiguration configuration;
    private final Tools tools;
    private final Switches switches;
    private final Storage storage;
    private final MemberNotices changes;
    private final QuotaGovernor asked;
    private final Connections connections;
    private final AccountLookup accountLookup;
    private final Admission admission;
    private final ConnectFlow connectFlow;
    private final Outbound tokens;
    private final Outbound data;
    private final ForbiddenCalls forbidden;
    /** For jobs. */
    private final SyncRequests jobRequests;

    private final SyncJobs syncJobs;

    /** The same, within the limits of whoever waits for an answer. */
    private final SyncRequests requests;

    private final ConnectionReader connected;
    private final Command store;
    private final WhoopDayStore reader;
    private final StaleMembers staleMembers;
    private final MemberStatuses statuses;
    private final WebhookInbox inbox;
    private final WebhookInbox deliveries;
    private final Jobs jobs;
    private final FailingJobs failing;

    /** What every module gets from the house; the clients are kept and not closed. */
    public record Tools(Clients clients, Commands commands, ObjectMapper mapper, MetricRegistry metrics, Clock clock) {}

    /** For the data API, and for the token endpoint. */
    public record Clients(Client api, Client oauth) {}

    /**
     * WHOOP's own database, migrated by {@code whoop-db/changelog.yaml}.
     *
     * @param reads with limits inside the time of whoever waits for an answer: readers, senders of events, members who
     *     connect, probes and operators
     * @param work for jobs, their quota and the custody of tokens, which may take longer
     * @param jobs makes the jobs of {@code work}
     * @param notices what replicas tell each other by this database
     * @param clock the time that they agree on
     */
    public record Storage(Pool reads, Pool work, Jobs.Maker jobs, ChangeNotices notices, Clock clock) {

        /** What keeps sealed values from being opened, whoever wanted to: what is known first, then what is not yet. */
        Optional<String> vaultTrouble() {
            List<Vault> vaults = List.of(work.vault(), reads.vault());
            return Stream.concat(
                            vaults.stream().map(Vault::wrongKey),
                            vaults.stream().map(Vault::trouble))
                    .flatMap(Optional::stream)
                    .findFirst();
        }
    }

    /** One way into the database. */
    public record Pool(DataSource source, Jdbi jdbi, Vault vault) {}

    /** What operators can switch: all of WHOOP, new connections, and jobs that call WHOOP. */
    public record Switches(Predicate<UserId> integration, Predicate<UserId> connect, Predicate<UserId> sync) {}

    public WhoopModule(WhoopConfiguration configuration, Tools tools, Storage storage, Switches switches) {
        this.configuration = configuration;
        this.tools = tools;
        this.switches = switches;
        this.storage = storage;
        Pool work = storage.work();
        Pool reads = storage.reads();
        this.changes = new MemberNotices(storage.notices());
        changes.hearCommits(work.jdbi());
        changes.hearCommits(reads.jdbi());
        work.vault().listenTo(storage.notices());
        reads.vault().listenTo(storage.notices());
        Commands commands = tools.commands();
        QuotaGovernor quota = new QuotaGovernor(work.jdbi(), storage.clock(), configuration.quota);
        quota.listenTo(storage.notices());
        QuotaGovernor ofConsents = quota.through(reads.jdbi());
        ofConsents.listenTo(storage.notices());
        this.asked = quota.through(reads.jdbi());
        QuotaGauges.register(tools.metrics(), asked);
        this.tokens = Outbound.to(
                WhoopApi.WHOOP,
                tools.clients().oauth(),
                configuration.oauth,
                commands,
                Budget.unlimited(), // the quota counts what lies below /developer
                Authorization.none());
        this.forbidden = new ForbiddenCalls(tools.metrics(), tools.clock());
        WhoopOAuth oauth = new WhoopOAuth(tokens, configuration.connect.application(), forbidden);
        this.connections =
                new Connections(work.jdbi(), work.vault(), oauth, configuration.connect.custodyTerms(), tools.clock());
        connections.register(tools.metrics());
        this.data = Outbound.to(
                WhoopApi.WHOOP,
                tools.clients().api(),
                configuration.api,
                commands,
                quota,
                new ConnectionAuthorization(connections));
        WhoopApi api = new WhoopApi(data, configuration.apiUrl, tools.mapper(), tools.metrics(), forbidden)
                .withLanes(quota::lane);
        SyncContext terms = new SyncContext(
                who -> switches.integration().test(who) && switches.sync().test(who),
                connections::refusedWithFreshToken,
                work.vault()::inLogs,
                tools.clock(),
                tools.metrics());
        this.jobRequests = syncRequests(work, terms);
        this.syncJobs = new SyncJobs(this.jobRequests, api, terms);
        this.inbox = inbox(work, this.jobRequests);
        this.accountLookup = new AccountLookup(
                connections,
                api.paidFrom(quota.consents()),
                new AccountLookup.Ports(
                        new SyncOnConnect(this.jobRequests, inbox),
                        switches.integration(),
                        () -> jobs().client(),
                        tools.metrics()),
                tools.clock());
        this.jobs = storage.jobs()
                .make(
                        work.source(),
                        configuration.jobs,
                        tools.clock(),
                        Stream.concat(syncJobs.tasks().stream(), accountLookup.tasks().stream())
                                .toList(),
                        Stream.of(
                                        syncJobs.recurringTasks(),
                                        inbox.recurringTasks(),
                                        accountLookup.recurringTasks(),
                                        new ArchiveRenaming(work.jdbi(), work.vault(), tools.clock()).recurringTasks(),
                                        new ChangeStore(work.jdbi()).recurringTasks(tools.clock()),
                                        connections.recurringTasks(switches.integration()))
                                .flatMap(List::stream)
                                .toList());
        SchedulerClient client = Jobs.client(reads.source(), accountLookup.tasks());
        this.requests = syncRequests(reads, terms);
        requests.register(tools.metrics());
        Connections waiting = connections.through(reads.jdbi(), reads.vault());
        this.deliveries = inbox(reads, requests);
        SyncOnConnect syncSoon = new SyncOnConnect(requests, deliveries);
        AccountLookup lookup = accountLookup.through(
                waiting, new AccountLookup.Ports(syncSoon, switches.integration(), () -> client, tools.metrics()));
        JobListStore jobList = new JobListStore(new Database(reads.jdbi(), WhoopApi.WHOOP));
        JobGauges.register(tools.metrics(), jobList, configuration.jobs, tools.clock());
        this.failing = new FailingJobs(requests, lookup, jobList);
        failing.register(tools.metrics());
        this.connected = new ConnectionReader(reads.jdbi());
        this.admission =
                new Admission(connected, configuration::memberLimit, quota.through(reads.jdbi())::untilNextPermit);
        admission.register(tools.metrics());
        this.reader = new WhoopDayStore(reads.jdbi(), reads.vault());
        this.staleMembers = new StaleMembers(jobRequests::catchUp);
        this.statuses = new MemberStatuses(
                this::connectionOf, requests, staleMembers, configuration.staleAfter.toJavaDuration(), tools.clock());
        this.store = commands.add(WhoopApi.WHOOP, STORE, configuration.store());
        this.connectFlow = new ConnectFlow(
                new Consents(reads.jdbi(), reads.vault(), configuration.connect, new SecureRandom(), tools.clock()),
                waiting,
                new ConnectFlow.Whoop(oauth, api.paidFrom(ofConsents.consents()), tools.clock()),
                lookup,
                new ConnectPorts(
                        syncSoon,
                        new Switch(),
                        who -> requests.findFreshness(who).map(SyncFreshness::lastSyncedAt),
                        admission,
                        new SecurityEvents(tools.metrics())));
    }

    /** WHOOP in the unified flow. Knows nothing of the kill switch: whoever lists the sources does. */
    public HealthSource source() {
        WhoopSource.Changes told =
                new WhoopSource.Changes(changes, new ChangeStore(storage.reads().jdbi()));
        return new WhoopSource(statuses, reader, told, tools.clock(), store);
    }

    /**
     * Adds the routes of connecting and the internal ones.
     *
     * @param signedIn tells from a browser's request which member is signed in there
     */
    public void register(JerseyEnvironment jersey, Function<HttpHeaders, Optional<UserId>> signedIn, Pages pages) {
        InternalAccess access = new InternalAccess(requests, switches.integration(), tools.clock());
        ConnectRoutes.register(jersey, connectFlow, configuration.connect, signedIn::apply, pages);
        jersey.register(new InternalDataResource(statuses, reader, access, tools.mapper(), store));
        jersey.register(new InternalSyncResource(this::connectionOf, access));
        jersey.register(new WhoopWebhookResource(
                configuration.webhook,
                configuration.connect.clientSecret(),
                deliveries,
                new WebhookReceiver(
                        WhoopApi.WHOOP.value(),
                        tools.metrics(),
                        WebhookReceiver.reportingTo(new SecurityEvents(tools.metrics()))),
                tools.clock()));
    }

    /**
     * Saves nights of a made-up member, and returns the routes by which WHOOP tells of members. For a warm-up, whose database
     * keeps nothing: the member is real to everything else.
     */
    public List<HotRoute> rehearse(UserId who) {
        Pool reads = storage.reads();
        return new WhoopRehearsal(
                        connections.through(reads.jdbi(), reads.vault()).pending(),
                        new WhoopStore(reads.jdbi(), reads.vault()),
                        new RecordReader(tools.mapper()),
                        configuration.webhook.secrets(configuration.connect.clientSecret()),
                        tools.clock())
                .begin(who);
    }

    /** WHOOP's quota, for operators. */
    public WhoopQuota quota() {
        return new WhoopQuota(asked, requests);
    }

    /** How the integration does. */
    public WhoopVitals vitals() {
        return new WhoopVitals(
                List.of(tokens, data),
                asked,
                new WhoopVitals.Work(requests, jobs, failing),
                new WhoopVitals.Connecting(forbidden, admission, storage::vaultTrouble));
    }

    /** Has the keys of members, and looks for them with the readers' connections. */
    public Vault vault() {
        return storage.reads().vault();
    }

    /** By name: {@code whoop}, {@code vault} and {@code jobs}. */
    public Map<String, HealthCheck> healthChecks() {
        return Map.of(
                "whoop", new WhoopHealthCheck(asked, data),
                "vault", new VaultHealthCheck(storage::vaultTrouble),
                "jobs", new JobsHealthCheck(jobs, failing));
    }

    @Override
    public void start() {
        jobs.whenListed(() -> {
            inbox.sweepSoon(jobs.client());
            syncJobs.sweep();
        });
        jobs.start();
    }

    @Override
    public void stop() {
        staleMembers.stop();
        jobs.stop();
        connections.stop();
    }

    private Jobs jobs() {
        return jobs;
    }

    private SyncRequests syncRequests(Pool pool, SyncContext terms) {
        return new SyncRequests(pool.jdbi(), new WhoopStore(pool.jdbi(), pool.vault()), terms, () -> jobs().lookSoon());
    }

    private WebhookInbox inbox(Pool pool, SyncRequests sync) {
        return new WebhookInbox(sync.events(), pool.vault(), configuration.webhook, tools.clock());
    }

    private Optional<MemberConnections.MemberConnection> connectionOf(UserId who) {
        return connected
                .find(who)
                .flatMap(held ->
                        MemberConnections.MemberConnection.of(held.whoopUserId(), held.connectedAt(), held.state()));
    }

    /** All of WHOOP, and connecting within it. */
    private final class Switch implements ModuleSwitch {
        @Override
        public boolean isOn(UserId who) {
            return switches.integration().test(who);
        }

        @Override
        public boolean letsConnect(UserId who) {
            return isOn(who) && switches.connect().test(who);
        }
    }

    /** A member who connects has days in WHOOP that we do not have yet. */
    private final class SyncOnConnect implements ConnectionListener {
        private final SyncRequests by;
        private final WebhookInbox parked;

        SyncOnConnect(SyncRequests by, WebhookInbox parked) {
            this.by = by;
            this.parked = parked;
        }

        @Override
        public void connected(UserId who, long whoopUserId) {
            by.connected(who, whoopUserId);
            parked.releaseParked(who, whoopUserId);
        }

        @Override
        public void disconnected(UserId who) {}

        @Override
        public void disowned(UserId who) {
            jobRequests.disowned(who); // whoever waits for it: nothing would do it later
        }
    }
}
