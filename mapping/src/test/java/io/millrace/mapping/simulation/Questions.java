package io.millrace.mapping.simulation;

import io.millrace.mapping.replay.Barriers;
import io.millrace.mapping.replay.Barriers.Barrier;
import java.util.ArrayList;
import java.util.List;

/** How a gateway shares the questions for the log's end: {@link Barriers}, or wrongly. */
interface Questions {

    /** One request's wait. */
    interface Wait {
        boolean passedAt(long position);

        boolean failed();
    }

    Wait arrive();

    boolean send();

    void answered(long end);

    void failed();

    /** The rule as it is. */
    static Questions right() {
        Barriers barriers = new Barriers();
        return new Questions() {
            @Override
            public Wait arrive() {
                Barrier barrier = barriers.arrive();
                return new Wait() {
                    @Override
                    public boolean passedAt(long position) {
                        return barrier.passedAt(position);
                    }

                    @Override
                    public boolean failed() {
                        return barrier.failed();
                    }
                };
            }

            @Override
            public boolean send() {
                return barriers.send();
            }

            @Override
            public void answered(long end) {
                barriers.answered(end);
            }

            @Override
            public void failed() {
                barriers.failed();
            }
        };
    }

    /** Whoever waits takes the next answer, to whatever question. */
    final class Joining implements Questions {

        private static final class Joined implements Wait {
            private long end = Long.MAX_VALUE;
            private boolean failed;

            @Override
            public boolean passedAt(long position) {
                return position >= end;
            }

            @Override
            public boolean failed() {
                return failed;
            }
        }

        private final List<Joined> waiting = new ArrayList<>();
        private boolean inFlight;

        @Override
        public Wait arrive() {
            Joined wait = new Joined();
            waiting.add(wait);
            return wait;
        }

        @Override
        public boolean send() {
            if (inFlight || waiting.isEmpty()) {
                return false;
            }
            inFlight = true;
            return true;
        }

        @Override
        public void answered(long end) {
            inFlight = false;
            waiting.forEach(wait -> wait.end = end);
            waiting.clear();
        }

        @Override
        public void failed() {
            inFlight = false;
            waiting.forEach(wait -> wait.failed = true);
            waiting.clear();
        }
    }
}
