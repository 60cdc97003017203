package io.millrace.mapping.simulation;

import io.millrace.mapping.simulation.Call.Reply;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A gateway: one life after the other, of which each knows nothing of the one before. */
final class Gateway {

    private final World world;
    private final int number;
    private int ids;
    private @Nullable Life life;

    Gateway(World world, int number) {
        this.world = world;
        this.number = number;
    }

    void start() {
        life = new Life(world, this);
    }

    /** All that was in memory is lost; after a while it starts again. */
    void crash() {
        Life dying = life;
        if (dying == null) {
            return;
        }
        world.trace(this + " crashes");
        world.count("crash");
        life = null;
        dying.end();
        world.timeline.after(world.chance.between(10, 1_500), this::start);
    }

    void replaceProducer() {
        if (life != null) {
            life.replaceProducer();
        }
    }

    void reload() {
        if (life != null) {
            life.reload("for no reason");
        }
    }

    void onCall(Call call) {
        if (life == null) {
            world.timeline.after(world.chance.delay(), () -> call.answer(new Reply.Undecided()));
            return;
        }
        life.onCall(call);
    }

    /** A name for a producer that no other ever had. */
    String newId() {
        return "g" + number + "x" + ++ids;
    }

    OptionalLong emptiedAt() {
        return life == null
                ? OptionalLong.empty()
                : life.copy().replica.replay().emptiedAt();
    }

    void checkAtEnd(long end) {
        if (life == null || life.copy().replica.replay().position() != end) {
            throw new Violation(this + " has not reached the end of the log");
        }
        world.witness.checkIndexes(toString(), life.copy().replica.replay());
    }

    @Override
    public String toString() {
        return "gateway " + number;
    }
}
