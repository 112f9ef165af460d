package io.holisticos.whoop.data;

import io.holisticos.whoop.api.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A set of moments, to the millisecond. However it came about, it is written in one way: as few spans as can be, half
 * open, none touching another, oldest first. Two sets of the same moments are equal.
 */
public record Spans(List<Window> windows) {

    private static final Spans NONE = new Spans(List.of());

    public Spans {
        windows = joined(windows);
    }

    public static Spans none() {
        return NONE;
    }

    public static Spans of(Window... windows) {
        return new Spans(List.of(windows));
    }

    public boolean isEmpty() {
        return windows.isEmpty();
    }

    public boolean contains(Instant moment) {
        return windows.stream().anyMatch(window -> !moment.isBefore(window.start()) && moment.isBefore(window.end()));
    }

    public Spans union(Spans others) {
        return new Spans(
                Stream.concat(windows.stream(), others.windows.stream()).toList());
    }

    public Spans minus(Spans others) {
        List<Window> left = new ArrayList<>();
        int next = 0;
        for (Window window : windows) {
            Instant from = window.start();
            while (next < others.windows.size()
                    && !others.windows.get(next).end().isAfter(from)) {
                next++;
            }
            int hole = next; // the one reaching over the end of this span may reach into the following one
            while (hole < others.windows.size()
                    && others.windows.get(hole).start().isBefore(window.end())) {
                Window cut = others.windows.get(hole);
                if (from.isBefore(cut.start())) {
                    left.add(new Window(from, cut.start()));
                }
                from = cut.end();
                hole++;
            }
            if (from.isBefore(window.end())) {
                left.add(new Window(from, window.end()));
            }
        }
        return new Spans(left);
    }

    private static List<Window> joined(List<Window> windows) {
        List<Window> inOrder =
                windows.stream().sorted(Comparator.comparing(Window::start)).toList();
        List<Window> joined = new ArrayList<>();
        for (Window window : inOrder) {
            int last = joined.size() - 1;
            if (last < 0 || joined.get(last).end().isBefore(window.start())) {
                joined.add(window);
            } else if (joined.get(last).end().isBefore(window.end())) {
                joined.set(last, new Window(joined.get(last).start(), window.end()));
            }
        }
        return List.copyOf(joined);
    }
}
