package io.holisticos.app.admin.prometheus;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Histogram;
import com.codahale.metrics.Meter;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.MetricRegistryListener;
import com.codahale.metrics.Timer;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Keeps a second registry with the same metrics under names that Prometheus accepts: {@code sahha.fetch-time} becomes
 * {@code sahha_fetch_time}. It leaves out the gauges of commands and pools, which {@link HystrixFamilies} exports, and
 * {@code jvm.*}, for which Prometheus has metrics of its own. Thread-safe.
 */
final class PrometheusNames implements MetricRegistryListener {

    private static final String JVM = "jvm.";

    private static final Pattern RESERVED = Pattern.compile("_(total|created|bucket|info|count|sum)$");

    private final MetricRegistry renamed = new MetricRegistry();
    private final Map<String, Gauge<?>> ofCommands = new ConcurrentHashMap<>();

    MetricRegistry renamed() {
        return renamed;
    }

    /** The gauges of commands and pools, by their full names. */
    Map<String, Gauge<?>> ofCommands() {
        return ofCommands;
    }

    /**
     * Lower case, with words separated by single underscores. A leading digit gets an underscore in front, and an
     * ending that Prometheus reserves gets {@code _value} behind it.
     */
    static String clean(String name) {
        String words = name.replace("%d", "") // the number of an executor's thread
                .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .replaceAll("[^A-Za-z0-9]+", "_")
                .toLowerCase(Locale.ROOT);
        String whole = RESERVED.matcher(words).find() ? words + "_value" : words;
        return Character.isDigit(whole.charAt(0)) ? "_" + whole : whole;
    }

    @Override
    public void onGaugeAdded(String name, Gauge<?> gauge) {
        if (HystrixFamilies.NAME.matcher(name).matches()) {
            ofCommands.put(name, gauge);
        } else {
            add(name, gauge);
        }
    }

    @Override
    public void onGaugeRemoved(String name) {
        ofCommands.remove(name);
        remove(name);
    }

    @Override
    public void onCounterAdded(String name, Counter counter) {
        add(name, counter);
    }

    @Override
    public void onCounterRemoved(String name) {
        remove(name);
    }

    @Override
    public void onHistogramAdded(String name, Histogram histogram) {
        add(name, histogram);
    }

    @Override
    public void onHistogramRemoved(String name) {
        remove(name);
    }

    @Override
    public void onMeterAdded(String name, Meter meter) {
        add(name, meter);
    }

    @Override
    public void onMeterRemoved(String name) {
        remove(name);
    }

    @Override
    public void onTimerAdded(String name, Timer timer) {
        add(name, timer);
    }

    @Override
    public void onTimerRemoved(String name) {
        remove(name);
    }

    /** Shows the first of two metrics whose names become the same. */
    private synchronized void add(String name, Metric metric) {
        if (!name.startsWith(JVM) && !renamed.getNames().contains(clean(name))) {
            renamed.register(clean(name), metric);
        }
    }

    private synchronized void remove(String name) {
        renamed.remove(clean(name));
    }
}
