package io.holisticos.sandbox.door;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.sandbox.door.Attempt.Effect;
import org.junit.jupiter.api.Test;

/** When an attempt's effect counts as seen. */
class EffectTest {

    private final ObjectNode before =
            new ObjectMapper().createObjectNode().put("revision", "one").put("date", "2026-11-30");

    @Test
    void anotherRevisionAloneIsNoEffect() {
        ObjectNode after = before.deepCopy().put("revision", "two").put("generated_at", "later");

        assertThat(Effect.SHOWN.isSeen().test(before, after)).isFalse();
    }

    @Test
    void aPreferenceThatDecidesNothingTodayStillChangesTheRevision() {
        ObjectNode after = before.deepCopy().put("revision", "two");

        assertThat(Effect.ANYTHING_OR_NOTHING_NEW.isSeen().test(before, after)).isTrue();
    }

    @Test
    void whatTheAnswerShowsIsOne() {
        ObjectNode after = before.deepCopy().put("revision", "two").put("date", "2026-12-01");

        assertThat(Effect.SHOWN.isSeen().test(before, after)).isTrue();
    }
}
