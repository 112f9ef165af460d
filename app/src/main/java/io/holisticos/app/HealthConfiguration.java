package io.holisticos.app;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.logging.common.DefaultLoggingFactory;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.OneOf;
import io.dropwizard.validation.ValidationMethod;
import io.holisticos.app.admin.DiagnosticsConfiguration;
import io.holisticos.app.admin.hystrix.HystrixConfiguration;
import io.holisticos.app.admin.prometheus.PrometheusConfiguration;
import io.holisticos.app.canary.CanaryConfiguration;
import io.holisticos.app.edge.AnswersConfiguration;
import io.holisticos.app.edge.BodiesConfiguration;
import io.holisticos.app.edge.Edge;
import io.holisticos.app.edge.ForwardedHeader;
import io.holisticos.app.limits.LimitsConfiguration;
import io.holisticos.cache.CacheConfiguration;
import io.holisticos.command.CommandsConfiguration;
import io.holisticos.health.SourceName;
import io.holisticos.pages.BrandConfiguration;
import io.holisticos.sahha.SahhaConfiguration;
import io.holisticos.unified.UnifiedConfiguration;
import io.holisticos.vault.VaultConfiguration;
import io.holisticos.whoop.WhoopConfiguration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code config.yml}, section by section. */
@ProductionSafe
public final class HealthConfiguration extends Configuration {

    /** The section of the entry point's database. */
    static final String SAHHA_DATABASE = "sahhaDatabase";

    private static final String WHOOP_DATABASE = "whoopDatabase";

    private static final String NAME = "[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?";
    private static final String PRODUCTION = "production";
    private static final String SANDBOX = "sandbox";

    /** {@code production}, or {@code sandbox}, which allows what production must not have. */
    @NotNull
    @OneOf({PRODUCTION, SANDBOX})
    @JsonProperty
    String deployment = PRODUCTION;

    /** What this process is called among the replicas, in logs and as the owner of jobs; empty for the name of the host. */
    @NotNull
    @Pattern(
            regexp = "|" + NAME,
            message = "must be a name of letters, digits, dots, dashes and underscores, or empty for that of the host")
    @JsonProperty
    String replica = "";

    /** Where browsers reach us, without a slash at the end. */
    @NotNull
    @Pattern(regexp = "https?://[^/\\s]+", message = "must be like https://health.example.com, without a path")
    @JsonProperty
    String publicUrl = "";

    /** Other host names by which callers reach us; see {@link Edge}. */
    @NotNull
    @JsonDeserialize(using = CommaList.class)
    @JsonProperty
    List<@Pattern(regexp = NAME, message = "must be a name of a host, without scheme and port") String> hosts =
            List.of();

    /** Addresses, or ranges of addresses, of the proxies that are believed about where a request comes from. */
    @NotNull
    @JsonDeserialize(using = CommaList.class)
    @JsonProperty
    List<String> trustedProxies = List.of();

    /** The header that these proxies write. Any other they pass on as the client wrote it. */
    @NotNull
    @JsonProperty
    ForwardedHeader forwardedHeader = ForwardedHeader.X_FORWARDED_FOR;

    /** By what members know our pages. */
    @Valid
    @NotNull
    @JsonProperty
    BrandConfiguration brand = new BrandConfiguration();

    /** How bodies of requests have to arrive. */
    @Valid
    @NotNull
    @JsonProperty
    BodiesConfiguration bodies = new BodiesConfiguration();

    /** How clients have to take answers. */
    @Valid
    @NotNull
    @JsonProperty
    AnswersConfiguration answers = new AnswersConfiguration();

    /** What browsers are told whose members reach us by https, directly or through a trusted proxy; {@code off} for nothing. */
    @NotNull
    @Pattern(
            regexp = "off|max-age=\\d{1,10}(; includeSubDomains)?(; preload)?",
            message = "must be off, or like max-age=31536000; includeSubDomains")
    @JsonProperty
    String strictTransportSecurity = "max-age=31536000; includeSubDomains";

    /** How many requests a second one caller may send. */
    @Valid
    @NotNull
    @JsonProperty
    LimitsConfiguration limits = new LimitsConfiguration();

    /** Pages of the admin port that show or cost much. */
    @Valid
    @NotNull
    @JsonProperty
    DiagnosticsConfiguration diagnostics = new DiagnosticsConfiguration();

    /** The entry point's database. */
    @Valid
    @NotNull
    @JsonProperty
    DatabaseConfiguration sahhaDatabase = new DatabaseConfiguration();

    /** WHOOP's database; never opened without WHOOP credentials. */
    @Valid
    @NotNull
    @JsonProperty
    DatabaseConfiguration whoopDatabase = new DatabaseConfiguration();

    @Valid
    @NotNull
    @JsonProperty
    VaultConfiguration vault = new VaultConfiguration();

    @Valid
    @NotNull
    @JsonProperty
    AccessConfiguration access = new AccessConfiguration();

    @Valid
    @NotNull
    @JsonProperty
    SheddingConfiguration shedding = new SheddingConfiguration();

    /** After SIGTERM: how long this process says that it is not ready, and serves, before it closes its ports. */
    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 60, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration drainTime = Duration.seconds(5);

    /** After a start: how long this process may say that it is not ready, while it runs its hot paths; 0 s for not at all. */
    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 60, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration warmUp = Duration.seconds(10);

    @Valid
    @NotNull
    @JsonProperty
    SahhaConfiguration sahha = new SahhaConfiguration();

    @Valid
    @NotNull
    @JsonProperty
    WhoopConfiguration whoop = new WhoopConfiguration();

    @Valid
    @NotNull
    @JsonProperty
    UnifiedConfiguration unified = new UnifiedConfiguration();

    /** What happens by itself while WHOOP is on for a share of members only. */
    @Valid
    @NotNull
    @JsonProperty
    CanaryConfiguration canary = new CanaryConfiguration();

    /** Answers that are kept in memory. */
    @Valid
    @NotNull
    @JsonProperty
    CacheConfiguration cache = new CacheConfiguration();

    /** What is common to all commands, as Hystrix calls guarded calls. */
    @Valid
    @NotNull
    @JsonProperty
    CommandsConfiguration commands = new CommandsConfiguration();

    /** The streams that Hystrix's dashboard reads. */
    @Valid
    @NotNull
    @JsonProperty
    HystrixConfiguration hystrix = new HystrixConfiguration();

    /** What the page for Prometheus shows. */
    @Valid
    @NotNull
    @JsonProperty
    PrometheusConfiguration prometheus = new PrometheusConfiguration();

    /** The settings of the edge, which handles every request on both ports first. */
    Edge.Settings edge() {
        return new Edge.Settings(
                String.valueOf(URI.create(publicUrl).getHost()),
                Set.copyOf(hosts),
                trustedProxies,
                forwardedHeader,
                bodies,
                answers,
                strictTransportSecurity.equals("off") ? "" : strictTransportSecurity);
    }

    /** What decides answers beside code and data: with another of these, an answer that is kept may be another one. */
    List<Object> decidingAnswers() {
        return List.of(unified, sahha, whoop, sahhaDatabase.getUrl(), whoopDatabase.getUrl());
    }

    @JsonIgnore
    @ValidationMethod(message = "trustedProxies must be addresses or ranges such as 10.0.0.0/8, separated by commas")
    public boolean isEveryTrustedProxyAnAddress() {
        return trustedProxies.stream().allMatch(Edge::isRange);
    }

    @JsonIgnore
    @ValidationMethod(
            message = "useForwardedHeaders believes every caller: list your proxies in trustedProxies instead")
    public boolean isNobodyElseBelievedAboutClients() {
        return !(getServerFactory() instanceof DefaultServerFactory server)
                || Stream.concat(server.getApplicationConnectors().stream(), server.getAdminConnectors().stream())
                        .noneMatch(connector ->
                                connector instanceof HttpConnectorFactory http && http.isUseForwardedHeaders());
    }

    @JsonIgnore
    @ValidationMethod(
            message = "sahhaDatabase: maxWaitForConnection and socketTimeout with 400 ms must fit unified.shares.sahha")
    public boolean isSahhaDatabaseInsideItsShare() {
        return unified.fits(sahhaDatabase.longestHold(), Sources.SAHHA);
    }

    @JsonIgnore
    @ValidationMethod(
            message = "whoopDatabase: maxWaitForConnection and socketTimeout with 400 ms must fit unified.shares.whoop")
    public boolean isWhoopDatabaseInsideItsShare() {
        return unified.fits(whoopDatabase.longestHold(), Sources.WHOOP);
    }

    @JsonIgnore
    @ValidationMethod(
            message = "cache.redis.url (CACHE_REDIS_URL) needs WHOOP_CLIENT_ID and WHOOP_CLIENT_SECRET: answers are"
                    + " sealed with the keys of members, which are in WHOOP's database")
    public boolean isSharedAnswerSealed() {
        return cache.redis().isEmpty() || whoop.isConfigured();
    }

    @JsonIgnore
    @ValidationMethod(
            message = "logging.level (LOG_LEVEL) and the levels of logging.loggers must be one of OFF, ERROR,"
                    + " WARN, INFO, DEBUG, TRACE, ALL")
    public boolean isEveryLogLevelKnown() {
        return !(getLoggingFactory() instanceof DefaultLoggingFactory logging)
                || (isLevel(logging.getLevel())
                        && logging.getLoggers().values().stream()
                                .map(logger -> logger.isObject() ? logger.path("level") : logger)
                                .allMatch(level -> level.isMissingNode()
                                        || (level.isBoolean() && !level.asBoolean()) // YAML's word for OFF
                                        || isLevel(level.asText())));
    }

    /** How many connections the database of each source may open; none for a source without credentials. */
    Map<SourceName, Integer> connections() {
        Map<SourceName, Integer> bySource = new LinkedHashMap<>();
        bySource.put(Sources.SAHHA, sahhaDatabase.mayOpen());
        bySource.put(Sources.WHOOP, whoop.isConfigured() ? whoopDatabase.mayOpen() : 0);
        return bySource;
    }

    /** The databases that the service opens, by their sections. */
    Map<String, DatabaseConfiguration> databases() {
        Map<String, DatabaseConfiguration> bySection = new LinkedHashMap<>();
        bySection.put(SAHHA_DATABASE, sahhaDatabase);
        if (whoop.isConfigured()) {
            bySection.put(WHOOP_DATABASE, whoopDatabase);
        }
        return bySection;
    }

    /** Whether members have tokens to sign in with, and a link that connects one works where nobody is signed in. */
    boolean isEveryLinkAnybodys() {
        return whoop.isConfigured() && access.jwt.isOn() && !whoop.connectsInSessionsOnly();
    }

    boolean isForProduction() {
        return deployment.equals(PRODUCTION);
    }

    private static boolean isLevel(String word) {
        return word.equalsIgnoreCase("false") || Level.toLevel(word, null) != null;
    }
}
