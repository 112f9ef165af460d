package io.holisticos.app;

import io.holisticos.testing.FreePorts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A way to a server on loopback that can be closed, or become one on which nothing arrives any more. */
final class Detour implements AutoCloseable {

    private enum State {
        OPEN,
        SILENT,
        CLOSED
    }

    private static final int QUEUE = 100;

    private final int target;
    private final int port;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong sent = new AtomicLong();
    private volatile State state = State.CLOSED;
    private ServerSocket door;
    private Thread doorkeeper;

    private Detour(int target) {
        this.target = target;
        this.port = FreePorts.next();
    }

    /** Open at first. */
    static Detour to(int target) {
        Detour detour = new Detour(target);
        detour.open();
        return detour;
    }

    int port() {
        return port;
    }

    /** How many bytes clients have sent, arrived or not. */
    long sent() {
        return sent.get();
    }

    /** Everything arrives again. What was connected while nothing did is not any more. */
    void open() {
        State before = state;
        state = State.OPEN;
        if (before == State.CLOSED) {
            listen();
        }
        if (before == State.SILENT) {
            breakConnections();
        }
    }

    /** Connections are taken and kept, but nothing arrives on either side. */
    void silence() {
        state = State.SILENT;
    }

    /** Connections are refused, and those there are break. */
    void refuse() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        closed(door);
        try {
            doorkeeper.join(); // only then is the port free
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        breakConnections();
    }

    private void breakConnections() {
        sockets.forEach(this::forget);
    }

    @Override
    public void close() {
        refuse();
    }

    private void listen() {
        try {
            ServerSocket listening = new ServerSocket();
            listening.setReuseAddress(true);
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), QUEUE);
            door = listening;
            doorkeeper = daemon(() -> accept(listening));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket listening) {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                sockets.add(client);
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(server);
                daemon(() -> pass(client, server, sent));
                daemon(() -> pass(server, client, new AtomicLong()));
            } catch (IOException closed) {
                // the door was closed, or the server is away: the client learns of it from its own connection
            }
        }
    }

    private void pass(Socket from, Socket to, AtomicLong count) {
        byte[] piece = new byte[16 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                count.addAndGet(read);
                if (state == State.SILENT) {
                    return; // and the connection stays as it is
                }
                out.write(piece, 0, read);
            }
        } catch (IOException broken) {
            // so are the two of them
        }
        if (state != State.SILENT) {
            forget(from);
            forget(to);
        }
    }

    private void forget(Socket socket) {
        closed(socket);
        sockets.remove(socket);
    }

    private static void closed(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception gone) {
            // as it was to be
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "detour");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
