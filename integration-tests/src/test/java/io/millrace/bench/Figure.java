package io.millrace.bench;

/** Something measured. */
record Figure(String name, String unit, double value) {}
