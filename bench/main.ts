// `npm run bench [-- --beside KUBECONFIG] [-- NAME …]`: measures this machine's cluster, and the requests of another API server beside it.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { memory } from './memory.ts'
import { peer } from './peer.ts'
import { realPodsReady, simulatedPodsReady } from './pods-ready.ts'
import { measureRequests, requests } from './requests.ts'
import type { Measure, Scenario } from './scenario.ts'
import { startUp } from './start-up.ts'

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
  ...others,
  simulatedPodsReady,
  realPodsReady,
}
const unknown = positionals.find((name) => !(name in scenarios))
if (unknown !== undefined) {
  console.error(`no scenario "${unknown}": there are ${Object.keys(scenarios).join(', ')}`)
  process.exit(2)
}

const print = ({ what, value, unit }: Measure) => {
  const digits = unit === 's' ? 2 : 0
  console.log(`  ${what.padEnd(44)} ${value.toFixed(digits).padStart(10)} ${unit}`)
}

console.log(`${cpus().length} × ${cpus()[0]?.model.trim()}, Node.js ${process.version}`)
for (const [name, scenario] of Object.entries(scenarios)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  console.log(`\n${scenario.title}`)
  const why = scenario.skipped?.()
  if (why === undefined) await scenario.run(print)
  else console.log(`  skipped: ${why}`)
}
