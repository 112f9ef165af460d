package io.holisticos.app;

import com.fasterxml.jackson.databind.JsonNode;
import io.dropwizard.core.cli.ConfiguredCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.holisticos.app.OperatorMessage.Mendable;
import io.holisticos.app.flags.Flag;
import io.holisticos.app.flags.Flags;
import io.holisticos.health.UserId;
import io.holisticos.whoop.WhoopReports;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.jdbi.v3.core.Jdbi;

/** {@code sync-status config.yml [--user ID]} says how the syncs with WHOOP stand. */
final class SyncStatusCommand extends ConfiguredCommand<HealthConfiguration> {

    private static final int USUAL_LIMIT = 50;
    private static final int LARGEST_LIMIT = 1_000;

    private final Clock clock;
    private final Function<Jdbi, Clock> agreed;

    /** @param agreed the time on which the replicas of a database agree */
    SyncStatusCommand(Clock clock, Function<Jdbi, Clock> agreed) {
        super("sync-status", "Says how the syncs with WHOOP stand, and what comes next");
        this.clock = clock;
        this.agreed = agreed;
    }

    @Override
    public void configure(Subparser subparser) {
        super.configure(subparser);
        subparser.epilog(
                "Of all members: counts, and a line for each, those with trouble first. Of one member: the connection's state,"
                        + " the sync's (" + SyncStatusLines.STANDINGS + "), pauses, the last error"
                        + " (docs/runbooks/failing-jobs.md), what was read without a gap, and the next step, as the service would"
                        + " take it now. Reads both databases only; no job is started and WHOOP is not called. Ends with 0,"
                        + " whatever it says; with 1 also when the member has no connection." + CommandOutput.ENDS);
        UserOption.addTo(subparser, "sync");
        LimitOption.addTo(subparser, USUAL_LIMIT, LARGEST_LIMIT);
        CommandOutput.addOption(subparser);
    }

    @Override
    protected void run(Bootstrap<HealthConfiguration> bootstrap, Namespace namespace, HealthConfiguration all)
            throws Exception {
        CommandOutput output = CommandOutput.of(bootstrap, namespace, all, getName());
        UserId who = UserOption.in(namespace);
        int limit = LimitOption.in(namespace, LARGEST_LIMIT);
        CommandDatabase.requireWhoop(all);
        Predicate<UserId> enabled = CommandDatabase.sahha(all, getName())
                .read(database -> Flags.allOn(database.source(), Flag.WHOOP_INTEGRATION, Flag.WHOOP_SYNC));
        Answer answer = CommandDatabase.whoop(all, getName()).read(database -> {
            Clock time = agreed.apply(database.jdbi());
            WhoopReports reports = new WhoopReports(database.pool(all, clock), all.whoop, enabled, time);
            return new Answer(who == null ? reports.syncs(limit) : ofOne(reports, who), time.instant());
        });
        output.print(answer.document(), document -> lines(document, answer.at(), who == null));
    }

    /** @param at when it was read */
    private record Answer(Object document, Instant at) {}

    private static WhoopReports.MemberSync ofOne(WhoopReports reports, UserId who) {
        return reports.sync(who)
                .orElseThrow(
                        () -> new Mendable("this user has no connection to WHOOP: check --user, it takes the id that"
                                + " callers of the service use, not WHOOP's (members lists both)"));
    }

    private static List<String> lines(JsonNode document, Instant at, boolean ofAll) {
        SyncStatusLines lines = new SyncStatusLines(at);
        return ofAll ? lines.ofAll(document) : lines.ofOne(document);
    }
}
