package io.millrace.it;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs many blocking calls at once, each on a virtual thread of its own. */
final class Concurrently {

    private Concurrently() {}

    /** What a test does in one of its threads. */
    interface Action {
        void run() throws Exception;
    }

    /** Runs {@code count} actions at once and returns when all have ended; fails with the first failure. */
    static void times(int count, java.util.function.IntFunction<Action> actions) throws Exception {
        List<Action> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(actions.apply(i));
        }
        all(all);
    }

    /** Runs all at once. */
    static void all(List<Action> actions) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> futures = new ArrayList<>();
            for (Action action : actions) {
                Callable<Void> task = () -> {
                    action.run();
                    return null;
                };
                futures.add(threads.submit(task));
            }
            for (Future<?> future : futures) {
                rethrow(future);
            }
        }
    }

    private static void rethrow(Future<?> future) throws Exception {
        try {
            future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Error error -> throw error;
                case Exception exception -> throw exception;
                case null, default -> throw e;
            }
        }
    }
}
