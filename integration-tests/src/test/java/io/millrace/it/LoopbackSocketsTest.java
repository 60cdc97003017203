package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoopbackSocketsTest {

    /** Port 4437 is 1155 in hexadecimal. */
    private static final String TABLE = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1155 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0
               1: 0100007F:1155 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0
               2: 0100007F:C001 0100007F:1155 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0
               3: 0100007F:1155 0100007F:C002 08 00000000:00000000 00:00000000 00000000     0        0 4 1 0
               4: 0100007F:1155 0100007F:C003 06 00000000:00000000 00:00000000 00000000     0        0 0 3 0
            """;

    @Test
    void connectionsAreThoseThatTheServerHolds() {
        assertThat(LoopbackSockets.connectionsOf(4437, TABLE.lines()))
                .as("established, and left by the client; not listening, not the client's end, not in TIME_WAIT")
                .isEqualTo(2);
        assertThat(LoopbackSockets.connectionsOf(4438, TABLE.lines())).isZero();
    }
}
