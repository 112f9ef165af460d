package io.holisticos.sandbox.simulate;

import io.holisticos.sandbox.environment.CommandLine;
import net.sourceforge.argparse4j.ArgumentParsers;
import net.sourceforge.argparse4j.inf.ArgumentParser;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import net.sourceforge.argparse4j.inf.Namespace;
import org.jspecify.annotations.Nullable;

/**
 * What to simulate.
 *
 * @param days the counted days; the days of connecting come before them, two final days after them
 * @param history how many days the members have been with WHOOP when the first of them connects, 31 to 730
 * @param pulse when events leave WHOOP's twin, from the first counted day on
 * @param databaseUrl the JDBC URL of a server to use; its user may create databases. Null for the embedded server
 */
record Scenario(
        int users,
        int days,
        long seed,
        int history,
        Rates rates,
        Pulse pulse,
        @Nullable String databaseUrl) {

    /** WHOOP's quota has no room to connect more. */
    private static final int MOST_USERS = 5_000;

    /** In an hour's quota there is room for all that happens meanwhile. */
    private static final int LONGEST_PULSE = 3_600;

    Scenario {
        requireRange("--users", users, 1, MOST_USERS);
        requireRange("--days", days, 1, 365);
        requireRange("--history", history, 31, 730);
    }

    /**
     * How often things happen; all but the first are shares from 0 to 1.
     *
     * @param workoutsPerWeek the mean for a member
     * @param early the share of nights announced before they are scored
     * @param rescored the share of nights scored again some hours later
     * @param unreliable the share of webhooks lost, sent twice or reordered
     * @param edits the share of member-days on which a record is changed, deleted or entered by hand
     */
    record Rates(double workoutsPerWeek, double early, double rescored, double unreliable, double edits) {

        static final Rates USUAL = new Rates(3, 0.05, 0.3, 0.2, 0.05);

        Rates {
            if (!(workoutsPerWeek >= 0 && workoutsPerWeek <= 21)) {
                throw new IllegalArgumentException("--workouts-per-week must be 0 to 21, was " + workoutsPerWeek);
            }
            requireShare("--early-rate", early);
            requireShare("--rescore-rate", rescored);
            requireShare("--unreliable-rate", unreliable);
            requireShare("--edit-rate", edits);
        }
    }

    /**
     * Reads the command line.
     *
     * @throws ArgumentParserException for an invalid option and for {@code --help}; {@link CommandLine#explain} prints it
     */
    static Scenario parse(String[] args) throws ArgumentParserException {
        ArgumentParser parser = parser();
        Namespace options = parser.parseArgs(args);
        try {
            return new Scenario(
                    options.getInt("users"),
                    options.getInt("days"),
                    options.getLong("seed"),
                    options.getInt("history"),
                    new Rates(
                            options.getDouble("workouts_per_week"),
                            options.getDouble("early_rate"),
                            options.getDouble("rescore_rate"),
                            options.getDouble("unreliable_rate"),
                            options.getDouble("edit_rate")),
                    pulse(options.getInt("pulse")),
                    options.getString("database_url"));
        } catch (IllegalArgumentException e) {
            throw new ArgumentParserException(e.getMessage(), parser);
        }
    }

    private static Pulse pulse(@Nullable Integer seconds) {
        if (seconds != null) {
            requireRange("--pulse", seconds, 0, LONGEST_PULSE);
        }
        return Pulse.of(seconds);
    }

    private static void requireShare(String option, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(option + " must be 0 to 1, was " + share);
        }
    }

    private static void requireRange(String option, int value, int low, int high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(option + " must be " + low + " to " + high + ", was " + value);
        }
    }

    private static ArgumentParser parser() {
        ArgumentParser parser = ArgumentParsers.newFor("sandbox.jar simulate")
                .build()
                .defaultHelp(true)
                .description("Simulates days of many members: the app as in production, WHOOP's twin, real HTTP and"
                        + " PostgreSQL, and a clock that only moves when all work is done. After two final days without"
                        + " edits it compares every stored record with WHOOP's. Exit status: 0 without differences, 1"
                        + " with differences.");
        parser.addArgument("--users").type(Integer.class).setDefault(500).help("members");
        parser.addArgument("--days")
                .type(Integer.class)
                .setDefault(30)
                .help("counted days; the days of connecting come before them");
        parser.addArgument("--seed").type(Long.class).setDefault(7L).help("the same seed gives the same lives");
        parser.addArgument("--history")
                .type(Integer.class)
                .setDefault(45)
                .help(
                        "days of data a member has at WHOOP before connecting: the first sync reads 30, backfill the rest");
        parser.addArgument("--workouts-per-week")
                .type(Double.class)
                .setDefault(Rates.USUAL.workoutsPerWeek())
                .help("mean number of workouts of a member");
        share(
                parser,
                "--early-rate",
                Rates.USUAL.early(),
                "of nights announced before they are scored or even readable");
        share(parser, "--rescore-rate", Rates.USUAL.rescored(), "of nights scored again hours later");
        share(
                parser,
                "--unreliable-rate",
                Rates.USUAL.unreliable(),
                "of webhooks lost, doubled or reordered, a third each");
        share(parser, "--edit-rate", Rates.USUAL.edits(), "of member-days with an edit, a deletion or a manual entry");
        parser.addArgument("--pulse")
                .metavar("SECONDS")
                .type(Integer.class)
                .help(
                        "in the counted and final days, events that happen within so many seconds leave WHOOP together; with 0"
                                + " each leaves when WHOOP would send it, jobs start as in production, and the report has the"
                                + " delays by hour of the day and the number of members that fit for p95 <= 60 s in every hour."
                                + " Without it events leave every 600 seconds, and every 300 from 6 to 10 o'clock, which takes"
                                + " less time");
        parser.addArgument("--database-url")
                .metavar("URL")
                .help(
                        "JDBC URL of a PostgreSQL server to use instead of the embedded one; its user may create databases,"
                                + " and sahha_simulation and whoop_simulation are created there and dropped at the end");
        return parser;
    }

    private static void share(ArgumentParser parser, String option, double usual, String help) {
        parser.addArgument(option)
                .metavar("SHARE")
                .type(Double.class)
                .setDefault(usual)
                .help(help);
    }
}
