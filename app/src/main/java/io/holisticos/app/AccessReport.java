package io.holisticos.app;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.cli.ConfiguredCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.holisticos.app.access.Mode;
import io.holisticos.app.access.ObservedCaller;
import io.holisticos.app.access.ObservedCallerStore;
import io.holisticos.web.AccessRules.Standing;
import io.holisticos.web.ExistingRoutes.Group;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.jspecify.annotations.Nullable;

/** {@code access-report config.yml} says which callers of the existing paths {@code enforce} would refuse. */
final class AccessReport extends ConfiguredCommand<HealthConfiguration> {

    AccessReport() {
        super("access-report", "Says which callers of the existing paths would be refused by enforce");
    }

    @Override
    public void configure(Subparser subparser) {
        super.configure(subparser);
        subparser.epilog(
                "Counted while access.existingRoutes (or the group's own access.routes) is observe, by route and"
                        + " by network of the caller (/24, /48), for 30 days; a replica adds what it counted every minute. A caller"
                        + " stands as without_credential, unknown_credential (a key that nobody has, two different credentials) or"
                        + " missing_scope (a key without health:read); requests let in are counted, too. Ends with 0, whatever it"
                        + " says." + CommandOutput.ENDS);
        CommandOutput.addOption(subparser);
    }

    @Override
    protected void run(Bootstrap<HealthConfiguration> bootstrap, Namespace namespace, HealthConfiguration all)
            throws Exception {
        CommandOutput output = CommandOutput.of(bootstrap, namespace, all, getName());
        List<ObservedCaller> observed =
                CommandDatabase.sahha(all, getName()).read(database -> new ObservedCallerStore(database.jdbi()).read());
        Report report = Report.of(all.access.modes(), observed);
        output.print(report, report.lines());
    }

    /**
     * What is known of the callers of the existing paths.
     *
     * @param since when the first of these requests came; null when there was none
     * @param refused whom enforce would refuse, the most frequent first
     */
    record Report(
            @JsonProperty("modes") Map<String, String> modes,
            @JsonProperty("since") @Nullable Instant since,
            @JsonProperty("requests_let_in") long requestsLetIn,
            @JsonProperty("requests_refused") long requestsRefused,
            @JsonProperty("refused") List<ObservedCaller> refused) {

        static Report of(Map<Group, Mode> modes, List<ObservedCaller> observed) {
            Predicate<ObservedCaller> letIn = caller -> caller.standing().equals(Standing.LET_IN.word());
            Map<String, String> words = new LinkedHashMap<>();
            modes.forEach((group, mode) -> words.put(group.word(), mode.word()));
            return new Report(
                    words,
                    observed.stream()
                            .map(ObservedCaller::firstAt)
                            .min(Instant::compareTo)
                            .orElse(null),
                    sum(observed, letIn),
                    sum(observed, letIn.negate()),
                    observed.stream().filter(letIn.negate()).toList());
        }

        private static long sum(List<ObservedCaller> observed, Predicate<ObservedCaller> these) {
            return observed.stream()
                    .filter(these)
                    .mapToLong(ObservedCaller::requests)
                    .sum();
        }

        List<String> lines() {
            List<String> lines = new ArrayList<>();
            modes.forEach((group, mode) -> lines.add(group + ": " + mode
                    + (mode.equals(Mode.OPEN.word()) ? " (its callers are not counted: set observe first)" : "")));
            lines.add(
                    since == null
                            ? "no request was observed: nothing can be said yet"
                            : "since " + since + ": enforce would let " + requestsLetIn + " requests in, and refuse "
                                    + requestsRefused);
            if (!refused.isEmpty()) {
                TextTable table =
                        new TextTable("requests", "route", "standing", "address prefix", "first seen", "last seen");
                refused.forEach(caller -> table.add(
                        Long.toString(caller.requests()),
                        caller.route(),
                        caller.standing(),
                        caller.addressPrefix(),
                        caller.firstAt().toString(),
                        caller.lastAt().toString()));
                lines.addAll(table.lines());
            }
            return lines;
        }
    }
}
