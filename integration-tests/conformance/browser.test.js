// A real browser on another origin: what a page can do with its own fetch and EventSource, and with the official client.
// GATEWAY_URL and GATEWAY_TLS_URL name a gateway each, CHROMIUM the browser.
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"
import { chromium } from "playwright-core"
import { build } from "vite"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"

const { GATEWAY_URL, GATEWAY_TLS_URL, CHROMIUM } = process.env
const PATIENCE = 20_000

const html = `<!doctype html><title>A page of another origin</title>
<script type="module">import * as client from "/client.js"; window.client = client</script>`

let site
let browser

beforeAll(async () => {
  const client = await bundle("@durable-streams/client")
  site = createServer((request, response) => {
    const script = request.url === "/client.js"
    response.setHeader("Content-Type", script ? "text/javascript" : "text/html")
    response.end(script ? client : html)
  })
  await new Promise((listening) => site.listen(0, "127.0.0.1", listening))
  // The sandbox wants a kernel setting that containers do not have; the only pages are the ones above.
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] })
})

afterAll(async () => {
  await browser?.close()
  site?.closeAllConnections()
  site?.close()
})

/** A package with all that it imports, as one module for a page. */
async function bundle(name) {
  const { output } = await build({
    root: fileURLToPath(new URL(".", import.meta.url)),
    configFile: false,
    logLevel: "error",
    build: { write: false, lib: { entry: fileURLToPath(import.meta.resolve(name)), formats: ["es"] } },
  }).then((result) => [result].flat()[0])
  return output[0].code
}

describe.each([
  { version: "HTTP/1.1", protocol: "http/1.1", gateway: GATEWAY_URL },
  { version: "HTTP/2 over TLS", protocol: "h2", gateway: GATEWAY_TLS_URL },
])("A page, by $version,", ({ protocol, gateway }) => {
  let count = 0
  let context
  let page
  let complaints
  let protocols

  beforeEach(async () => {
    context = await browser.newContext({ ignoreHTTPSErrors: true }) // the certificate is nobody's
    page = await context.newPage()
    page.setDefaultTimeout(PATIENCE)
    complaints = []
    page.on("pageerror", (error) => complaints.push(String(error)))
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()))
    protocols = new Set()
    const devtools = await context.newCDPSession(page)
    await devtools.send("Network.enable")
    devtools.on("Network.responseReceived", ({ response }) => {
      if (response.url.startsWith(gateway)) protocols.add(response.protocol)
    })
    await page.goto(`http://127.0.0.1:${site.address().port}/`)
  })

  afterEach(async () => {
    await context.close()
    expect(complaints).toEqual([])
    expect([...protocols]).toEqual([protocol])
  })

  const fresh = (meaning) => `${gateway}/v1/stream/browser/${meaning}-${Date.now().toString(36)}-${++count}`

  test("creates, appends and reads with fetch, and sees the protocol's headers", async () => {
    const answers = await page.evaluate(async (url) => {
      const text = { "Content-Type": "text/plain" }
      const created = await fetch(url, { method: "PUT", headers: text })
      const appended = await fetch(url, {
        method: "POST",
        headers: { ...text, "Producer-Id": "page", "Producer-Epoch": "0", "Producer-Seq": "0" },
        body: "from a page",
      })
      const read = await fetch(`${url}?offset=-1`)
      const body = await read.text()
      const again = await fetch(`${url}?offset=-1`, { headers: { "If-None-Match": read.headers.get("ETag") } })
      const end = await fetch(url, { method: "POST", headers: { "Stream-Closed": "true" } })
      return {
        statuses: [created.status, appended.status, read.status, again.status, end.status],
        location: created.headers.get("Location"),
        next: appended.headers.get("Stream-Next-Offset"),
        readNext: read.headers.get("Stream-Next-Offset"),
        upToDate: read.headers.get("Stream-Up-To-Date"),
        closed: end.headers.get("Stream-Closed"),
        body,
      }
    }, fresh("fetch"))
    expect(answers.statuses).toEqual([201, 200, 200, 304, 204])
    expect(answers.location).toContain("/v1/stream/browser/fetch-")
    expect(answers.next).toBeTruthy()
    expect(answers.readNext).toBe(answers.next)
    expect(answers.upToDate).toBe("true")
    expect(answers.closed).toBe("true")
    expect(answers.body).toBe("from a page")
  })

  test("follows with the browser's own EventSource, and goes on after a reload", async () => {
    const url = fresh("events")
    await page.evaluate((target) => fetch(target, { method: "PUT", headers: { "Content-Type": "application/json" } }), url)
    const follow = ({ target, from }) => {
      window.seen = []
      window.offset = from
      const events = new EventSource(`${target}?offset=${from}&live=sse`)
      events.addEventListener("data", (event) => window.seen.push(...JSON.parse(event.data)))
      events.addEventListener("control", (event) => (window.offset = JSON.parse(event.data).streamNextOffset))
      return new Promise((opened) => events.addEventListener("open", opened, { once: true })).then(() => "open")
    }
    const append = (n) =>
      page.evaluate(
        ([target, body]) => fetch(target, { method: "POST", headers: { "Content-Type": "application/json" }, body }),
        [url, JSON.stringify({ n })],
      )
    await page.evaluate(follow, { target: url, from: "-1" })
    await append(1)
    await append(2)
    await page.waitForFunction(() => window.seen.length === 2 && window.offset !== "-1")
    const from = await page.evaluate(() => window.offset)
    await page.reload()
    await page.evaluate(follow, { target: url, from })
    await append(3)
    await page.waitForFunction(() => window.seen.length === 1)
    expect(await page.evaluate(() => window.seen)).toEqual([{ n: 3 }])
  })

  test("reads every byte there is, by fetch, and by SSE with the official client", async () => {
    const url = fresh("bytes")
    const seen = await page.evaluate(async (target) => {
      const { stream } = window.client
      const octets = { "Content-Type": "application/octet-stream" }
      const bytes = Uint8Array.from({ length: 256 }, (_, n) => n)
      await fetch(target, { method: "PUT", headers: octets })
      await fetch(target, { method: "POST", headers: octets, body: bytes })
      const fetched = new Uint8Array(await (await fetch(`${target}?offset=-1`)).arrayBuffer())
      const live = await stream({ url: target, offset: "-1", live: "sse" })
      const followed = []
      const done = new Promise((resolve) =>
        live.subscribeBytes(async (chunk) => {
          followed.push(...chunk.data)
          if (followed.length >= 512) resolve()
        }),
      )
      await fetch(target, { method: "POST", headers: octets, body: bytes.toReversed() })
      await done
      live.cancel()
      return { fetched: [...fetched], followed }
    }, url)
    const bytes = Array.from({ length: 256 }, (_, n) => n)
    expect(seen.fetched).toEqual(bytes)
    expect(seen.followed).toEqual([...bytes, ...bytes.toReversed()])
  })

  test("sends and reads bodies of megabytes", async () => {
    const lengths = await page.evaluate(async (url) => {
      const text = { "Content-Type": "text/plain" }
      await fetch(url, { method: "PUT", headers: text })
      const sent = await fetch(url, { method: "POST", headers: text, body: "0123456789abcdef".repeat(4 * 65_536) })
      let read = ""
      for (let offset = "-1", upToDate = false; !upToDate; ) {
        const response = await fetch(`${url}?offset=${offset}`)
        read += await response.text()
        offset = response.headers.get("Stream-Next-Offset")
        upToDate = response.headers.get("Stream-Up-To-Date") === "true"
      }
      return { status: sent.status, length: read.length, wrong: read.replaceAll("0123456789abcdef", "") }
    }, fresh("large"))
    expect(lengths).toEqual({ status: 204, length: 4_194_304, wrong: "" })
  })

  test("writes with the official client's producer and follows by long-poll", async () => {
    const items = await page.evaluate(async (url) => {
      const { DurableStream, IdempotentProducer, stream } = window.client
      const handle = await DurableStream.create({ url, contentType: "application/json" })
      const errors = []
      const producer = new IdempotentProducer(handle, "page", { autoClaim: true, onError: (e) => errors.push(String(e)) })
      const live = await stream({ url, offset: "-1", live: "long-poll" })
      const seen = []
      live.subscribeJson(async (batch) => seen.push(...batch.items.map((item) => item.n)))
      for (let n = 0; n < 500; n++) producer.append(JSON.stringify({ n }))
      await producer.close()
      await live.closed
      return { seen, errors }
    }, fresh("producer"))
    expect(items.errors).toEqual([])
    expect(items.seen).toEqual(Array.from({ length: 500 }, (_, n) => n))
  })

  // Over HTTP/1.1 a browser has six connections to an origin, and a seventh reader would wait for ever.
  if (protocol === "h2") {
    test("follows twenty streams at once and still gets answers", async () => {
      const urls = Array.from({ length: 20 }, (_, n) => fresh(`many-${n}`))
      const seen = await page.evaluate(async (targets) => {
        const text = { "Content-Type": "text/plain" }
        await Promise.all(targets.map((url) => fetch(url, { method: "PUT", headers: text })))
        const heard = targets.map(
          (url) =>
            new Promise((resolve) =>
              new EventSource(`${url}?offset=-1&live=sse`).addEventListener("data", (event) => resolve(event.data)),
            ),
        )
        await Promise.all(targets.map((url, n) => fetch(url, { method: "POST", headers: text, body: `to ${n}` })))
        return Promise.all(heard)
      }, urls)
      expect(seen).toEqual(urls.map((_, n) => `to ${n}`))
    })
  }
})
