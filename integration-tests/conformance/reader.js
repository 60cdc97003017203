// Follows a JSON stream with the official client: node reader.js URL OFFSET COUNT
// Prints a line per batch, `read OFFSET ITEM,ITEM,...`, and ends after COUNT items.
import { stream } from "@durable-streams/client"

const [url, offset, count] = process.argv.slice(2)
let seen = 0
const response = await stream({ url, offset, onError: () => ({}) })
console.log("open")
response.subscribeJson(async (batch) => {
  if (batch.items.length > 0) {
    console.log(`read ${batch.offset} ${batch.items.join(",")}`)
  }
  seen += batch.items.length
  if (seen >= Number(count)) {
    console.log("done")
    process.exit(0)
  }
})
