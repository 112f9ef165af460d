package io.holisticos.pages;

import io.holisticos.web.OpenTo;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.util.Map;

/**
 * The files that pages load. Other bytes have another name, so whoever has a file may keep it for good. While replicas of two
 * versions serve, a page of one may ask the other for its files, which then answers its own, to be kept by nobody.
 */
@Hidden
@Path("/assets/{file}")
@OpenTo(OpenTo.Whom.EVERYBODY)
public final class AssetResource {

    private static final String FOR_GOOD = "public, max-age=31536000, immutable";

    /** A drawing that is opened by itself is a document: it may have its own style, and run and load nothing. */
    private static final String DRAWING =
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
                    + " sandbox";

    private final Map<String, Asset> byFile;

    /** @param byFile may grow until the server starts */
    AssetResource(Map<String, Asset> byFile) {
        this.byFile = byFile;
    }

    @GET
    public Response read(@PathParam("file") String file, @Context Request request) {
        Asset asset = byFile.get(file);
        if (asset == null) {
            Asset ofThisVersion = byFile.values().stream()
                    .filter(one -> one.isNamed(file))
                    .findFirst()
                    .orElseThrow(NotFoundException::new);
            return answer(ofThisVersion, content(ofThisVersion), "no-store");
        }
        EntityTag tag = new EntityTag(file);
        Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
        return answer(asset, unchanged == null ? content(asset).tag(tag) : unchanged, FOR_GOOD);
    }

    private static Response.ResponseBuilder content(Asset asset) {
        return Response.ok(asset.content(), asset.type());
    }

    private static Response answer(Asset asset, Response.ResponseBuilder answer, String caching) {
        answer.header(HttpHeaders.CACHE_CONTROL, caching).header("Cross-Origin-Resource-Policy", "same-origin");
        return asset.type().equals(Asset.SVG)
                ? answer.header("Content-Security-Policy", DRAWING).build()
                : answer.build();
    }
}
