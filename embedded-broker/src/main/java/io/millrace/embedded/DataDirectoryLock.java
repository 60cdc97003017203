package io.millrace.embedded;

import io.millrace.gateway.broker.EmbeddedBrokerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The exclusive right to use a data directory, which ends with the process at the latest. */
final class DataDirectoryLock implements AutoCloseable {

    private final FileChannel channel;

    private DataDirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Creates the directory if it is missing. */
    static DataDirectoryLock acquire(Path dataDirectory) throws EmbeddedBrokerException {
        FileChannel channel;
        try {
            Files.createDirectories(dataDirectory);
            channel = FileChannel.open(
                    dataDirectory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new EmbeddedBrokerException(
                    "The data directory %s cannot be created or written (%s); choose another with embedded.data-dir"
                            .formatted(dataDirectory, e),
                    e);
        }
        try {
            if (tryLock(channel) != null) {
                return new DataDirectoryLock(channel);
            }
            channel.close();
        } catch (IOException e) {
            throw new EmbeddedBrokerException(
                    "The data directory %s cannot be locked (%s)".formatted(dataDirectory, e), e);
        }
        throw new EmbeddedBrokerException(
                "The data directory %s is in use by another Millrace; stop that one or choose another with embedded.data-dir"
                        .formatted(dataDirectory));
    }

    /** The lock, or null if another process or another broker of this process has it. */
    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
