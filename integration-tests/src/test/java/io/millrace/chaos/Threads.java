package io.millrace.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Clients that run at once, each on a virtual thread of its own. */
final class Threads {

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<Void>> running = new ArrayList<>();

    private Threads() {}

    static Threads start(List<? extends ChaosClient> clients) {
        Threads all = new Threads();
        for (ChaosClient client : clients) {
            Callable<Void> task = () -> {
                client.run();
                return null;
            };
            all.running.add(all.threads.submit(task));
        }
        return all;
    }

    /** Returns when all have ended; fails with the first failure. */
    void await() throws Exception {
        threads.close();
        for (Future<Void> one : running) {
            try {
                one.get();
            } catch (ExecutionException e) {
                throw new AssertionError("a client failed", e.getCause());
            }
        }
    }
}
