package io.holisticos.whoop.data;

import io.holisticos.whoop.api.Window;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * For which moments it is known what WHOOP has of one member, kind by kind. A moment is covered when a list was read that shows
 * every record <em>starting</em> then; a recovery starts with its sleep. Moments that are not covered are unfetched. What is
 * covered can still change at WHOOP afterwards.
 */
public final class Coverage {

    private final Map<RecordKind<?>, Spans> read;

    /** @param read the windows that were read to their end */
    Coverage(Map<RecordKind<?>, Spans> read) {
        this.read = Map.copyOf(read);
    }

    /** Nothing is known of the member yet. */
    public static Coverage none() {
        return new Coverage(Map.of());
    }

    /** The unfetched parts of the window, oldest first. */
    public List<Window> gaps(RecordKind<?> kind, Window window) {
        return Spans.of(window).minus(read(kind)).windows();
    }

    /** The covered span that reaches furthest towards today. */
    public Optional<Window> newest(RecordKind<?> kind) {
        List<Window> windows = read(kind).windows();
        return windows.isEmpty() ? Optional.empty() : Optional.of(windows.get(windows.size() - 1));
    }

    private Spans read(RecordKind<?> kind) {
        return read.getOrDefault(kind, Spans.none());
    }

    @Override
    public String toString() {
        return "Coverage" + read.keySet();
    }
}
