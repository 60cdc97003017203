package io.millrace.gateway.http;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.StreamLog;

/** HEAD: what is known of a stream (PROTOCOL.md 5.5). */
final class HeadHandler implements StreamOperation {

    private final StreamLog log;

    HeadHandler(StreamLog log) {
        this.log = log;
    }

    @Override
    public Answer answer(StreamRequest request) throws LogFailure, InterruptedException {
        return Answers.metadata(log.find(request.path()));
    }
}
