package io.holisticos.sahha.existing;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.health.CombinedReader;
import io.holisticos.health.SourceName;
import io.holisticos.sahha.data.StoreCommand;
import io.holisticos.sahha.refresh.FreshnessRule;
import io.holisticos.sahha.refresh.ReaderRefresh;
import io.holisticos.web.AccessRules;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** Builds the resources of the existing paths. */
public final class ExistingPaths {

    private final ExistingReads reads;
    private final ObjectMapper mapper;

    /**
     * How fresh rows have to be, and how long a reader waits for them.
     *
     * @param overview for the scores of an overview
     * @param metrics for everything else
     * @param coldWait how long to wait when rows are cold
     */
    public record Rules(FreshnessRule overview, FreshnessRule metrics, Duration coldWait) {}

    public ExistingPaths(ReaderRefresh refresh, StoreCommand stores, Rules rules, ObjectMapper mapper, Clock clock) {
        this.reads = new ExistingReads(refresh, stores, rules, clock);
        this.mapper = mapper;
    }

    /**
     * The resources.
     *
     * @param whoop the source that {@code include_whoop=true} shows
     * @param combined is asked for {@code include_whoop=true} only
     */
    public List<Object> resources(SourceName whoop, CombinedReader combined, AccessRules access) {
        return List.of(
                new LivenessResource(),
                new ExistingHealthMetricsResource(reads, new WhoopPart(whoop, combined, mapper), access),
                new ExistingSahhaRowsResource(reads));
    }
}
