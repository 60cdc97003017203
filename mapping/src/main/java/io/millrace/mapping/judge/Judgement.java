package io.millrace.mapping.judge;

import io.millrace.mapping.stream.StreamState;

/** What an operation made of a stream, and what its sender is told. */
public record Judgement(StreamState next, Outcome outcome) {}
