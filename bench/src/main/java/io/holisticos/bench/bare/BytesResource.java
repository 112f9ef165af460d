package io.holisticos.bench.bare;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The bytes of the unified overview, from memory, for who has the key. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public final class BytesResource {

    private final String key;
    private final Map<String, byte[]> answers;

    BytesResource(String key, Map<String, byte[]> answers) {
        this.key = key;
        this.answers = answers;
    }

    @GET
    @Path("bytes/{id}")
    public byte[] bytes(@HeaderParam("X-API-Key") @Nullable String given, @PathParam("id") String id) {
        if (!key.equals(given)) {
            throw new NotAuthorizedException("X-API-Key");
        }
        byte[] answer = answers.get(id);
        if (answer == null) {
            throw new NotFoundException();
        }
        return answer;
    }

    @GET
    @Path("ready")
    public String ready() {
        return "{}";
    }
}
