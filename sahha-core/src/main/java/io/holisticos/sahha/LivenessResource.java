package io.holisticos.sahha;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** The two probes of existing callers: 200 means that the process answers, and nothing more. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public final class LivenessResource {

    private static final Status HEALTHY = new Status("healthy");

    @GET
    public Status root() {
        return HEALTHY;
    }

    @GET
    @Path("health")
    public Status health() {
        return HEALTHY;
    }

    /** A constant body. */
    public record Status(@JsonProperty("status") String status) {}
}
