package io.holisticos.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands in front of a database, and can fall silent as a server does that was stopped: it takes, and gives nothing. */
final class MutableProxy implements AutoCloseable {

    private final ServerSocket entrance;
    private final int behind;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private volatile boolean silent;

    /** @param behind the port of the database on this machine */
    MutableProxy(int behind) throws IOException {
        this.behind = behind;
        this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    int port() {
        return entrance.getLocalPort();
    }

    void fallSilent() {
        silent = true;
    }

    void speakAgain() throws IOException {
        for (Socket socket : sockets) { // whatever was half said is lost
            socket.close();
        }
        silent = false;
    }

    private void accept() {
        try {
            while (true) {
                Socket caller = entrance.accept();
                sockets.add(caller);
                if (!silent) {
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), behind);
                    sockets.add(server);
                    threads.execute(() -> pump(caller, server));
                    threads.execute(() -> pump(server, caller));
                }
            }
        } catch (IOException closed) {
            silent = true;
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] piece = new byte[8192];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                if (!silent) {
                    out.write(piece, 0, read);
                }
            }
        } catch (IOException ended) {
            Thread.yield();
        }
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
