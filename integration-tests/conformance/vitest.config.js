import { defineConfig } from "vitest/config"

// Left out of the conformance suite, by the name of the describe: subscriptions are not built yet. The gateway answers
// them with 501, which the integration tests check.
const leftOut = ["Reserved subscription APIs"]

export default defineConfig({
  test: {
    include: ["*.test.js"],
    testNamePattern: new RegExp(`^(?!${leftOut.join("|")})`),
    testTimeout: 60_000, // above the gateway's long-poll timeout
    fileParallelism: false,
    reporters: ["dot", "junit"],
    outputFile: { junit: process.env.REPORT_FILE },
  },
})
