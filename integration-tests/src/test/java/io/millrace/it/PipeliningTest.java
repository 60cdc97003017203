package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Five requests of one idempotent producer that arrive in any order and through any of three gateways (PROTOCOL.md 5.2.1):
 * each is stored, or refused as a gap that says what is missing; and once its producer has sent again what was refused,
 * all are there once, in order.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class PipeliningTest {

    private static final int REQUESTS = 5;
    private static final int ORDERS = 120;
    private static final int AT_A_TIME = 12;

    private static GatewayProcess third;
    private static List<StreamClient> gateways;

    @BeforeAll
    static void startThird() throws Exception {
        third = GatewayProcess.named("third")
                .on(TestKafka.shared())
                .mappings(GatewayPair.MAPPINGS)
                .start();
        GatewayPair pair = GatewayPair.shared();
        gateways = List.of(pair.one().client(), pair.other().client(), third.client());
    }

    @AfterAll
    static void end() throws Exception {
        third.close();
    }

    /** All in flight at once: the gateways may put in order what arrives within a moment. */
    @Test
    void requestsInFlightAtOnceEndInOrder() throws Exception {
        AtomicInteger gaps = new AtomicInteger();
        String folder = "/" + Names.unique("orders") + "/";
        Concurrently.times(AT_A_TIME, lane -> () -> {
            for (int order = lane; order < ORDERS; order += AT_A_TIME) {
                Random random = new Random(order);
                String path = folder + order;
                gateways.getFirst().create(path, TEXT).expect(201);
                List<Integer> seqs = permutation(order);
                List<CompletableFuture<Answer>> sent = seqs.stream()
                        .map(seq -> any(random).appendAsync(path, TEXT, message(seq), headers(seq)))
                        .toList();
                List<Answer> answers =
                        sent.stream().map(CompletableFuture::join).toList();
                gaps.addAndGet(repair(path, seqs, answers, random));
                assertComplete(path, seqs);
            }
        });
        System.out.printf("pipelining: %d of %d requests were gaps%n", gaps.get(), ORDERS * REQUESTS);
    }

    /** Each is answered before the next is sent: nothing can be put in order, and nothing may be stored out of it. */
    @Test
    void requestsOneAfterTheOtherEndInOrder() throws Exception {
        String folder = "/" + Names.unique("sequences") + "/";
        Concurrently.times(AT_A_TIME, lane -> () -> {
            Random random = new Random(lane);
            int order = random.nextInt(ORDERS);
            String path = folder + lane;
            gateways.getFirst().create(path, TEXT).expect(201);
            List<Integer> seqs = permutation(order);
            List<Answer> answers = new ArrayList<>();
            int stored = 0;
            for (int seq : seqs) {
                Answer answer = any(random).append(path, TEXT, message(seq), headers(seq));
                answers.add(answer);
                if (seq == stored) {
                    stored++;
                    answer.expect(200);
                } else {
                    assertThat(answer.expect(409).header("Producer-Expected-Seq"))
                            .contains(Integer.toString(stored));
                }
            }
            repair(path, seqs, answers, random);
            assertComplete(path, seqs);
        });
    }

    /** Sends again, in order, what was refused; returns how many those were. */
    private static int repair(String path, List<Integer> seqs, List<Answer> answers, Random random) throws Exception {
        List<Integer> refused = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            int seq = seqs.get(i);
            Answer answer = answers.get(i);
            if (answer.status() == 200) {
                assertThat(answer.header("Producer-Epoch")).contains("0");
            } else {
                answer.expect(409);
                assertThat(answer.header("Producer-Received-Seq")).contains(Integer.toString(seq));
                assertThat(answer.header("Producer-Expected-Seq").map(Integer::parseInt))
                        .as("%s", answer)
                        .hasValueSatisfying(expected -> assertThat(expected).isLessThan(seq));
                refused.add(seq);
            }
        }
        for (int seq : refused.stream().sorted().toList()) {
            any(random).append(path, TEXT, message(seq), headers(seq)).expect(200);
        }
        return refused.size();
    }

    private static void assertComplete(String path, List<Integer> order) throws Exception {
        String all =
                IntStream.range(0, REQUESTS).mapToObj(PipeliningTest::message).collect(Collectors.joining());
        for (StreamClient gateway : gateways) {
            assertThat(gateway.get(path).expect(200).text())
                    .as("sent in the order %s", order)
                    .isEqualTo(all);
        }
        Answer again = gateways.getFirst().append(path, TEXT, message(REQUESTS - 1), headers(REQUESTS - 1));
        assertThat(again.expect(204).header("Producer-Seq")).isEqualTo(Optional.of(Integer.toString(REQUESTS - 1)));
    }

    /** The permutations of the sequence numbers, by number. */
    private static List<Integer> permutation(int number) {
        List<Integer> order = new ArrayList<>();
        int rest = number;
        for (int seq = 0; seq < REQUESTS; seq++) {
            order.add(rest % (seq + 1), seq);
            rest /= seq + 1;
        }
        return order;
    }

    private static StreamClient any(Random random) {
        return gateways.get(random.nextInt(gateways.size()));
    }

    private static String message(int seq) {
        return "message " + seq + "\n";
    }

    private static String[] headers(int seq) {
        return new String[] {"Producer-Id", "p", "Producer-Epoch", "0", "Producer-Seq", Integer.toString(seq)};
    }
}
