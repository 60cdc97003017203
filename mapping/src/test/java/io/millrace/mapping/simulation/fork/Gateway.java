package io.millrace.mapping.simulation.fork;

/** One gateway, from crash to crash. */
final class Gateway {

    private final World world;
    private final int number;
    private int ids;
    private Life life;

    Gateway(World world, int number) {
        this.world = world;
        this.number = number;
        life = new Life(world, this);
    }

    Life life() {
        return life;
    }

    void start() {
        life.start();
    }

    /** The name of a producer's life. */
    String newId() {
        return "g" + number + "p" + ++ids;
    }

    /** All that it was at is lost; it starts again. */
    void crash() {
        world.trace(this + " crashes");
        life.end();
        life = new Life(world, this);
        life.start();
    }

    @Override
    public String toString() {
        return "gateway " + number;
    }
}
