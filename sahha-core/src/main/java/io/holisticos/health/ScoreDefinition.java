package io.holisticos.health;

import io.holisticos.health.Score.Scale;
import java.util.List;

/**
 * What {@code metrics.yml} says of a composite score. A score is its source's own invention: scores stand side by side, and
 * never compete.
 *
 * @param zero whether a living person can have 0
 * @param from the source's own words for the record and the field
 * @param citation the document that says so
 */
public record ScoreDefinition(String name, SourceName source, Scale scale, boolean zero, String from, String citation) {

    public ScoreDefinition {
        MetricDefinition.require(!from.isBlank() && !citation.isBlank(), name + ": a score needs from and citation");
    }

    /** Whether a living person can have a zero of this score; of one that the file does not name, anybody can. */
    static boolean canBeZero(String name) {
        for (ScoreDefinition score : MetricFile.CONTENT.scores()) {
            if (score.name().equals(name)) {
                return score.zero();
            }
        }
        return true;
    }

    /** The scores of all sources, in the order of the file. */
    public static List<ScoreDefinition> all() {
        return MetricFile.CONTENT.scores();
    }

    /** The scores of a source, in the order of the file. */
    public static List<ScoreDefinition> of(SourceName source) {
        return MetricFile.CONTENT.scores().stream()
                .filter(score -> score.source().equals(source))
                .toList();
    }
}
