package io.holisticos.bench.drive;

import java.util.Arrays;
import java.util.Random;

/** A few are asked for often and most rarely, as in life: the n-th as often as 1 / n. The same seed gives the same order. */
public final class Zipf {

    private Zipf() {}

    /** Indexes from 0 to below {@code of}, this many, at random. */
    public static int[] draw(int of, int count, long seed) {
        double[] upTo = new double[of];
        double sum = 0;
        for (int i = 0; i < of; i++) {
            sum += 1.0 / (i + 1);
            upTo[i] = sum;
        }
        int[] places = shuffled(of, seed);
        Random random = new Random(seed);
        int[] drawn = new int[count];
        for (int i = 0; i < count; i++) {
            int found = Arrays.binarySearch(upTo, random.nextDouble() * sum);
            drawn[i] = places[Math.min(of - 1, found >= 0 ? found : -found - 1)];
        }
        return drawn;
    }

    /** So that those who are asked for often do not lie beside each other in the tables. */
    private static int[] shuffled(int of, long seed) {
        int[] places = new int[of];
        Arrays.setAll(places, i -> i);
        Random random = new Random(~seed);
        for (int i = of - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int held = places[i];
            places[i] = places[other];
            places[other] = held;
        }
        return places;
    }
}
