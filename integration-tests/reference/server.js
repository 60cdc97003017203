// The reference server: node server.js PORT [DATA_DIR]; without a directory it stores in memory.
// Prints `ready URL` when it serves, and ends when its standard input does, as it does when its parent dies.
import { DurableStreamTestServer } from "@durable-streams/server"

const [port, dataDir] = process.argv.slice(2)
const server = new DurableStreamTestServer({ port: Number(port), dataDir })
console.log("ready", await server.start())
process.stdin.on("end", () => process.exit(0)).resume()
