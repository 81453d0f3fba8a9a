import type { Terminal } from '../../terminal.ts'
import { rolesOfPostgres } from './wholeness.ts'

/** What PostgreSQL says on the primary: a row a line. */
async function ask(terminal: Terminal, query: string): Promise<string> {
  const { primary } = await rolesOfPostgres(terminal)
  const psql = ['psql', '--host=/tmp', '--username=postgres', '--dbname=shop', '--tuples-only', '--no-align', '--command', query]
  return terminal.ask('-n', 'shop', 'exec', primary, '-c', 'postgres', '--', ...psql)
}

/** Every order that was acknowledged is stored, none that was not, and each was sent once. */
export async function count(terminal: Terminal, acknowledged: ReadonlySet<string>): Promise<void> {
  const stored = (await ask(terminal, 'select id from orders')).split('\n').filter((id) => id !== '')
  terminal.note(`${acknowledged.size} orders were acknowledged, ${stored.length} are stored`)
  const lost = [...acknowledged].filter((id) => !new Set(stored).has(id))
  terminal.expect(lost.length === 0, `every acknowledged order to be stored, and not ${lost.slice(0, 5).join(', ')} to be lost`)
  terminal.expect(stored.length === acknowledged.size, 'no order to be stored that was not acknowledged')

  const shipped = await terminal.until(
    'every order to come through the queue',
    () => ask(terminal, 'select count(*) from reservations where shipped'),
    (text) => Number(text) === acknowledged.size,
    120,
  )
  const stock = await ask(terminal, 'select 3000000 - sum(stock) from products')
  terminal.note(`${shipped} came through the queue, ${stock} were taken from the stock`)
  terminal.expect(Number(stock) === acknowledged.size, 'as much to be taken from the stock as was ordered')
}
