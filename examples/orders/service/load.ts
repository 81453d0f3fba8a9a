// A client without a pause: `node load.ts URL [--keep-alive]`. Prints a line a second and, on SIGTERM or SIGINT, the sum.
import { Agent, get, type IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

const [url = 'http://orders-service/orders', ...flags] = process.argv.slice(2)
const agent = new Agent({ keepAlive: flags.includes('--keep-alive'), maxSockets: 1 })
const timeoutMilliseconds = 10_000

const sum = { requests: 0, failed: 0, versions: {} as Record<string, number>, pods: {} as Record<string, number> }
let running = true

const call = () =>
  new Promise<IncomingMessage>((resolve, reject) => {
    const request = get(url, { agent, timeout: timeoutMilliseconds }, (response) => {
      response
        .resume()
        .once('end', () => resolve(response))
        .once('error', reject)
    })
    request.once('timeout', () => request.destroy(new Error(`no answer in ${timeoutMilliseconds} ms`))).once('error', reject)
  })

const count = (counts: Record<string, number>, name: unknown) => {
  const key = String(name)
  counts[key] = (counts[key] ?? 0) + 1
}

const fail = (reason: string) => {
  sum.failed++
  console.log(`FAILED request ${sum.requests}: ${reason}`)
}

const print = () => console.log(JSON.stringify(sum))
const timer = setInterval(print, 1000)
const stop = () => {
  running = false
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)

while (running) {
  sum.requests++
  try {
    const response = await call()
    if (response.statusCode === 200) {
      count(sum.versions, response.headers['x-version'])
      count(sum.pods, response.headers['x-pod'])
    } else {
      fail(`HTTP ${response.statusCode} from ${response.headers['x-pod']}`)
    }
  } catch (error) {
    fail(String(error))
    await delay(20)
  }
}
clearInterval(timer)
print()
