package io.holisticos.bench.drive;

import java.util.Arrays;
import java.util.List;

/**
 * What is sent: these requests, in this order and then again.
 *
 * @param order indexes of requests
 */
public record Load(int port, List<Request> requests, int[] order) {

    /** Each once, one after the other. */
    public static Load inOrder(int port, List<Request> requests) {
        int[] order = new int[requests.size()];
        Arrays.setAll(order, i -> i);
        return new Load(port, requests, order);
    }
}
