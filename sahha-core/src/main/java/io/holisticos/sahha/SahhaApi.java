package io.holisticos.sahha;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.holisticos.command.CommandKey;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.outbound.Budget;
import io.holisticos.outbound.Call;
import io.holisticos.outbound.Outbound;
import io.holisticos.outbound.RawJson;
import io.holisticos.outbound.Reply;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The calls of Sahha's REST API that we make, with what its answers mean. */
final class SahhaApi {

    static final SourceName SAHHA = new SourceName("sahha");

    private static final CommandKey PROFILE = new CommandKey("SAHHA_PROFILE");
    private static final CommandKey DEVICE = new CommandKey("SAHHA_DEVICE");

    private static final List<String> SCORE_TYPES =
            List.of("sleep", "activity", "readiness", "mental_wellbeing", "wellbeing");

    /** Reproductive data are left out: nobody here reads them. */
    private static final List<String> CATEGORIES =
            List.of("activity", "body", "characteristic", "exercise", "sleep", "vitals");

    /** 5 kB is the most that was ever seen. */
    private static final int MAX_ROW_BYTES = 256 * 1024;

    private static final Duration RETRY_AFTER_REFUSAL = Duration.ofSeconds(30);

    private final Outbound outbound;
    private final URI baseUrl;
    private final ObjectMapper mapper;
    private final RecordDecoder decoder;

    SahhaApi(Outbound outbound, URI baseUrl, ObjectMapper mapper, RecordDecoder decoder) {
        this(announced(outbound), decoder, baseUrl, mapper);
    }

    private SahhaApi(Outbound outbound, RecordDecoder decoder, URI baseUrl, ObjectMapper mapper) {
        this.outbound = outbound;
        this.baseUrl = baseUrl;
        this.mapper = mapper;
        this.decoder = decoder;
    }

    private static Outbound announced(Outbound outbound) {
        for (Kind kind : Kind.values()) {
            outbound.announce(keyOf(kind));
        }
        return outbound.announce(PROFILE, DEVICE);
    }

    /** The same calls with the same breakers, paid from another budget. */
    SahhaApi on(Budget budget) {
        return new SahhaApi(outbound.on(budget), decoder, baseUrl, mapper);
    }

    /**
     * The records of these days and one more on each side, because how Sahha reads the bounds is not documented. Empty
     * when Sahha has none or does not know the member.
     *
     * @param held whether older records of these days stand in when Sahha does not answer
     */
    List<SahhaRecord> fetch(
            Kind kind, UserId who, LocalDate from, LocalDate to, Deadline deadline, BooleanSupplier held) {
        String query = switch (kind) {
            case SCORES -> repeated("types", SCORE_TYPES) + "&";
            case BIOMARKERS -> repeated("categories", CATEGORIES) + "&";
            case ARCHETYPES -> "";
        };
        String path = switch (kind) {
            case SCORES -> "/api/v1/profile/score/";
            case BIOMARKERS -> "/api/v1/profile/biomarker/";
            case ARCHETYPES -> "/api/v1/profile/archetypes/";
        };
        URI uri = uri(
                baseUrl,
                path + segment(who) + "?" + query + "startDateTime=" + from.minusDays(1) + "&endDateTime="
                        + to.plusDays(1));
        return answered(Call.get(keyOf(kind), who, uri).withFallback(held), deadline)
                .map(reply -> decoder.decode(kind, rowsOf(kind, reply)))
                .orElse(List.of());
    }

    /** Each by itself: one that cannot be read is skipped, and the others go on. */
    private ArrayNode rowsOf(Kind kind, Reply reply) {
        ArrayNode rows = mapper.createArrayNode();
        for (byte[] raw : elementsOf(kind, reply)) {
            try {
                if (raw.length > MAX_ROW_BYTES) {
                    decoder.skip(kind, RawJson.fieldOf(raw, "id"), "longer than " + MAX_ROW_BYTES + " bytes");
                } else {
                    rows.add(mapper.readTree(raw));
                }
            } catch (IOException | RuntimeException e) { // whatever it is, the others go on
                decoder.skip(kind, RawJson.fieldOf(raw, "id"), "not JSON that can be read");
            }
        }
        return rows;
    }

    private static List<byte[]> elementsOf(Kind kind, Reply reply) {
        reply.requireNoHtml();
        try {
            return reply.isNull() ? List.of() : RawJson.elementsOf(reply.body());
        } catch (IOException e) {
            throw new BadSourceReply(SAHHA, "no list of " + kind.word());
        }
    }

    /** A fetch was spared: the same was under way. */
    void shared(Kind kind) {
        outbound.answeredFromCache(keyOf(kind));
    }

    /** The keys of all that is asked of Sahha. */
    static Set<String> commands() {
        return Stream.concat(
                        Stream.of(AccountToken.KEY, PROFILE, DEVICE),
                        Stream.of(Kind.values()).map(SahhaApi::keyOf))
                .map(CommandKey::name)
                .collect(Collectors.toSet());
    }

    private static CommandKey keyOf(Kind kind) {
        return new CommandKey("SAHHA_" + kind.name());
    }

    /** Whether Sahha has a profile by this id. */
    boolean fetchProfile(UserId who, Deadline deadline) {
        return read(Call.get(PROFILE, who, uri(baseUrl, "/api/v1/account/profile/" + segment(who))), deadline)
                .isPresent();
    }

    /** The offset of the member's phone: the only place where Sahha stores it. Empty when none was ever sent. */
    Optional<ZoneOffset> fetchDeviceOffset(UserId who, Deadline deadline) {
        Call call = Call.get(DEVICE, who, uri(baseUrl, "/api/v1/profile/deviceInformation/" + segment(who)));
        return read(call.withFallback(() -> true), deadline) // UTC will do until the next time
                .map(device -> device.path("timeZone").asText(""))
                .flatMap(SahhaApi::offset);
    }

    private Optional<JsonNode> read(Call call, Deadline deadline) {
        return answered(call, deadline)
                .map(reply -> reply.<JsonNode>decode(mapper, new TypeReference<>() {}))
                .filter(body -> !body.isMissingNode() && !body.isNull());
    }

    /** Empty for 204, no body, 404 and 410: nothing there. */
    private Optional<Reply> answered(Call call, Deadline deadline) {
        Reply reply = outbound.call(call, deadline);
        if (reply.status() == 404 || reply.status() == 410) {
            return Optional.empty();
        }
        if (reply.status() == 401 || reply.status() == 403) { // with a token just fetched: our account, not the member
            throw new SourceUnavailable(SAHHA, RETRY_AFTER_REFUSAL);
        }
        if (!reply.isSuccess()) {
            throw new BadSourceReply(SAHHA, "status " + reply.status() + " for " + call.key());
        }
        return reply.isEmpty() ? Optional.empty() : Optional.of(reply);
    }

    static URI uri(URI baseUrl, String pathAndQuery) {
        String base = baseUrl.toString();
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + pathAndQuery);
    }

    private static Optional<ZoneOffset> offset(String text) {
        try {
            return text.isBlank() ? Optional.empty() : Optional.of(ZoneOffset.of(text.strip()));
        } catch (DateTimeException e) { // a zone's name or nonsense: then we do not know
            return Optional.empty();
        }
    }

    private static String repeated(String name, List<String> values) {
        return values.stream().map(value -> name + "=" + value).collect(Collectors.joining("&"));
    }

    /** Any text at all may be an id: slashes, percent signs, even one or two dots. */
    private static String segment(UserId who) {
        String encoded = URLEncoder.encode(who.value(), StandardCharsets.UTF_8).replace("+", "%20");
        return encoded.equals(".") || encoded.equals("..") ? encoded.replace(".", "%2E") : encoded;
    }
}
