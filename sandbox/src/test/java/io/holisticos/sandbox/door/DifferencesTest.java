package io.holisticos.sandbox.door;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.sandbox.door.Differences.Difference;
import java.util.List;
import org.junit.jupiter.api.Test;

class DifferencesTest {

    private final ObjectMapper json = new ObjectMapper();

    @Test
    void aValueIsNamedByItsPathBeforeAndAfter() throws Exception {
        assertThat(between("{'metrics':{'steps':{'value':1}}}", "{'metrics':{'steps':{'value':2}}}"))
                .containsExactly(new Difference("metrics.steps.value", "1", "2"));
    }

    @Test
    void whatIsMadeAnewForEachAnswerIsNoDifference() throws Exception {
        assertThat(
                        between(
                                "{'generated_at':'a','processing_stats':{'total_time_ms':1},'sources':[{'name':'sahha','as_of':'a'}]}",
                                "{'generated_at':'b','processing_stats':{'total_time_ms':2},'sources':[{'name':'sahha','as_of':'b'}]}"))
                .isEmpty();
    }

    @Test
    void elementsAreToldApartByTheirNames() throws Exception {
        assertThat(between(
                        "{'workouts':[{'id':'w1','strain':3}]}", "{'workouts':[{'id':'w2'},{'id':'w1','strain':4}]}"))
                .containsExactly(
                        new Difference("workouts[w1].strain", "3", "4"),
                        new Difference("workouts[w2]", "", "{\"id\":\"w2\"}"));
    }

    @Test
    void elementsOfOneNameAreToldApartByTheirPlace() throws Exception {
        assertThat(between("[{'name':'a','v':1},{'name':'a','v':2}]", "[{'name':'a','v':1},{'name':'a','v':3}]"))
                .containsExactly(new Difference("[1].v", "2", "3"));
    }

    @Test
    void whatAppearsIsOneRowAndAMeasuredValueReadsAsOne() throws Exception {
        assertThat(between(
                        "{'metrics':{}}",
                        "{'metrics':{'hrv.sdnn':{'value':42,'unit':'ms','source':'sahha','others':[]}}}"))
                .containsExactly(new Difference("metrics.hrv.sdnn", "", "42 ms sahha"));
    }

    @Test
    void aWorkoutReadsAsWhatAndWhen() throws Exception {
        assertThat(between("{'workouts':[]}", "{'workouts':[{'id':'w1','sport':'rowing','start':'12:00','strain':3}]}"))
                .containsExactly(new Difference("workouts[w1]", "", "rowing 12:00"));
    }

    @Test
    void whatIsShownComesBeforeWhatItIsMadeOf() throws Exception {
        assertThat(
                        between(
                                "{'revision':'a','whoop':{'x':1},'metrics':{'m':1},'sources':[{'name':'whoop','status':'ok'}]}",
                                "{'revision':'b','whoop':{'x':2},'metrics':{'m':2},'sources':[{'name':'whoop','status':'stale'}]}"))
                .extracting(Difference::path)
                .containsExactly("sources[whoop].status", "metrics.m", "whoop.x", "revision");
    }

    @Test
    void aLongTextIsCut() throws Exception {
        assertThat(between("{}", "{'text':'" + "x".repeat(500) + "'}").get(0).after())
                .hasSizeLessThan(170)
                .endsWith(" …");
    }

    @Test
    void anAnswerThatIsNoJsonIsOneDifference() {
        assertThat(Differences.between(json.createObjectNode(), json.missingNode()))
                .hasSize(1);
    }

    private List<Difference> between(String before, String after) throws Exception {
        return Differences.between(json.readTree(before.replace('\'', '"')), json.readTree(after.replace('\'', '"')));
    }
}
