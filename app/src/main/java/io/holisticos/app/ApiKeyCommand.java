package io.holisticos.app;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.dropwizard.core.cli.ConfiguredCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.util.Duration;
import io.holisticos.app.OperatorMessage.Mendable;
import io.holisticos.app.OperatorMessage.WrongUsage;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.web.ApiKeyRow;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.Scope;
import io.holisticos.web.ServiceKeys;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import net.sourceforge.argparse4j.inf.Subparsers;
import org.jspecify.annotations.Nullable;

/** {@code apikey create|list|revoke|rotate config.yml} issues service keys and ends them. */
final class ApiKeyCommand extends ConfiguredCommand<HealthConfiguration> {

    private static final String ACTION = "action";
    private static final String LIST = "list";
    private static final String ID = "id";
    private static final String NAME = "name";
    private static final String SCOPES = "scopes";
    private static final String EXPIRES = "expires";
    private static final String OVERLAP = "overlap";

    private final Clock clock;

    ApiKeyCommand(Clock clock) {
        super("apikey", "Creates, lists, revokes and rotates service keys");
        this.clock = clock;
    }

    @Override
    public void configure(Subparser subparser) {
        subparser.epilog("A key is shown once, when it is made; the database holds its SHA-256 only. Every change"
                + " reaches all replicas within 2 s, and is a line event=security. Ends with 0 when it is done."
                + CommandOutput.ENDS);
        Subparsers actions = subparser.addSubparsers().title("actions").metavar("ACTION");
        Subparser create = action(actions, "create", "make a key and show it once");
        create.addArgument("--name").dest(NAME).required(true).help("who will send it; in every log line of theirs");
        create.addArgument("--scopes")
                .dest(SCOPES)
                .required(true)
                .help("what it may do, separated by commas: " + String.join(", ", new TreeSet<>(Scope.ALL)));
        expires(create, "never");
        action(actions, LIST, "say which keys there are, when they end and when they were last used");
        id(action(actions, "revoke", "end a key at once"));
        Subparser rotate = action(actions, "rotate", "make another key with the same name and scopes and show it once");
        id(rotate);
        rotate.addArgument("--overlap")
                .dest(OVERLAP)
                .setDefault("24h")
                .help("how long the former key goes on, such as 24h or 0s (default: 24h)");
        expires(rotate, "as long a life as the former key's");
    }

    private Subparser action(Subparsers actions, String name, String help) {
        Subparser action = actions.addParser(name).help(help).description(help).setDefault(ACTION, name);
        addFileArgument(action);
        CommandOutput.addOption(action);
        return action;
    }

    private static void id(Subparser action) {
        action.addArgument("--id").dest(ID).required(true).help("the id of the key, as apikey list names it");
    }

    private static void expires(Subparser action, String otherwise) {
        action.addArgument("--expires")
                .dest(EXPIRES)
                .metavar("WHEN")
                .help("when the key ends: a time from now such as 90d, or the date in UTC as which it begins to be"
                        + " refused, such as 2027-03-01 (default: " + otherwise + ")");
    }

    @Override
    protected void run(Bootstrap<HealthConfiguration> bootstrap, Namespace namespace, HealthConfiguration all)
            throws Exception {
        CommandOutput output = CommandOutput.of(bootstrap, namespace, all, getName());
        CommandDatabase database = CommandDatabase.sahha(all, getName());
        CommandDatabase.Work<Boolean> work = opened -> {
            act(
                    namespace,
                    new ServiceKeys(
                            new ApiKeyStore(opened.jdbi()),
                            new SecureRandom(),
                            clock,
                            new SecurityEvents(bootstrap.getMetricRegistry())),
                    output);
            return true;
        };
        try {
            boolean unused = namespace.getString(ACTION).equals(LIST) ? database.read(work) : database.change(work);
        } catch (InvalidRequest e) {
            throw new Mendable(String.valueOf(e.getMessage()), e);
        }
    }

    private void act(Namespace namespace, ServiceKeys keys, CommandOutput output) throws Exception {
        String action = namespace.getString(ACTION);
        switch (action) {
            case "create" ->
                show(
                        keys.create(
                                namespace.getString(NAME),
                                scopes(namespace.getString(SCOPES)),
                                end(namespace.getString(EXPIRES))),
                        null,
                        output);
            case LIST -> list(keys.list(), output);
            case "revoke" -> revoked(keys.revoke(namespace.getString(ID)), output);
            case "rotate" -> {
                ServiceKeys.Rotated rotated = keys.rotate(
                        namespace.getString(ID),
                        end(namespace.getString(EXPIRES)),
                        length("--overlap", namespace.getString(OVERLAP)));
                show(rotated.issued(), rotated.former(), output);
            }
            default -> throw new IllegalStateException("no such action: " + action);
        }
    }

    private static Set<String> scopes(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(scope -> !scope.isEmpty())
                .collect(Collectors.toSet());
    }

    private @Nullable Instant end(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            if (text.matches("\\d{4}-\\d{2}-\\d{2}")) {
                return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            }
            return text.contains("T")
                    ? OffsetDateTime.parse(text).toInstant()
                    : clock.instant().plus(length("--expires", text));
        } catch (DateTimeException | ArithmeticException e) {
            throw new WrongUsage("--expires must be like 90d, 2027-03-01 or 2027-03-01T12:00:00Z, was " + text, e);
        }
    }

    private static java.time.Duration length(String option, String text) {
        try {
            return Duration.parse(text).toJavaDuration();
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new WrongUsage(option + " must be like 90d, 24h or 0s, was " + text, e);
        }
    }

    private void show(ServiceKeys.Issued issued, @Nullable ApiKeyRow former, CommandOutput output) throws Exception {
        ApiKeyRow key = issued.key();
        List<String> lines = new ArrayList<>(List.of(
                "id: " + key.id(),
                "name: " + key.name(),
                "scopes: " + words(key.scopes()),
                "expires: " + or(key.expiresAt(), "never")));
        if (former != null) {
            lines.add("former key: " + former.id() + ", until " + former.expiresAt());
        }
        lines.add("key: " + issued.secret());
        lines.add("This is the only time that the key is shown. Send it as X-API-Key, or as Authorization: Bearer.");
        output.print(new Shown(described(key), issued.secret(), former == null ? null : described(former)), lines);
    }

    private void list(List<ApiKeyRow> keys, CommandOutput output) throws Exception {
        TextTable table = new TextTable("id", "name", "scopes", "state", "created", "expires", "last used");
        keys.forEach(key -> table.add(
                key.id(),
                key.name(),
                words(key.scopes()),
                key.state(clock.instant()).word(),
                key.createdAt().toString(),
                key.leasedUntil() == null ? or(key.expiresAt(), "never") : "with SERVICE_KEY",
                or(key.lastUsedAt(), "never")));
        output.print(keys.stream().map(this::described).toList(), keys.isEmpty() ? List.of("no keys") : table.lines());
    }

    private void revoked(ApiKeyRow key, CommandOutput output) throws Exception {
        output.print(described(key), List.of("revoked: " + key.id() + " (" + key.name() + ") at " + key.revokedAt()));
    }

    private static String words(Set<String> scopes) {
        return String.join(",", new TreeSet<>(scopes));
    }

    private static String or(@Nullable Instant time, String otherwise) {
        return time == null ? otherwise : time.toString();
    }

    private Described described(ApiKeyRow key) {
        return new Described(
                key.id(),
                key.name(),
                List.copyOf(new TreeSet<>(key.scopes())),
                key.state(clock.instant()).word(),
                key.leasedUntil() != null,
                key.createdAt(),
                key.expiresAt(),
                key.revokedAt(),
                key.lastUsedAt());
    }

    /** A key as JSON, without itself. */
    private record Described(
            @JsonProperty("id") String id,
            @JsonProperty("name") String name,
            @JsonProperty("scopes") List<String> scopes,
            @JsonProperty("state") String state,
            @JsonProperty("configured") boolean configured,
            @JsonProperty("created_at") Instant createdAt,
            @JsonProperty("expires_at") @Nullable Instant expiresAt,
            @JsonProperty("revoked_at") @Nullable Instant revokedAt,
            @JsonProperty("last_used_at") @Nullable Instant lastUsedAt) {}

    /** A new key as JSON, with itself. */
    private record Shown(
            @JsonUnwrapped Described apiKey,
            @JsonProperty("key") String key,

            @JsonProperty("former") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Described former) {}
}
