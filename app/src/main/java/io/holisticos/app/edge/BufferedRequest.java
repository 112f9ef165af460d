package io.holisticos.app.edge;

import java.nio.ByteBuffer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** A request whose body has been received. Anything else stays on its connection. */
final class BufferedRequest extends Request.Wrapper {

    private Content.Chunk next;

    BufferedRequest(Request request, byte[] body) {
        super(request);
        this.next = body.length == 0 ? Content.Chunk.EOF : Content.Chunk.from(ByteBuffer.wrap(body), true);
    }

    @Override
    public Content.Chunk read() {
        Content.Chunk chunk = next;
        next = Content.Chunk.next(chunk);
        return chunk;
    }

    @Override
    public void demand(Runnable demandCallback) {
        demandCallback.run();
    }

    @Override
    public void fail(Throwable failure) {
        next = Content.Chunk.from(failure, true);
    }

    @Override
    public boolean consumeAvailable() {
        next = Content.Chunk.EOF;
        return true;
    }
}
