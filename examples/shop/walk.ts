// `npm run example -- shop`: the whole shop on three nodes, each of which is lost once while customers order.
import { Terminal, Unexpected } from '../terminal.ts'
import { buildImages } from './images/build.ts'
import { apply } from './walk/apply.ts'
import { count } from './walk/count.ts'
import { type Customers, openShop } from './walk/customers.ts'
import { leave } from './walk/leave.ts'
import { losses } from './walk/losses.ts'
import { rollout } from './walk/rollout.ts'

const customersAtOnce = 4

const write = (text: string) => void process.stdout.write(text)
const terminal = new Terminal({ context: 'windlass', write })
process.once('SIGINT', () => {
  terminal.close()
  process.exit(130)
})

let customers: Customers | undefined
try {
  await buildImages((line) => write(`${line}\n`))
  write('Every command below is typed with --context windlass.\n')
  terminal.title('The shop, from one command')
  await apply(terminal)

  const addresses = 'jsonpath={.items[*].status.addresses[?(@.type=="InternalIP")].address}'
  customers = openShop((await terminal.ask('get', 'nodes', '-o', addresses)).split(' '), customersAtOnce)
  for (const { title, run } of [rollout, losses]) {
    terminal.title(title)
    await run(terminal, customers)
  }
  terminal.title('Every order is there')
  await count(terminal, await customers.stop())
  terminal.title('And gone')
  await leave(terminal)
  write('\nAll as expected.\n')
} catch (error) {
  if (!(error instanceof Unexpected) && process.env.DEBUG) console.error(error)
  write(`\nNot as expected: ${error instanceof Error ? error.message : String(error)}\n`)
  write('The shop is left as it is, to be looked at; take it away with: kubectl delete namespace shop\n')
  process.exitCode = 1
} finally {
  terminal.close()
}
// Customers whose shop does not answer any more would go on asking.
process.exit()
