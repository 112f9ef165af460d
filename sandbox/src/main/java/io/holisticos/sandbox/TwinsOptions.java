package io.holisticos.sandbox;

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
 * What stand-alone twins were asked for, on the command line.
 *
 * @param redirectUris as registered with WHOOP
 * @param webhooks where events are sent; Sahha's where the path ends in {@code /sahha}, WHOOP's everywhere else
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

    /** Both ports, by their options. */
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

    /** What WHOOP registers: https, an app's scheme, and http on loopback. */
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
            // said below
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
     * @throws ArgumentParserException when it makes no sense, or {@code --help} was asked for: hand it to {@link CommandLine#explain}
     */
    static TwinsOptions parse(String[] args) throws ArgumentParserException {
        ArgumentParser parser = parser();
        Namespace given = parser.parseArgs(args);
        try {
            return new TwinsOptions(
                    given.getInt("whoop_port"),
                    given.getInt("sahha_port"),
                    all(given, "redirect_uri", REDIRECT_URIS),
                    all(given, "webhook", WEBHOOKS).stream()
                            .map(text -> address("--webhook", text))
                            .toList(),
                    CommandLine.users(given.get("users")),
                    given.getLong("seed"),
                    given.getDouble("speed"));
        } catch (IllegalArgumentException e) {
            throw new ArgumentParserException(e.getMessage(), parser);
        }
    }

    /** Of an option that may be repeated and takes several each time. */
    private static List<String> all(Namespace given, String option, List<String> otherwise) {
        List<List<String>> lists = given.get(option);
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
        parser.addArgument("--users").type(Integer.class).help("members beyond the five of the story: 1 to 500");
        parser.addArgument("--seed").type(Long.class).setDefault(7L).help("the same seed and start give the same data");
        parser.addArgument("--speed").type(Double.class).setDefault(1.0).help("seconds that pass in a second");
        return parser;
    }
}
