package io.holisticos.sandbox;

import io.holisticos.sandbox.environment.CommandLine;
import io.holisticos.sandbox.environment.Ports;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import net.sourceforge.argparse4j.ArgumentParsers;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.ArgumentParser;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import net.sourceforge.argparse4j.inf.Namespace;

/**
 * The options of the command {@code twins}.
 *
 * @param redirectUris as registered with WHOOP
 * @param webhooks receivers of events: of Sahha's where the path ends in {@code /sahha}, else of WHOOP's
 */
record TwinsOptions(
        int whoopPort,
        int sahhaPort,
        List<String> redirectUris,
        List<URI> webhooks,
        int users,
        long seed,
        double speed) {

    private static final List<String> REDIRECT_URIS = List.of("http://localhost:8080/api/v1/whoop/callback");
    private static final List<String> WEBHOOKS =
            List.of("http://localhost:8080/webhooks/whoop", "http://localhost:8080/webhooks/sahha");

    private static final String SAHHA = "/sahha";
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    TwinsOptions {
        ports(whoopPort, sahhaPort);
        CommandLine.requireSpeed(speed);
        redirectUris = List.copyOf(redirectUris);
        webhooks = List.copyOf(webhooks);
        redirectUris.forEach(TwinsOptions::requireRedirect);
        webhooks.forEach(TwinsOptions::requireWebhook);
        if (webhooks.stream().filter(TwinsOptions::isSahhas).count() > 1) {
            throw new IllegalArgumentException("--webhook: Sahha has one address only, and two end in " + SAHHA);
        }
    }

    private static Ports ports(int whoopPort, int sahhaPort) {
        return new Ports().with("--whoop-port", whoopPort).with("--sahha-port", sahhaPort);
    }

    /** Both ports, by option. */
    Ports ports() {
        return ports(whoopPort, sahhaPort);
    }

    List<URI> whoopWebhooks() {
        return webhooks.stream().filter(webhook -> !isSahhas(webhook)).toList();
    }

    List<URI> sahhaWebhooks() {
        return webhooks.stream().filter(TwinsOptions::isSahhas).toList();
    }

    private static boolean isSahhas(URI webhook) {
        return webhook.getPath().endsWith(SAHHA);
    }

    /** WHOOP registers https, an app's own scheme, and http on loopback. */
    private static void requireRedirect(String text) {
        URI uri = address("--redirect-uri", text);
        if (isHttp(uri) && !isLoopback(uri)) {
            throw new IllegalArgumentException(
                    "--redirect-uri must be https, an app's scheme, or http on this machine, was " + text);
        }
        if (uri.getRawFragment() != null) {
            throw new IllegalArgumentException("--redirect-uri must have no fragment, was " + text);
        }
    }

    /** WHOOP asks for https; a receiver on this machine needs none. */
    private static void requireWebhook(URI uri) {
        boolean safe = "https".equalsIgnoreCase(uri.getScheme()) || (isHttp(uri) && isLoopback(uri));
        if (!safe || uri.getHost() == null) {
            throw new IllegalArgumentException("--webhook must be https, or http on this machine, was " + uri);
        }
    }

    private static URI address(String option, String text) {
        try {
            URI uri = new URI(text);
            boolean whole = uri.isAbsolute() && !uri.isOpaque();
            if (whole && (uri.getHost() != null || !(isHttp(uri) || "https".equalsIgnoreCase(uri.getScheme())))) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // reported below
        }
        throw new IllegalArgumentException(option + " must be a whole address, was " + text);
    }

    private static boolean isHttp(URI uri) {
        return "http".equalsIgnoreCase(uri.getScheme());
    }

    private static boolean isLoopback(URI uri) {
        return uri.getHost() != null && LOOPBACK.contains(uri.getHost());
    }

    /**
     * Reads the command line.
     *
     * @throws ArgumentParserException for an invalid option and for {@code --help}; {@link CommandLine#explain} prints it
     */
    static TwinsOptions parse(String[] args) throws ArgumentParserException {
        ArgumentParser parser = parser();
        Namespace options = parser.parseArgs(args);
        try {
            return new TwinsOptions(
                    options.getInt("whoop_port"),
                    options.getInt("sahha_port"),
                    all(options, "redirect_uri", REDIRECT_URIS),
                    all(options, "webhook", WEBHOOKS).stream()
                            .map(text -> address("--webhook", text))
                            .toList(),
                    CommandLine.users(options.get("users")),
                    options.getLong("seed"),
                    options.getDouble("speed"));
        } catch (IllegalArgumentException e) {
            throw new ArgumentParserException(e.getMessage(), parser);
        }
    }

    /** All values of an option that may be repeated and takes several values each time. */
    private static List<String> all(Namespace options, String option, List<String> otherwise) {
        List<List<String>> lists = options.get(option);
        return lists == null
                ? otherwise
                : lists.stream().flatMap(List::stream).distinct().toList();
    }

    private static ArgumentParser parser() {
        ArgumentParser parser = ArgumentParsers.newFor("sandbox.jar twins")
                .build()
                .defaultHelp(true)
                .description("The twins of WHOOP and Sahha alone, beside a deployment that was started otherwise: its"
                        + " consent pages, tokens, data and webhooks, of synthetic members. They listen on this machine"
                        + " only and remember nothing when they end.");
        parser.addArgument("--whoop-port").type(Integer.class).setDefault(9100).help("port of WHOOP's twin");
        parser.addArgument("--sahha-port").type(Integer.class).setDefault(9200).help("port of Sahha's twin");
        parser.addArgument("--redirect-uri")
                .metavar("URL")
                .nargs("+")
                .action(Arguments.append())
                .help("the deployment's, as WHOOP's dashboard registers them: to the letter; https, an app's scheme, or"
                        + " http on this machine (default: " + String.join(" ", REDIRECT_URIS) + ")");
        parser.addArgument("--webhook")
                .metavar("URL")
                .nargs("+")
                .action(Arguments.append())
                .help("where events are sent: Sahha's where the path ends in " + SAHHA
                        + ", WHOOP's to all others (default: " + String.join(" ", WEBHOOKS) + ")");
        parser.addArgument("--users").type(Integer.class).help("extra members beside the five named ones: 1 to 500");
        parser.addArgument("--seed").type(Long.class).setDefault(7L).help("the same seed and start give the same data");
        parser.addArgument("--speed")
                .type(Double.class)
                .setDefault(1.0)
                .help("how many seconds pass in a second of real time");
        return parser;
    }
}
