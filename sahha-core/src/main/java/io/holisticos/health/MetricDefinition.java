package io.holisticos.health;

import io.holisticos.health.Metric.Family;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What {@code metrics.yml} says of a metric.
 *
 * @param ucum the unit's code in the Unified Code for Units of Measure
 * @param sumOfDay whether the value is counted up through the day, so that the sum of a part of the day is too low
 * @param loinc its codes in LOINC; empty where none is certain
 * @param providedBy the sources of this product that have it
 */
public record MetricDefinition(
        String id,
        String quantity,
        String method,
        String period,
        String unit,
        String ucum,
        boolean sumOfDay,
        Family family,
        Range plausible,
        Tolerance tolerance,
        List<String> loinc,
        List<Provider> providedBy) {

    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9_]*(\\.[a-z0-9_]+)*");

    private static final Pattern LOINC = Pattern.compile("[0-9]{1,7}-[0-9]");

    /** Our words for units, with their codes in UCUM. */
    private static final Map<String, String> UNITS = Map.of(
            "bpm", "/min",
            "per_minute", "/min",
            "ms", "ms",
            "mL/kg/min", "mL/kg/min",
            "minute", "min",
            "hour", "h",
            "percent", "%",
            "count", "{count}",
            "celsius", "Cel",
            "kcal", "kcal");

    public MetricDefinition {
        loinc = List.copyOf(loinc);
        providedBy = List.copyOf(providedBy);
        require(ID.matcher(id).matches(), id + ": an id has the letters a to z, digits, _ and single dots");
        require(UNITS.containsKey(unit), id + ": unit must be one of " + UNITS.keySet() + ", was " + unit);
        require(ucum.equals(UNITS.get(unit)), id + ": the ucum code of " + unit + " is " + UNITS.get(unit));
        for (String code : loinc) {
            require(LOINC.matcher(code).matches(), id + ": a LOINC code looks like 40443-4, was " + code);
        }
        require(
                providedBy.stream().map(Provider::source).distinct().count() == providedBy.size(),
                id + ": provided_by names each source once");
    }

    /** How this source has the metric, if it does. */
    Optional<Provider> providedBy(SourceName source) {
        for (Provider provider : providedBy) {
            if (provider.source().equals(source)) {
                return Optional.of(provider);
            }
        }
        return Optional.empty();
    }

    /** Whether this source takes the metric from a night's sleep. */
    public boolean needsSleep(SourceName source) {
        return providedBy(source).map(Provider::needsSleep).orElse(false);
    }

    /** Whether what this source has of the metric belongs to a night, and lies on the day of that night. */
    public boolean isOfNight(SourceName source) {
        return period.equals("sleep") || needsSleep(source);
    }

    /** The values that a living person's day can have, both ends included, and where that is known from. */
    public record Range(BigDecimal min, BigDecimal max, String source) {

        public Range {
            require(min.compareTo(max) < 0, "min of plausible must be below max, was " + min + " and " + max);
            require(!source.isBlank(), "plausible needs a source");
        }
    }

    /**
     * How far two devices on the same person may differ.
     *
     * @param agree up to this they say the same
     * @param conflict beyond this both cannot be right
     * @param source where the figures are from
     */
    public record Tolerance(Kind kind, BigDecimal agree, BigDecimal conflict, String source) {

        public Tolerance {
            require(
                    agree.signum() >= 0 && agree.compareTo(conflict) <= 0,
                    "a tolerance needs 0 <= agree <= conflict, was " + agree + " and " + conflict);
            require(!source.isBlank(), "tolerance needs a source");
        }

        public enum Kind {
            /** In the metric's unit. */
            ABSOLUTE,
            /** In percent of the larger value. */
            RELATIVE
        }
    }

    /**
     * A source that has the metric.
     *
     * @param from the source's own words: first the kind of record, then the field
     * @param needsSleep whether it is taken from a night's sleep
     * @param citation the document that says so
     */
    public record Provider(SourceName source, String from, boolean needsSleep, String citation) {

        public Provider {
            require(from.indexOf(' ') > 0, "from must name a kind of record and then a field, was " + from);
            require(!citation.isBlank(), "a provider needs a citation");
        }

        /** The kind of record, such as WHOOP's {@code recovery}. */
        String kindOfRecord() {
            return from.substring(0, from.indexOf(' '));
        }
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
