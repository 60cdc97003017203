package io.millrace.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileDescriptorsTest {

    @ParameterizedTest
    @CsvSource({
        "10000, 1048576, 10000",
        "10000, 11512, 10000",
        "10000, 11511, 9999",
        "10000, 4096, 2584",
        "10000, 1024, 1",
        "10, 538, 10",
        "10, 537, 9"
    })
    void connectionsLeaveRoomForWhatElseIsOpen(int configured, long descriptors, int bound) {
        assertThat(FileDescriptors.bound(configured, OptionalLong.of(descriptors)))
                .isEqualTo(bound);
    }

    @Test
    void whereTheSystemDoesNotSayTheSettingHolds() {
        assertThat(FileDescriptors.bound(10_000, OptionalLong.empty())).isEqualTo(10_000);
    }
}
