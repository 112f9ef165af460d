package io.holisticos.app;

import io.dropwizard.core.cli.ConfiguredCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.holisticos.app.OperatorMessage.Mendable;
import io.holisticos.health.UserId;
import io.holisticos.whoop.WhoopReports;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.jspecify.annotations.Nullable;

/** {@code members config.yml [--state STATE] [--user ID] [--whoop-user ID]} lists members who have or had a connection to WHOOP. */
final class MembersCommand extends ConfiguredCommand<HealthConfiguration> {

    private static final String STATE = "state";
    private static final String WHOOP_USER = "whoop_user";
    private static final int USUAL_LIMIT = 100;
    private static final int LARGEST_LIMIT = 100_000;

    private final Clock clock;

    MembersCommand(Clock clock) {
        super("members", "Lists members who have or had a connection to WHOOP");
        this.clock = clock;
    }

    @Override
    public void configure(Subparser subparser) {
        super.configure(subparser);
        subparser.epilog(
                "How many connections are in each state, and members by state and by either id: since when they are in"
                        + " their state, and why. What it prints are ids of people: keep it out of tickets and logs. Reads the"
                        + " database only; WHOOP is not called. Ends with 0; with 1 also when nobody has the id that was asked"
                        + " for." + CommandOutput.ENDS);
        subparser
                .addArgument("--state")
                .dest(STATE)
                .choices(WhoopReports.states())
                .help("only members whose connection is in this state");
        UserOption.addTo(subparser, "connection");
        subparser
                .addArgument("--whoop-user")
                .dest(WHOOP_USER)
                .metavar("ID")
                .type(Long.class)
                .help("only the member with this WHOOP account, by WHOOP's user_id");
        LimitOption.addTo(subparser, USUAL_LIMIT, LARGEST_LIMIT);
        CommandOutput.addOption(subparser);
    }

    @Override
    protected void run(Bootstrap<HealthConfiguration> bootstrap, Namespace namespace, HealthConfiguration all)
            throws Exception {
        CommandOutput output = CommandOutput.of(bootstrap, namespace, all, getName());
        UserId who = UserOption.in(namespace);
        Long account = namespace.getLong(WHOOP_USER);
        int limit = LimitOption.in(namespace, LARGEST_LIMIT);
        WhoopReports.Members members = CommandDatabase.whoop(all, getName())
                .read(database -> new WhoopReports(database.pool(all, clock), all.whoop, any -> true, clock)
                        .members(namespace.getString(STATE), who, account, limit));
        if (members.found() == 0 && (who != null || account != null)) {
            throw new Mendable("nobody has this id" + (namespace.getString(STATE) == null ? "" : " and this state")
                    + ": --user takes the id that callers of the service use, --whoop-user WHOOP's");
        }
        output.print(members, lines(members));
    }

    private static List<String> lines(WhoopReports.Members members) {
        List<String> lines = new ArrayList<>();
        long all = members.states().values().stream().mapToLong(Long::longValue).sum();
        lines.add("connections: " + all
                + members.states().entrySet().stream()
                        .map(state -> state.getKey() + " " + state.getValue())
                        .collect(Collectors.joining(", ", all == 0 ? "" : " (", all == 0 ? "" : ")")));
        if (!members.members().isEmpty()) {
            TextTable table = new TextTable("user_id", "whoop_user_id", "state", "since", "reason", "connected");
            members.members()
                    .forEach(member -> table.add(
                            member.userId(),
                            account(member),
                            member.state(),
                            or(member.since()),
                            or(member.reason()),
                            member.connectedAt().toString()));
            lines.addAll(table.lines());
        }
        if (members.found() > members.members().size()) {
            lines.add("and " + (members.found() - members.members().size()) + " more: --limit lists more of them");
        }
        return lines;
    }

    private static String account(WhoopReports.Member member) {
        Long arriving = member.arrivingUserId();
        return arriving == null
                ? or(member.whoopUserId())
                : or(member.whoopUserId()) + " (" + arriving + " waits to be confirmed)";
    }

    private static String or(@Nullable Object value) {
        return value == null ? "-" : value.toString();
    }
}
