import { runConformanceTests } from "@durable-streams/server-conformance-tests"

runConformanceTests({
  baseUrl: process.env.GATEWAY_URL,
  longPollTimeoutMs: Number(process.env.LONG_POLL_TIMEOUT_MS),
  subscriptions: false,
})
