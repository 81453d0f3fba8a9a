// `npm run bill [-- --pods 100]`: runs the deployed cluster in an emulated AWS, meters its calls, and writes docs/cost.md.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { missingEmulator } from '../emulator/ministack.ts'
import { missingTables } from '../emulator/tables.ts'
import { startMetered } from './cluster.ts'
import { document } from './document.ts'
import { measure } from './measure.ts'

const { values } = parseArgs({ options: { pods: { type: 'string', default: '100' } } })
const pods = Number(values.pods)
if (!Number.isInteger(pods) || pods < 1) {
  console.error(`--pods is ${JSON.stringify(values.pods)}, but should be a whole number`)
  process.exit(2)
}
const missing = missingEmulator() ?? missingTables()
if (missing) {
  console.error(missing)
  process.exit(1)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const cluster = await startMetered()
try {
  const measured = await measure(cluster, { pods, say: (what) => console.error(`${what} …`) })
  writeFileSync(new URL('../../../docs/cost.md', import.meta.url), document(measured))
} finally {
  await cluster.aws.stop()
}
process.exit(0)
