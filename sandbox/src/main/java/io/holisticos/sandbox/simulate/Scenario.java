package io.holisticos.sandbox.simulate;

import io.holisticos.sandbox.CommandLine;
import net.sourceforge.argparse4j.ArgumentParsers;
import net.sourceforge.argparse4j.inf.ArgumentParser;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import net.sourceforge.argparse4j.inf.Namespace;
import org.jspecify.annotations.Nullable;

/**
 * What is to be lived through.
 *
 * @param days that are counted; days of connecting come before them, two quiet ones after
 * @param history days that members have been with WHOOP when the first of them connects, 31 to 730
 * @param databaseUrl a PostgreSQL to use instead of our own, as a JDBC URL whose user may create databases
 */
record Scenario(
        int users,
        int days,
        long seed,
        int history,
        Odds odds,
        @Nullable String databaseUrl) {

    /** More could not be connected within WHOOP's quota anyway. */
    private static final int MOST_USERS = 5_000;

    Scenario {
        requireRange("--users", users, 1, MOST_USERS);
        requireRange("--days", days, 1, 365);
        requireRange("--history", history, 31, 730);
    }

    /**
     * How often what happens; all but the first are shares of 0 to 1.
     *
     * @param workoutsPerWeek of a member, as a mean
     * @param early of nights, told of before there is a score
     * @param rescored of nights, scored again some hours later
     * @param unreliable of webhooks, lost, doubled or reordered
     * @param edits of member-days, on which something recorded is changed, deleted or entered by hand
     */
    record Odds(double workoutsPerWeek, double early, double rescored, double unreliable, double edits) {

        static final Odds USUAL = new Odds(3, 0.05, 0.3, 0.2, 0.05);

        Odds {
            if (!(workoutsPerWeek >= 0 && workoutsPerWeek <= 21)) {
                throw new IllegalArgumentException("--workouts-per-week must be 0 to 21, was " + workoutsPerWeek);
            }
            requireShare("--early-rate", early);
            requireShare("--rescore-rate", rescored);
            requireShare("--unreliable-rate", unreliable);
            requireShare("--edit-rate", edits);
        }
    }

    /** The usual odds, and enough history for a backfill. */
    static Scenario of(int users, int days, long seed) {
        return new Scenario(users, days, seed, 45, Odds.USUAL, null);
    }

    /**
     * Reads the command line.
     *
     * @throws ArgumentParserException when it makes no sense, or {@code --help} was asked for: hand it to {@link CommandLine#explain}
     */
    static Scenario parse(String[] args) throws ArgumentParserException {
        ArgumentParser parser = parser();
        Namespace given = parser.parseArgs(args);
        try {
            return new Scenario(
                    given.getInt("users"),
                    given.getInt("days"),
                    given.getLong("seed"),
                    given.getInt("history"),
                    new Odds(
                            given.getDouble("workouts_per_week"),
                            given.getDouble("early_rate"),
                            given.getDouble("rescore_rate"),
                            given.getDouble("unreliable_rate"),
                            given.getDouble("edit_rate")),
                    given.getString("database_url"));
        } catch (IllegalArgumentException e) {
            throw new ArgumentParserException(e.getMessage(), parser);
        }
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
                .description("Lives through days of many members: the app as in production, WHOOP's twin, real HTTP and"
                        + " PostgreSQL, and a clock that only moves when all work is done. After two quiet days it compares"
                        + " every record held with what happened. Exit status: 0 without differences, 1 with some.");
        parser.addArgument("--users").type(Integer.class).setDefault(500).help("members");
        parser.addArgument("--days").type(Integer.class).setDefault(30).help("days, after those of connecting");
        parser.addArgument("--seed").type(Long.class).setDefault(7L).help("the same seed gives the same lives");
        parser.addArgument("--history")
                .type(Integer.class)
                .setDefault(45)
                .help(
                        "days of data a member has at WHOOP before connecting: the first sync reads 30, backfill the rest");
        parser.addArgument("--workouts-per-week")
                .type(Double.class)
                .setDefault(Odds.USUAL.workoutsPerWeek())
                .help("of a member, as a mean");
        share(parser, "--early-rate", Odds.USUAL.early(), "of nights told of before they are scored or even readable");
        share(parser, "--rescore-rate", Odds.USUAL.rescored(), "of nights scored again hours later");
        share(
                parser,
                "--unreliable-rate",
                Odds.USUAL.unreliable(),
                "of webhooks lost, doubled or reordered, a third each");
        share(parser, "--edit-rate", Odds.USUAL.edits(), "of member-days with an edit, a deletion or a manual entry");
        parser.addArgument("--database-url")
                .metavar("URL")
                .help("JDBC URL of a PostgreSQL to use instead of our own; its user may create databases, and"
                        + " sahha_simulation and whoop_simulation are made anew there and removed at the end");
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
