package io.holisticos.twins.sahha;

/** A piecewise straight line through known points, flat beyond the ends; x must rise. */
final class Curve {
    private final double[] points;

    private Curve(double... points) {
        this.points = points.clone();
    }

    /** The curve through x1, y1, x2, y2 and so on. */
    static Curve through(double... points) {
        if (points.length < 4 || points.length % 2 != 0) {
            throw new IllegalArgumentException("a curve needs at least two points");
        }
        return new Curve(points);
    }

    double at(double x) {
        int last = points.length - 2;
        if (x <= points[0]) {
            return points[1];
        }
        for (int i = 2; i <= last; i += 2) {
            if (x <= points[i]) {
                double share = (x - points[i - 2]) / (points[i] - points[i - 2]);
                return points[i - 1] + share * (points[i + 1] - points[i - 1]);
            }
        }
        return points[last + 1];
    }
}
