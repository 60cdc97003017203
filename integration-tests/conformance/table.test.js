// A compacted topic that somebody else writes, as a live table in a real browser: with the official StreamDB, and with the
// page of compose/demo. TABLE_URL names the stream (envelope state, rows of type "user"), CHROMIUM the browser; the rows are
// written by whoever started this: it writes the next step when a line says that the one before was seen.
import { createServer } from "node:http"
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { chromium } from "playwright-core"
import { build } from "vite"
import { afterAll, beforeAll, expect, test } from "vitest"

const { TABLE_URL, CHROMIUM } = process.env
const PATIENCE = 20_000
const DEMO = fileURLToPath(new URL("../../compose/demo/table.html", import.meta.url))

const html = `<!doctype html><title>StreamDB</title>
<script type="module">import * as state from "/state.js"; window.state = state</script>`

let site
let browser

beforeAll(async () => {
  const entry = "export * from '@durable-streams/state'; export * from '@durable-streams/state/db'"
  const { output } = await build({
    root: fileURLToPath(new URL(".", import.meta.url)),
    configFile: false,
    logLevel: "error",
    plugins: [
      { name: "entry", resolveId: (id) => (id === "entry" ? "\0entry" : null), load: (id) => (id === "\0entry" ? entry : null) },
    ],
    build: { write: false, lib: { entry: "entry", formats: ["es"] }, rollupOptions: { input: "entry" } },
  }).then((result) => [result].flat()[0])
  const demo = await readFile(DEMO)
  site = createServer((request, response) => {
    const path = request.url.split("?")[0]
    response.setHeader("Content-Type", path === "/state.js" ? "text/javascript" : "text/html")
    response.end(path === "/state.js" ? output[0].code : path === "/table.html" ? demo : html)
  })
  await new Promise((listening) => site.listen(0, "127.0.0.1", listening))
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] })
})

afterAll(async () => {
  await browser?.close()
  site?.closeAllConnections()
  site?.close()
})

test("rows come, change and go in StreamDB and in the demo page", { timeout: 60_000 }, async () => {
  const origin = `http://127.0.0.1:${site.address().port}`
  const complaints = []
  const open = async (path) => {
    const page = await browser.newPage()
    page.setDefaultTimeout(PATIENCE)
    page.on("pageerror", (error) => complaints.push(String(error)))
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()))
    await page.goto(origin + path)
    return page
  }
  const db = await open("/")
  await db.evaluate(async (url) => {
    const { createStateSchema, createStreamDB } = window.state
    const any = { "~standard": { version: 1, vendor: "none", validate: (value) => ({ value }) } }
    const schema = createStateSchema({ users: { schema: any, type: "user", primaryKey: "id" } })
    window.db = createStreamDB({
      streamOptions: { url, contentType: "application/json" },
      live: "sse",
      state: schema,
    })
    await window.db.preload()
    window.users = () =>
      Object.fromEntries(window.db.collections.users.toArray.map((user) => [user.id, user.name]))
  }, TABLE_URL)
  const table = await open(`/table.html?url=${encodeURIComponent(TABLE_URL)}`)

  const sees = async (step, rows) => {
    await db.waitForFunction((wanted) => JSON.stringify(Object.entries(window.users()).sort()) === wanted,
      JSON.stringify(Object.entries(rows).sort()))
    await table.waitForFunction(
      (wanted) =>
        JSON.stringify(
          [...document.querySelectorAll("#rows tr")].map((row) => [row.dataset.key, row.cells[1].textContent]).sort(),
        ) === wanted,
      JSON.stringify(Object.entries(rows).sort()),
    )
    process.stderr.write(`seen ${step}\n`)
  }
  await sees("first", { 1: "Ada", 2: "Grace" })
  await sees("insert", { 1: "Ada", 2: "Grace", 3: "Edsger" })
  await sees("update", { 1: "Ada Lovelace", 2: "Grace", 3: "Edsger" })
  await sees("tombstone", { 1: "Ada Lovelace", 3: "Edsger" })
  expect(complaints).toEqual([])
})
