package io.millrace.mapping.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class SliceTest {

    @Test
    void isAStretchOfItsArray() throws IOException {
        Slice slice = new Slice("abcdef".getBytes(UTF_8), 2, 3);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        slice.writeTo(out);
        assertThat(out.toString(UTF_8)).isEqualTo("cde");
        assertThat(new String(slice.toByteArray(), UTF_8)).isEqualTo("cde");
    }

    @Test
    void comparesByContent() {
        Slice slice = new Slice("abcabc".getBytes(UTF_8), 0, 3);
        assertThat(slice)
                .isEqualTo(new Slice("abcabc".getBytes(UTF_8), 3, 3))
                .hasSameHashCodeAs(new Slice("abcabc".getBytes(UTF_8), 3, 3))
                .isNotEqualTo(new Slice("abcabc".getBytes(UTF_8), 2, 3));
    }

    @Test
    void staysInsideItsArray() {
        byte[] bytes = new byte[4];
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> new Slice(bytes, 2, 3));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> new Slice(bytes, -1, 1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> new Slice(bytes, 0, -1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> new Slice(bytes, 1, Integer.MAX_VALUE));
    }
}
