package io.holisticos.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** Stands in front of a server and lets each piece of an answer wait, or answers other bytes instead. Loopback only. */
public final class SlowProxy implements AutoCloseable {

    private final ServerSocket door;
    private final int behind;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile Duration delay = Duration.ZERO;
    private volatile byte[] instead = new byte[0];

    public SlowProxy(int behind) {
        this.behind = behind;
        try {
            this.door = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    public int port() {
        return door.getLocalPort();
    }

    public void delay(Duration delay) {
        this.delay = delay;
    }

    /** From now on each piece of an answer is this; with no bytes it is what the server says again. */
    public void answer(byte[] instead) {
        this.instead = instead;
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                connect(door.accept());
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        sockets.add(client);
        try {
            Socket server = new Socket(InetAddress.getLoopbackAddress(), behind);
            sockets.add(server);
            daemon(() -> pass(client, server, false));
            daemon(() -> pass(server, client, true));
        } catch (IOException away) {
            forget(client);
        }
    }

    private void pass(Socket from, Socket to, boolean isAnswer) {
        byte[] piece = new byte[64 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                byte[] other = instead;
                if (isAnswer) {
                    LockSupport.parkNanos(delay.toNanos());
                }
                if (isAnswer && other.length > 0) {
                    out.write(other);
                } else {
                    out.write(piece, 0, read);
                }
            }
        } catch (IOException broken) {
            // so are the two of them
        }
        forget(from);
        forget(to);
    }

    private void forget(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException gone) {
            // as it was to be
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "slow-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        door.close();
        sockets.forEach(this::forget);
    }
}
