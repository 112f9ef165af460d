package io.holisticos.whoop.quota;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the quota stands, for operators: no ids of members.
 *
 * @param nextPermitAt when anybody may be granted anything
 * @param blockedUntil null unless WHOOP answered 429 and the time it asked for has not passed
 * @param usedByOthers calls with our client id that were not ours, as far as WHOOP's headers told
 * @param blocks until when nothing is granted, by window: WHOOP's 429, its count, or an operator
 * @param headersIgnored how many of WHOOP's headers made no sense, since this process started
 * @param forecast in words
 * @param membersThatFit how many members the day can carry at what they cost now
 * @param admitsNewMembers whether first reads of new members would leave those there are what they need
 */
@JsonPropertyOrder({
    "minute",
    "day",
    "used_by_others",
    "lanes",
    "next_permit_at",
    "blocked_until",
    "blocks",
    "headers_ignored",
    "forecast",
    "day_ends_at",
    "members",
    "calls_per_member_and_day",
    "members_that_fit",
    "admits_new_members"
})
public record QuotaReport(
        @JsonProperty("minute") Used minute,
        @JsonProperty("day") Used day,
        @JsonProperty("used_by_others") UsedByOthers usedByOthers,
        @JsonProperty("lanes") Map<String, LaneUse> lanes,
        @JsonProperty("next_permit_at") Instant nextPermitAt,
        @JsonProperty("blocked_until") @Nullable Instant blockedUntil,
        @JsonProperty("blocks") Map<String, Instant> blocks,
        @JsonProperty("headers_ignored") long headersIgnored,
        @JsonProperty("forecast") String forecast,
        @JsonProperty("day_ends_at") @Nullable Instant dayEndsAt,
        @JsonProperty("members") int members,
        @JsonProperty("calls_per_member_and_day") @Nullable Double callsPerMemberAndDay,
        @JsonProperty("members_that_fit") int membersThatFit,
        @JsonProperty("admits_new_members") boolean admitsNewMembers) {

    /** Grants in a window, margin included. */
    @JsonPropertyOrder({"used", "most"})
    public record Used(
            @JsonProperty("used") int used,
            @JsonProperty("most") int most) {}

    /** In WHOOP's minute that goes on, and in the last day at least; the day's are subtracted from ours. */
    @JsonPropertyOrder({"minute", "day"})
    public record UsedByOthers(
            @JsonProperty("minute") int minute,
            @JsonProperty("day") int day) {}

    /**
     * One lane in the last minute.
     *
     * @param borrowed what it used beyond its guarantee
     * @param waiting members who were refused and told to come back
     */
    @JsonPropertyOrder({"used", "guaranteed", "borrowed", "used_in_day", "waiting"})
    public record LaneUse(
            @JsonProperty("used") int used,
            @JsonProperty("guaranteed") int guaranteed,
            @JsonProperty("borrowed") int borrowed,
            @JsonProperty("used_in_day") int usedInDay,
            @JsonProperty("waiting") int waiting) {}

    public QuotaReport {
        blocks = Collections.unmodifiableMap(new LinkedHashMap<>(blocks));
        lanes = Collections.unmodifiableMap(new LinkedHashMap<>(lanes)); // in the order of rank
    }

    LaneUse lane(Lane lane) {
        return Objects.requireNonNull(lanes.get(lane.word()));
    }

    static QuotaReport of(
            QuotaState state, LaneRules rules, Limit minute, Limit day, long headersIgnored, Instant now) {
        int[] inMinute = state.grants.countByLaneAfter(now.minus(minute.length()));
        int[] inDay = state.grants.countByLaneAfter(now.minus(day.length()));
        int[] waiting = state.waiting.countByLane(now);
        Map<String, LaneUse> lanes = new LinkedHashMap<>();
        for (Lane lane : Lane.values()) {
            int used = inMinute[lane.number];
            int guaranteed = rules.guaranteed(lane);
            lanes.put(
                    lane.word(),
                    new LaneUse(
                            used,
                            guaranteed,
                            Math.max(0, used - guaranteed),
                            inDay[lane.number],
                            waiting[lane.number]));
        }
        Forecast forecast = Forecast.of(state.grants, state.day(now), now);
        Map<String, Instant> blocks = new LinkedHashMap<>();
        state.blocks(now).forEach((window, until) -> blocks.put(window.columnValue, until));
        return new QuotaReport(
                new Used(LaneRules.sum(inMinute), minute.most()),
                new Used(LaneRules.sum(inDay), day.most()),
                new UsedByOthers(state.foreign.inMinute(now), state.foreign.inDay(now)),
                lanes,
                state.roomAt(state.notBeforeTheLast(now)),
                state.blockedUntil(now),
                blocks,
                headersIgnored,
                forecast.text(),
                forecast.endsAt(),
                forecast.members(),
                forecast.callsPerMemberAndDay(),
                forecast.membersThatFit(),
                forecast.admitsOneMore());
    }
}
