package io.holisticos.whoop.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** How far the scoring of a record is, in WHOOP's word; a word we do not know is kept and is nobody's fault. */
public record ScoreState(@JsonValue String word) {

    /** Longer words are refused: nothing documented comes near. */
    private static final int MAX_LENGTH = 50;

    @JsonCreator
    public ScoreState {
        if (word.isBlank() || word.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("score_state must have 1 to " + MAX_LENGTH + " characters");
        }
        if (StorableValues.textRefusal(word) != null) {
            throw new IllegalArgumentException("score_state " + StorableValues.textRefusal(word));
        }
    }

    /** What the word means to us. */
    public enum Kind {
        /** A score is present; it may still change. */
        SCORED,
        /** Being computed; ask again later. */
        PENDING_SCORE,
        /** Will not be scored. */
        UNSCORABLE,
        /** A word newer than this code. */
        UNKNOWN
    }

    /** For exhaustive switches. */
    public Kind kind() {
        return switch (word) {
            case "SCORED" -> Kind.SCORED;
            case "PENDING_SCORE" -> Kind.PENDING_SCORE;
            case "UNSCORABLE" -> Kind.UNSCORABLE;
            default -> Kind.UNKNOWN;
        };
    }

    @Override
    public String toString() {
        return word;
    }
}
