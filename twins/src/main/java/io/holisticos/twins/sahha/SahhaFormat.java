package io.holisticos.twins.sahha;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.twins.sahha.Rows.Archetype;
import io.holisticos.twins.sahha.Rows.Biomarker;
import io.holisticos.twins.sahha.Rows.Comparison;
import io.holisticos.twins.sahha.Rows.Factor;
import io.holisticos.twins.sahha.Rows.Score;
import io.holisticos.twins.sahha.Rows.Trend;
import io.holisticos.twins.sahha.Rows.Value;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;

/** Writes the rows of one profile as Sahha does, with the quirks in force. */
final class SahhaFormat {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");
    private static final DateTimeFormatter STAMP_WITHOUT_OFFSET = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mmxxx");
    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxxx");
    private static final DateTimeFormatter HOOK = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'");
    private static final double SOME = 0.25;

    private final Profile profile;
    private final String accountId;
    private final Quirks quirks;

    SahhaFormat(Profile profile, String accountId, Quirks quirks) {
        this.profile = profile;
        this.accountId = accountId;
        this.quirks = quirks;
    }

    /** A score as the API answers it. */
    ObjectNode score(Score score) {
        return write(score, node -> {}, node -> {
            created(node, score.createdAt(), score.offset());
            version(node);
        });
    }

    /** A score as its webhook carries it. */
    ObjectNode scoreEvent(Score score) {
        return write(score, this::owner, node -> createdForHook(node, score.createdAt()));
    }

    private ObjectNode write(Score score, Consumer<ObjectNode> owner, Consumer<ObjectNode> end) {
        String name = "score|" + score.type() + "|" + score.date() + "|" + score.revision();
        var node = JSON.objectNode().put("id", uuid(name));
        owner.accept(node);
        node.put("type", score.type());
        if (quirks.on(SahhaQuirk.NULL_SCORES) && some(name)) {
            node.putNull("state").putNull("score");
        } else {
            node.put("state", word(score.state(), name)).put("score", score.score());
        }
        var factors = node.putArray("factors");
        if (!quirks.on(SahhaQuirk.EMPTY_FACTORS)) {
            score.factors().forEach(factor -> factor(factors, factor, name + "|" + factor.name()));
        }
        var sources = node.putArray("dataSources");
        score.dataSources().forEach(sources::add);
        node.put("scoreDateTime", scoreDate(score));
        end.accept(node);
        return extras(node, name);
    }

    private String scoreDate(Score score) {
        var midnight = score.date().atStartOfDay();
        if (quirks.on(SahhaQuirk.SCORE_DATE_WITHOUT_OFFSET)) {
            return midnight.format(STAMP_WITHOUT_OFFSET);
        }
        return quirks.on(SahhaQuirk.SCORE_DATE_Z)
                ? midnight.format(STAMP_WITHOUT_OFFSET) + "Z"
                : stamp(midnight, score.offset());
    }

    private void factor(ArrayNode into, Factor factor, String name) {
        if (quirks.on(SahhaQuirk.MISSING_FACTORS) && some(name)) {
            return;
        }
        var node = into.addObject();
        if (quirks.on(SahhaQuirk.FACTOR_ID_IS_NAME)) {
            node.put("id", factor.name());
        } else if (!quirks.on(SahhaQuirk.FACTOR_WITHOUT_ID)) {
            node.put("id", uuid(name));
        }
        boolean typos = quirks.on(SahhaQuirk.DOCUMENTED_TYPOS);
        boolean contiuity = typos && factor.name().equals("sleep_continuity");
        node.put("name", contiuity ? "sleep_contiuity" : factor.name());
        boolean unknown = quirks.on(SahhaQuirk.NULL_FACTORS) && some(name);
        if (unknown) {
            node.putNull("value");
        } else if (isFraction(factor)) {
            node.put("value", noisy(factor.value()));
        } else {
            node.put("value", Math.round(factor.value()));
        }
        node.put("goal", Math.round(factor.goal()));
        if (unknown) {
            node.putNull("score").putNull("state");
        } else {
            node.put("score", noisy(factor.score())).put("state", word(factor.state(), name));
        }
        node.put("unit", typos && factor.unit().equals("minute") ? "mintue" : factor.unit());
    }

    private static boolean isFraction(Factor factor) {
        return factor.unit().equals("index") || factor.name().equals("sleep_debt");
    }

    /** Sahha stores these in single precision, which shows in their digits. */
    private static double noisy(double value) {
        return (float) value;
    }

    /** A biomarker as the API answers it. */
    ObjectNode biomarker(Biomarker row) {
        return extras(write(row, row.periodicity(), node -> {}), "biomarker|" + row.type() + row.start());
    }

    /** The same, called daily although its day is not over, as Sahha may send it beside the intraday one. */
    ObjectNode biomarkerCalledDaily(Biomarker row) {
        return extras(write(row, "daily", node -> {}), "biomarker|" + row.type() + row.start());
    }

    /** The same, called intraday although its day is over. */
    ObjectNode biomarkerCalledIntraday(Biomarker row) {
        return extras(write(row, "intraday", node -> {}), "biomarker|" + row.type() + row.start());
    }

    /** A biomarker as its webhook carries it. */
    ObjectNode biomarkerEvent(Biomarker row) {
        var node = write(row, row.periodicity(), this::owner);
        createdForHook(node, row.createdAt());
        return extras(node, "biomarker|" + row.type() + row.start());
    }

    private ObjectNode write(Biomarker row, String periodicity, Consumer<ObjectNode> owner) {
        String name = "biomarker|" + row.type() + "|" + row.start() + "|" + periodicity + "|" + row.revision();
        var node = JSON.objectNode().put("id", uuid(name));
        owner.accept(node);
        node.put("category", row.category())
                .put("type", row.type())
                .put("periodicity", periodicity)
                .put("aggregation", row.aggregation());
        String valueType = value(node, row.value(), row.unit());
        node.put("valueType", quirks.on(SahhaQuirk.UNKNOWN_WORDS) && some(name) ? "quantity" : valueType);
        var end = quirks.on(SahhaQuirk.MIDNIGHT_WINDOW_END) ? row.end().plusSeconds(1) : row.end();
        return node.put("startDateTime", stamp(row.start(), row.offset())).put("endDateTime", stamp(end, row.offset()));
    }

    /** Puts value and unit, and returns the value's type. */
    private String value(ObjectNode node, Value value, String unit) {
        if (value instanceof Value.Moment moment) {
            node.put("value", moment(moment.time())).put("unit", unit);
            return "datetime";
        }
        BigDecimal number = number(value);
        boolean decimal = value instanceof Value.Decimal;
        if (quirks.on(SahhaQuirk.NUMERIC_VALUES)) {
            node.put("value", number).put("unit", unit);
            return "double";
        }
        boolean pointed = decimal && number.scale() <= 0 && quirks.on(SahhaQuirk.VALUE_ENDS_WITH_POINT);
        node.put("value", number.toPlainString() + (pointed ? "." : "")).put("unit", unit);
        return value instanceof Value.Whole whole ? whole.valueType() : "double";
    }

    private static BigDecimal number(Value value) {
        if (value instanceof Value.Whole whole) {
            return BigDecimal.valueOf(whole.number());
        }
        if (value instanceof Value.Decimal decimal) {
            var rounded = BigDecimal.valueOf(decimal.number()).setScale(decimal.most(), RoundingMode.HALF_UP);
            var shortest = rounded.signum() == 0 ? BigDecimal.ZERO : rounded.stripTrailingZeros();
            return shortest.scale() < decimal.fewest() ? shortest.setScale(decimal.fewest()) : shortest;
        }
        throw new IllegalArgumentException("not a number: " + value);
    }

    private String moment(OffsetDateTime time) {
        if (quirks.on(SahhaQuirk.VALUE_TIME_WITH_MILLIS) || !time.equals(time.truncatedTo(ChronoUnit.MINUTES))) {
            return time.format(MILLIS);
        }
        return time.format(quirks.on(SahhaQuirk.VALUE_TIME_WITH_SECONDS) ? STAMP : MINUTE);
    }

    /** An archetype as the API answers it. */
    ObjectNode archetype(Archetype row) {
        var node = JSON.objectNode()
                .put("id", archetypeId(row))
                .put("name", row.name())
                .put("value", row.value())
                .put("dataType", row.dataType())
                .put("periodicity", row.periodicity())
                .put("startDateTime", stamp(row.first().atStartOfDay(), row.offset()))
                .put("endDateTime", stamp(row.last().atStartOfDay(), row.offset()))
                .put("ordinality", row.ordinality());
        version(node);
        return extras(node, row.name() + row.first());
    }

    /** An archetype as its webhook carries it. */
    ObjectNode archetypeEvent(Archetype row) {
        var node = JSON.objectNode().put("id", archetypeId(row));
        owner(node);
        node.put("name", row.name())
                .put("value", row.value())
                .put("dataType", row.dataType())
                .put("ordinality", row.ordinality())
                .put("periodicity", row.periodicity())
                .put("startDateTime", stamp(row.first().atStartOfDay(), row.offset()))
                .put("endDateTime", stamp(row.last().atStartOfDay(), row.offset()));
        createdForHook(node, row.createdAt());
        return extras(node, row.name() + row.first());
    }

    private String archetypeId(Archetype row) {
        return uuid("archetype|" + row.name() + "|" + row.periodicity() + "|" + row.first());
    }

    ObjectNode trend(Trend trend) {
        var first = trend.weeks().get(0);
        var last = trend.weeks().get(trend.weeks().size() - 1);
        var node = JSON.objectNode()
                .put("id", uuid("trend|" + trend.category() + "|" + trend.name() + "|" + last.last()))
                .put("type", "trend")
                .put("category", trend.category())
                .put("name", trend.name())
                .put("state", trend.state())
                .put("isHigherBetter", trend.isHigherBetter());
        node.putArray("valueRange").add(0.0).add(1.0);
        node.put("unit", "index")
                .put("periodicity", "weekly")
                .put("trendStartDateTime", stamp(first.first().atStartOfDay(), trend.offset()))
                .put("trendEndDateTime", stamp(last.last().atStartOfDay(), trend.offset()));
        var weeks = node.putArray("data");
        trend.weeks()
                .forEach(week -> weeks.addObject()
                        .put("startDateTime", stamp(week.first().atStartOfDay(), trend.offset()))
                        .put("endDateTime", stamp(week.last().atStartOfDay(), trend.offset()))
                        .put("value", week.value())
                        .put("percentChangeFromPrevious", week.percentChange()));
        created(node, trend.createdAt(), trend.offset());
        return node;
    }

    ObjectNode comparison(Comparison row) {
        var node = JSON.objectNode()
                .put("id", uuid("comparison|" + row.category() + "|" + row.name() + "|" + row.date()))
                .put("type", "comparison")
                .put("category", row.category())
                .put("name", row.name())
                .put("value", row.value())
                .put("unit", row.unit())
                .put("isHigherBetter", row.isHigherBetter())
                .put("periodicity", "daily")
                .put("startDateTime", stamp(row.date().atStartOfDay(), row.offset()))
                .put("endDateTime", stamp(row.date().atTime(23, 59, 59), row.offset()));
        var others = node.putArray("data");
        for (var reference : row.references()) {
            double difference = row.value() - reference.value();
            var other = others.addObject()
                    .put("type", reference.type())
                    .put("value", reference.value())
                    .put("percentile", reference.percentile())
                    .put("difference", Scores.round(difference, 2))
                    .put(
                            "percentageDifference",
                            reference.value() == 0 ? 0 : Scores.round(difference / reference.value() * 100, 1))
                    .put("state", reference.state());
            if (reference.type().equals("demographic")) {
                other.putObject("properties").put("gender", "female").put("ageRange", "30-34");
            } else {
                other.putNull("properties");
            }
        }
        created(node, row.createdAt(), row.offset());
        return node;
    }

    /** The sleep stages that a phone's health store handed to Sahha, as the data log's webhook carries them. */
    ObjectNode sleepLogEvent(CollectedDay.Night night, CollectedDay.Stages stages, String source, Instant receivedAt) {
        var node = JSON.objectNode().put("logType", "sleep").put("dataType", "sleep_stage_deep");
        owner(node);
        node.put("receivedAtUtc", receivedAt.atOffset(ZoneOffset.UTC).format(HOOK));
        node.putArray("dataLogs")
                .addObject()
                .put("id", uuid("log|" + night.start()))
                .putNull("parentId")
                .put("value", (double) stages.deep())
                .put("unit", "minute")
                .put("source", source)
                .put("recordingMethod", "automatically_recorded")
                .put("deviceType", Directory.DEVICE)
                .put("startDateTime", night.start().format(STAMP))
                .put("endDateTime", night.end().format(STAMP))
                .putObject("additionalProperties");
        return node;
    }

    static ArrayNode array(List<ObjectNode> nodes) {
        return JSON.arrayNode().addAll(nodes);
    }

    /** A moment in UTC as the API writes it. */
    static String utc(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC).format(STAMP);
    }

    private void owner(ObjectNode node) {
        node.put("profileId", profile.profileId()).put("accountId", accountId).put("externalId", profile.externalId());
    }

    private void created(ObjectNode node, Instant moment, ZoneOffset local) {
        String key = quirks.on(SahhaQuirk.CREATED_AT_NAME) ? "createdAt" : "createdAtUtc";
        if (quirks.on(SahhaQuirk.CREATED_AT_Z)) {
            node.put(key, moment.atOffset(ZoneOffset.UTC).format(STAMP_WITHOUT_OFFSET) + "Z");
        } else if (quirks.on(SahhaQuirk.CREATED_AT_LOCAL_OFFSET)) {
            node.put(key, moment.atOffset(local).format(STAMP));
        } else {
            node.put(key, utc(moment));
        }
    }

    private void version(ObjectNode node) {
        if (quirks.on(SahhaQuirk.DECIMAL_VERSION)) {
            node.put("version", 1.0);
        } else {
            node.put("version", 1);
        }
    }

    private static void createdForHook(ObjectNode node, Instant moment) {
        node.put("createdAtUtc", moment.atOffset(ZoneOffset.UTC).format(HOOK)).put("version", 1.0);
    }

    private ObjectNode extras(ObjectNode node, String name) {
        if (quirks.on(SahhaQuirk.UNKNOWN_FIELDS)) {
            node.put("requestId", uuid("request|" + name));
            node.putObject("provenance")
                    .put("engine", "synthetic")
                    .putArray("stages")
                    .add(1)
                    .addNull();
        }
        return node;
    }

    private String word(String state, String name) {
        return quirks.on(SahhaQuirk.UNKNOWN_WORDS) && some(name) ? "exceptional" : state;
    }

    private boolean some(String name) {
        return SeededValues.unit(profile.profileId().hashCode(), name) < SOME;
    }

    private String uuid(String name) {
        return SeededValues.uuid(profile.profileId() + "|" + name).toString();
    }

    private static String stamp(LocalDateTime time, ZoneOffset offset) {
        return time.atOffset(offset).format(STAMP);
    }
}
