package io.holisticos.web;

import io.holisticos.health.HealthError.InvalidRequest;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.IOException;

/**
 * Refuses bodies that break the code that reads them, such as a number whose exponent no decimal has. Jackson reports those as
 * an {@link IllegalArgumentException} that quotes the body.
 */
final class UnreadableBodies implements ReaderInterceptor {

    @Override
    public Object aroundReadFrom(ReaderInterceptorContext body) throws IOException {
        try {
            return body.proceed();
        } catch (IllegalArgumentException e) {
            throw new InvalidRequest("the body is not the JSON this expects");
        }
    }
}
