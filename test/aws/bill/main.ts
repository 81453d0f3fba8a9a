// `npm run bill`: runs the deployed cluster in an emulated AWS, meters its calls, and writes docs/cost.md.
import { writeFileSync } from 'node:fs'
import { missingEmulator } from '../emulator/ministack.ts'
import { startMetered } from './cluster.ts'
import { document } from './document.ts'
import { measure } from './measure.ts'

const missing = missingEmulator()
if (missing) {
  console.error(missing)
  process.exit(1)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const cluster = await startMetered()
try {
  const measured = await measure(cluster, (what) => console.error(`${what} …`))
  writeFileSync(new URL('../../../docs/cost.md', import.meta.url), document(measured))
} finally {
  await cluster.aws.stop()
}
process.exit(0)
