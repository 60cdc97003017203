// The official client against a running gateway: what people write with it, and what its producer promises.
import { createFetchWithBackoff, DurableStream, IdempotentProducer, StaleEpochError, stream } from "@durable-streams/client"
import { describe, expect, test, vi } from "vitest"

const streams = `${process.env.GATEWAY_URL}/v1/stream`
let count = 0
const fresh = (meaning) => `${streams}/client/${meaning}-${Date.now().toString(36)}-${++count}`

const numbers = (to) => Array.from({ length: to }, (_, n) => n)

describe("IdempotentProducer", () => {
  test("pipelines batches, and each message is there once and in order", async () => {
    const url = fresh("pipelined")
    const handle = await DurableStream.create({ url, contentType: "application/json" })
    const errors = []
    const producer = new IdempotentProducer(handle, "pipelined", {
      maxInFlight: 5,
      lingerMs: 1,
      maxBatchBytes: 512,
      onError: (error) => errors.push(error),
    })
    for (const n of numbers(2000)) {
      producer.append(JSON.stringify({ n }))
    }
    await producer.flush()
    expect(errors).toEqual([])
    expect(producer.nextSeq).toBeGreaterThan(20) // several batches were in flight
    const items = await (await stream({ url, offset: "-1", live: false })).json()
    expect(items.map((item) => item.n)).toEqual(numbers(2000))
    await producer.detach()
  })

  test("repeats lost requests without repeating messages", async () => {
    const url = fresh("flaky")
    const handle = await DurableStream.create({ url, contentType: "application/json" })
    let calls = 0
    const flaky = async (...request) => {
      const lost = ++calls % 3
      if (lost === 1) throw new TypeError("the request was lost")
      const response = await fetch(...request)
      if (lost === 2) {
        await response.arrayBuffer()
        throw new TypeError("the answer was lost")
      }
      return response
    }
    const errors = []
    const producer = new IdempotentProducer(handle, "flaky", {
      fetch: createFetchWithBackoff(flaky, { initialDelay: 5, maxDelay: 20, multiplier: 2 }),
      lingerMs: 0,
      maxBatchBytes: 64,
      onError: (error) => errors.push(error),
    })
    for (const n of numbers(100)) {
      producer.append(JSON.stringify({ n }))
    }
    await producer.flush()
    expect(errors).toEqual([])
    const items = await (await stream({ url, offset: "-1", live: false })).json()
    expect(items.map((item) => item.n)).toEqual(numbers(100))
    await producer.detach()
  })

  test("claims its id from a predecessor, which is fenced", async () => {
    const url = fresh("claimed")
    const handle = await DurableStream.create({ url, contentType: "text/plain" })
    const zombieErrors = []
    const zombie = new IdempotentProducer(handle, "worker", { epoch: 3, onError: (error) => zombieErrors.push(error) })
    zombie.append("a")
    await zombie.flush()
    const successor = new IdempotentProducer(handle, "worker", { autoClaim: true })
    successor.append("b")
    await successor.flush()
    expect(successor.epoch).toBe(4)
    zombie.append("!")
    await zombie.flush().catch((error) => zombieErrors.push(error))
    expect(zombieErrors.some((error) => error instanceof StaleEpochError)).toBe(true)
    expect(await (await stream({ url, offset: "-1", live: false })).text()).toBe("ab")
    await successor.detach()
  })

  test("closes with a last message", async () => {
    const url = fresh("closed")
    const handle = await DurableStream.create({ url, contentType: "text/plain" })
    const producer = new IdempotentProducer(handle, "closer", { autoClaim: true })
    producer.append("first ")
    const { finalOffset } = await producer.close("last")
    const response = await stream({ url, offset: "-1" })
    expect(await response.text()).toBe("first last")
    expect(response.streamClosed).toBe(true)
    expect(response.offset).toBe(finalOffset)
    expect(await handle.head()).toMatchObject({ exists: true, streamClosed: true, offset: finalOffset })
  })
})

describe("streams", () => {
  test("of bytes come back as they were written", async () => {
    const url = fresh("bytes")
    const handle = await DurableStream.create({ url, contentType: "application/octet-stream" })
    const written = new Uint8Array(70_000).map((_, i) => (i * 31) % 256)
    await handle.append(written.subarray(0, 300))
    await handle.append(written.subarray(300, 66_000))
    await handle.append(written.subarray(66_000))
    expect(await (await stream({ url, offset: "-1", live: false })).body()).toEqual(written)
  })

  for (const live of [true, "long-poll", "sse"]) {
    test(`of bytes are followed live (${live})`, async () => {
      const url = fresh("live-bytes")
      const handle = await DurableStream.create({ url, contentType: "application/octet-stream" })
      await handle.append(new Uint8Array([0, 255, 10]))
      const response = await stream({ url, offset: "-1", live })
      const seen = []
      response.subscribeBytes(async (chunk) => {
        seen.push(...chunk.data)
      })
      for (let n = 1; n <= 20; n++) {
        await handle.append(new Uint8Array([n, 13, 10, 0]))
      }
      await handle.close()
      await response.closed // which does not mean that the last subscriber has run
      await vi.waitFor(() => expect(seen).toEqual([0, 255, 10, ...numbers(20).flatMap((n) => [n + 1, 13, 10, 0])]))
    })

    test(`of JSON are followed live (${live})`, async () => {
      const url = fresh("live-json")
      const handle = await DurableStream.create({ url, contentType: "application/json" })
      await handle.append(JSON.stringify({ n: 0 }))
      const response = await stream({ url, offset: "-1", live })
      const seen = []
      const offsets = []
      response.subscribeJson(async (batch) => {
        seen.push(...batch.items)
        offsets.push(batch.offset)
      })
      for (let n = 1; n <= 30; n++) {
        await handle.append(JSON.stringify({ n, text: "line\nbreak \u2028 \u{1F30A}" }))
      }
      await handle.close()
      await response.closed
      await vi.waitFor(() => expect(seen.map((item) => item.n)).toEqual(numbers(31)))
      expect(seen[30].text).toBe("line\nbreak \u2028 \u{1F30A}")
      expect(offsets).toEqual([...offsets].sort())
    })
  }

  test("are read on from a saved offset", async () => {
    const url = fresh("resumed")
    const handle = await DurableStream.create({ url, contentType: "application/json" })
    for (const n of numbers(10)) await handle.append(JSON.stringify({ n }))
    const first = await stream({ url, offset: "-1", live: false })
    await first.json()
    for (const n of numbers(10)) await handle.append(JSON.stringify({ n: n + 10 }))
    const second = await stream({ url, offset: first.offset, live: false })
    expect((await second.json()).map((item) => item.n)).toEqual(numbers(10).map((n) => n + 10))
  })

  test("that are absent are reported, and deleted ones are gone", async () => {
    const url = fresh("absent")
    await expect(stream({ url, offset: "-1", live: false })).rejects.toThrow()
    const handle = await DurableStream.create({ url, contentType: "text/plain" })
    await handle.delete()
    expect(await DurableStream.head({ url })).toEqual({ exists: false })
  })
})
