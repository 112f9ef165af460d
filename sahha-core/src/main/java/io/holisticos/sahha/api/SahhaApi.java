package io.holisticos.sahha.api;

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

/** The calls of Sahha's REST API that we make, and what its answers mean. Thread-safe. */
public final class SahhaApi {

    public static final SourceName SAHHA = new SourceName("sahha");

    private static final CommandKey PROFILE = new CommandKey("SAHHA_PROFILE");
    private static final CommandKey DEVICE = new CommandKey("SAHHA_DEVICE");

    private static final List<String> SCORE_TYPES =
            List.of("sleep", "activity", "readiness", "mental_wellbeing", "wellbeing");

    /** Reproductive data is left out because nothing here reads it. */
    private static final List<String> CATEGORIES =
            List.of("activity", "body", "characteristic", "exercise", "sleep", "vitals");

    /** Far more than the largest record ever seen, which had 5 kB. */
    private static final int MAX_ROW_BYTES = 256 * 1024;

    private static final Duration RETRY_AFTER_REFUSAL = Duration.ofSeconds(30);

    private final Outbound outbound;
    private final URI baseUrl;
    private final ObjectMapper mapper;
    private final RecordDecoder decoder;
    private final LastAnswers lastAnswers;

    public SahhaApi(
            Outbound outbound, URI baseUrl, ObjectMapper mapper, RecordDecoder decoder, LastAnswers lastAnswers) {
        this(announced(outbound), decoder, lastAnswers, baseUrl, mapper);
    }

    private SahhaApi(
            Outbound outbound, RecordDecoder decoder, LastAnswers lastAnswers, URI baseUrl, ObjectMapper mapper) {
        this.outbound = outbound;
        this.baseUrl = baseUrl;
        this.mapper = mapper;
        this.decoder = decoder;
        this.lastAnswers = lastAnswers;
    }

    private static Outbound announced(Outbound outbound) {
        for (SahhaKind kind : SahhaKind.values()) {
            outbound.announce(keyOf(kind));
        }
        return outbound.announce(PROFILE, DEVICE);
    }

    /** The same calls with the same breakers, charged to another budget. */
    public SahhaApi on(Budget budget) {
        return new SahhaApi(outbound.on(budget), decoder, lastAnswers, baseUrl, mapper);
    }

    /**
     * Fetches the records of these days and of one more day on each side, because Sahha does not document whether bounds
     * are inclusive. Empty when Sahha has none or does not know the member.
     *
     * @param hasFallback whether rows of these days are in the database, to be served when Sahha does not answer
     */
    public List<SahhaRecord> fetch(
            SahhaKind kind, UserId who, LocalDate from, LocalDate to, Deadline deadline, BooleanSupplier hasFallback) {
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
        Call call = Call.get(keyOf(kind), who, uri).withFallback(hasFallback);
        return lastAnswers.note(() -> answered(call, deadline)
                .map(reply -> decoder.decode(kind, rowsOf(kind, reply)))
                .orElse(List.of()));
    }

    /** Reads each record by itself, so that one that cannot be read is skipped without the others. */
    private ArrayNode rowsOf(SahhaKind kind, Reply reply) {
        ArrayNode rows = mapper.createArrayNode();
        for (byte[] raw : elementsOf(kind, reply)) {
            try {
                if (raw.length > MAX_ROW_BYTES) {
                    decoder.skip(kind, RawJson.fieldOf(raw, "id"), "longer than " + MAX_ROW_BYTES + " bytes");
                } else {
                    rows.add(mapper.readTree(raw));
                }
            } catch (IOException | RuntimeException e) { // whatever broke, the other records are read
                decoder.skip(kind, RawJson.fieldOf(raw, "id"), "not JSON that can be read");
            }
        }
        return rows;
    }

    private static List<byte[]> elementsOf(SahhaKind kind, Reply reply) {
        reply.requireNoHtml();
        try {
            return reply.isNull() ? List.of() : RawJson.elementsOf(reply.body());
        } catch (IOException e) {
            throw new BadSourceReply(SAHHA, "no list of " + kind.key());
        }
    }

    /** Counts a fetch that was not made because the same fetch was under way. */
    public void countShared(SahhaKind kind) {
        outbound.answeredFromCache(keyOf(kind));
    }

    /** The command keys of all calls. */
    public static Set<String> commands() {
        return Stream.concat(
                        Stream.of(AccountToken.KEY, PROFILE, DEVICE),
                        Stream.of(SahhaKind.values()).map(SahhaApi::keyOf))
                .map(CommandKey::name)
                .collect(Collectors.toSet());
    }

    private static CommandKey keyOf(SahhaKind kind) {
        return new CommandKey("SAHHA_" + kind.name());
    }

    /** Whether Sahha has a profile with this id. */
    public boolean fetchProfile(UserId who, Deadline deadline) {
        Call call = Call.get(PROFILE, who, uri(baseUrl, "/api/v1/account/profile/" + segment(who)));
        return lastAnswers.note(() -> read(call, deadline).isPresent());
    }

    /** The UTC offset of the member's phone, from the device information. Empty when the phone never sent one. */
    public Optional<ZoneOffset> fetchDeviceOffset(UserId who, Deadline deadline) {
        Call call = Call.get(DEVICE, who, uri(baseUrl, "/api/v1/profile/deviceInformation/" + segment(who)));
        return read(call.withFallback(() -> true), deadline) // the fallback is UTC, until the next attempt
                .map(device -> device.path("timeZone").asText(""))
                .flatMap(SahhaApi::offset);
    }

    private Optional<JsonNode> read(Call call, Deadline deadline) {
        return answered(call, deadline)
                .map(reply -> reply.<JsonNode>decode(mapper, new TypeReference<>() {}))
                .filter(body -> !body.isMissingNode() && !body.isNull());
    }

    /** Empty for 204, an empty body, 404 and 410. */
    private Optional<Reply> answered(Call call, Deadline deadline) {
        Reply reply = outbound.call(call, deadline);
        if (reply.status() == 404 || reply.status() == 410) {
            return Optional.empty();
        }
        if (reply.status() == 401
                || reply.status() == 403) { // refused with a new token: the fault is our account's, not the member's
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
        } catch (DateTimeException e) { // a zone name or nonsense: the offset is unknown
            return Optional.empty();
        }
    }

    private static String repeated(String name, List<String> values) {
        return values.stream().map(value -> name + "=" + value).collect(Collectors.joining("&"));
    }

    /** Encodes any id, even one of slashes, percent signs or dots. */
    private static String segment(UserId who) {
        String encoded = URLEncoder.encode(who.value(), StandardCharsets.UTF_8).replace("+", "%20");
        return encoded.equals(".") || encoded.equals("..") ? encoded.replace(".", "%2E") : encoded;
    }
}
