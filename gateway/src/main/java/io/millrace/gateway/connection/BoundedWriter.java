package io.millrace.gateway.connection;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;

/** Writes piece by piece, each of which the client must take in time: a slow one may be slow for long. */
final class BoundedWriter implements DataWriter {

    private static final int PIECE = 64 * 1024;

    private final DataWriter helidon;
    private final Connection connection;

    BoundedWriter(DataWriter helidon, Connection connection) {
        this.helidon = helidon;
        this.connection = connection;
    }

    @Override
    public void write(BufferData... buffers) {
        writeNow(buffers);
    }

    @Override
    public void write(BufferData buffer) {
        writeNow(buffer);
    }

    @Override
    public void writeNow(BufferData... buffers) {
        writeNow(BufferData.create(buffers));
    }

    @Override
    public void writeNow(BufferData buffer) {
        while (buffer.available() > PIECE) {
            byte[] piece = new byte[PIECE];
            buffer.read(piece);
            connection.write(() -> helidon.writeNow(BufferData.create(piece)));
        }
        connection.write(() -> helidon.writeNow(buffer));
    }

    @Override
    public void flush() {
        connection.write(helidon::flush);
    }

    @Override
    public void close() {
        connection.write(helidon::close);
    }
}
