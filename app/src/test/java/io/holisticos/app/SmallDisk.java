package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A file system of its own in memory, which can be filled to the last byte. Only root can mount it. */
final class SmallDisk implements AutoCloseable {

    private static final int[] CHUNKS = {1 << 20, 1 << 12, 1};

    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    static boolean canBeMounted() {
        return "root".equals(System.getProperty("user.name"));
    }

    static SmallDisk ofMegabytes(int size) throws Exception {
        Path folder = Files.createTempDirectory("small-disk");
        run(List.of("mount", "-t", "tmpfs", "-o", "size=" + size + "m,mode=0755", "tmpfs", folder.toString()));
        return new SmallDisk(folder);
    }

    Path folder() {
        return folder;
    }

    /** Leaves no byte to anybody. */
    void fill() throws IOException {
        try (FileChannel ballast = FileChannel.open(ballast(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (int size : CHUNKS) {
                writeUntilFull(ballast, size);
            }
        }
    }

    private static void writeUntilFull(FileChannel ballast, int size) {
        try {
            while (ballast.write(ByteBuffer.allocate(size)) > 0) {
                // goes on until the disk refuses
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    /** An operator makes room. */
    void makeRoom() throws IOException {
        Files.deleteIfExists(ballast());
    }

    private Path ballast() {
        return folder.resolve("ballast");
    }

    /** What node_exporter says of it, by the same call to the system. */
    String asNodeExporterSays() throws IOException {
        FileStore store = Files.getFileStore(folder);
        return "node_filesystem_avail_bytes{mountpoint=\"/var/lib/postgresql\"} " + store.getUsableSpace()
                + "\nnode_filesystem_size_bytes{mountpoint=\"/var/lib/postgresql\"} " + store.getTotalSpace() + "\n";
    }

    private static void run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
    }

    @Override
    public void close() throws Exception {
        run(List.of("umount", "--lazy", folder.toString()));
        Files.delete(folder);
    }
}
