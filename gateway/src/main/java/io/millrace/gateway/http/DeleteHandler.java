package io.millrace.gateway.http;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.StreamLog;
import io.millrace.mapping.judge.Command;

/** DELETE: ends a stream (PROTOCOL.md 5.4). */
final class DeleteHandler implements StreamOperation {

    private final StreamLog log;

    DeleteHandler(StreamLog log) {
        this.log = log;
    }

    @Override
    public Answer answer(StreamRequest request) throws LogFailure, InterruptedException {
        return Answers.of(log.execute(new Command.Delete(request.path())), request.url());
    }
}
