// `npm run bench [-- --beside KUBECONFIG] [-- NAME …]`: measures this machine's cluster, and the requests of another API server beside it.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { coldStart } from './cold-start.ts'
import { dynamoDb } from './dynamodb.ts'
import { letters } from './letters.ts'
import { memory } from './memory.ts'
import { peer } from './peer.ts'
import { realPodsReady, simulatedPodsReady } from './pods-ready.ts'
import { profile } from './profile.ts'
import { measureRequests, requests } from './requests.ts'
import type { Measure, Scenario } from './scenario.ts'
import { startUp } from './start-up.ts'
import { watchFanOut } from './watch-fan-out.ts'

const { values, positionals } = parseArgs({ options: { beside: { type: 'string' } }, allowPositionals: true })
const { beside } = values
const others: Record<string, Scenario> =
  beside === undefined
    ? {}
    : { beside: { title: `Requests to the server of ${beside}`, run: (report) => measureRequests(beside, report) } }

const scenarios: Readonly<Record<string, Scenario>> = {
  startUp,
  memory,
  requests,
  peer,
  watchFanOut,
  profile,
  dynamoDb,
  letters,
  coldStart,
  ...others,
  simulatedPodsReady,
  realPodsReady,
}
const unknown = positionals.find((name) => !(name in scenarios))
if (unknown !== undefined) {
  console.error(`no scenario "${unknown}": there are ${Object.keys(scenarios).join(', ')}`)
  process.exit(2)
}

const digits: Readonly<Record<Measure['unit'], number>> = { s: 2, ms: 3, MiB: 0, '1/s': 0, requests: 0, units: 1, $: 2 }

const print = ({ what, value, unit, peer: other }: Measure) => {
  const text = (number: number) => number.toFixed(digits[unit]).padStart(10)
  const line = `  ${what.padEnd(44)} ${text(value)} ${unit}`
  if (other === undefined) console.log(line)
  else console.log(`${line.padEnd(64)} peer ${text(other.value)}  ratio ${(value / other.value).toFixed(2)} ${aimed(other.aim)}`)
}

const aimed = (aim: NonNullable<Measure['peer']>['aim']): string => {
  if (aim === undefined) return ''
  return 'atLeast' in aim ? `(aim: at least ${aim.atLeast})` : `(aim: at most ${aim.atMost})`
}

console.log(`${cpus().length} × ${cpus()[0]?.model.trim()}, Node.js ${process.version}`)
for (const [name, scenario] of Object.entries(scenarios)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  console.log(`\n${scenario.title}`)
  const why = scenario.skipped?.()
  if (why === undefined) await scenario.run(print)
  else console.log(`  skipped: ${why}`)
}
