// `npm run example`: makes the images, applies the manifests and walks through the chapter with the user's own kubectl.

import { Terminal, Unexpected } from '../terminal.ts'
import { buildImages } from './images/build.ts'
import { access } from './walk/access.ts'
import { apply } from './walk/apply.ts'
import { configuration } from './walk/configuration.ts'
import { files } from './walk/files.ts'
import { healing } from './walk/healing.ts'
import { loadBalancing } from './walk/load-balancing.ts'
import { look } from './walk/look.ts'
import { rollout } from './walk/rollout.ts'
import { scale } from './walk/scale.ts'

const steps = [apply, look, loadBalancing, configuration, scale, rollout, healing, access, files]

const write = (text: string) => void process.stdout.write(text)
const terminal = new Terminal({ context: 'windlass', write })
process.once('SIGINT', () => {
  terminal.close()
  process.exit(130)
})

try {
  await buildImages((line) => write(`${line}\n`))
  write('Every command below is typed with --context windlass.\n')
  for (const step of steps) {
    terminal.title(step.title)
    await step.run(terminal)
  }
  write('\nAll as expected. The orders service goes on running; take it away with: kubectl delete -f examples/orders/manifests\n')
} catch (error) {
  if (!(error instanceof Unexpected) && process.env.DEBUG) console.error(error)
  write(`\nNot as expected: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  terminal.close()
}
