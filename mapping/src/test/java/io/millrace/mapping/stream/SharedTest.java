package io.millrace.mapping.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SharedTest {

    @Test
    void equalValuesBecomeOne() {
        Shared<String> shared = new Shared<>(64);
        String first = shared.of("a".repeat(10));
        assertThat(shared.of("a".repeat(10))).isSameAs(first);
        assertThat(shared.of("b".repeat(10))).isEqualTo("bbbbbbbbbb");
    }

    @Test
    void moreValuesThanPlacesStayWhatTheyAre() {
        Shared<String> shared = new Shared<>(2);
        for (int i = 0; i < 100; i++) {
            assertThat(shared.of("value " + i)).isEqualTo("value " + i);
        }
    }

    @Test
    void livesOfOneKindHaveOneConfiguration() {
        assertThat(life(new Expiry.Never()).configuration())
                .isSameAs(life(new Expiry.Never()).configuration());
        Expiry.Absolute once = new Expiry.Absolute(Instant.ofEpochSecond(7));
        assertThat(life(once).configuration().contentType())
                .isSameAs(life(once).configuration().contentType());
    }

    private static Life life(Expiry expiry) {
        MediaType type = new MediaType("text/" + "x".repeat(3));
        return new Life(Incarnation.of("g.1"), new StreamConfiguration(type, expiry), 0, 0);
    }
}
