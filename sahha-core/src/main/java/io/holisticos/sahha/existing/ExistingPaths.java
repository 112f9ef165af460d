package io.holisticos.sahha.existing;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.cache.MemberCache;
import io.holisticos.health.CombinedReader;
import io.holisticos.health.SourceName;
import io.holisticos.notice.MemberNotices;
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
    private final KeptBodies bodies;
    private final ObjectMapper mapper;

    /**
     * How fresh rows have to be, and how long a reader waits for them.
     *
     * @param overview for the scores of an overview
     * @param metrics for everything else
     * @param coldWait how long to wait when rows are cold
     */
    public record Rules(FreshnessRule overview, FreshnessRule metrics, Duration coldWait) {}

    /**
     * Where bodies are kept, and how they are written.
     *
     * @param notices tell whose bodies may be other ones
     */
    public record Writing(MemberCache<Record, byte[]> cache, MemberNotices notices, ObjectMapper mapper) {}

    public ExistingPaths(ReaderRefresh refresh, StoreCommand stores, Rules rules, Writing writing, Clock clock) {
        this.reads = new ExistingReads(refresh, stores, rules, clock);
        this.bodies = new KeptBodies(writing.cache(), writing.notices(), writing.mapper(), clock);
        this.mapper = writing.mapper();
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
                new ExistingHealthMetricsResource(reads, bodies, new WhoopPart(whoop, combined, mapper), access),
                new ExistingSahhaRowsResource(reads, bodies));
    }
}
