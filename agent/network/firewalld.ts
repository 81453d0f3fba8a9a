import { CommandError, type Run } from './command.ts'
import { hostInterface, interfacePattern } from './name.ts'

/** firewalld's own wildcard */
const interfaces = [hostInterface, interfacePattern.replace('*', '+')]

/**
 * firewalld decides in tables of its own, after all others, and rejects what comes by an interface of no zone: pods would have no
 * network. So their interfaces are in the zone that it trusts, as Docker's bridges are in one, for as long as they are there: nothing is
 * written into its configuration. Gives what the user should know, if it runs and does not take them.
 */
export const trustInterfaces = async (run: Run): Promise<string | undefined> => {
  if (!(await runs(run))) return undefined
  try {
    for (const name of interfaces) await run('firewall-cmd', ['--zone=trusted', `--change-interface=${name}`])
    return undefined
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return `firewalld runs and does not trust the interfaces of pods, which may have no network (${error.stderr.trim()}); what may help: ${interfaces
      .map((name) => `firewall-cmd --zone=trusted --add-interface=${name}`)
      .join(' && ')}`
  }
}

/** Changes whenever firewalld begins anew, by which it forgets what was only told and not written; '' while it has no table. */
export const firewalldMark = async (run: Run): Promise<string> => {
  const { nftables } = JSON.parse(await run('nft', ['-j', 'list', 'tables'])) as {
    nftables: readonly { table?: { name: string; handle: number } }[]
  }
  const handles = nftables.flatMap(({ table }) => (table?.name === 'firewalld' ? [table.handle] : []))
  return handles.join(' ')
}

export const forgetInterfaces = async (run: Run): Promise<void> => {
  if (!(await runs(run))) return
  for (const name of interfaces) {
    const trusted = await answers(run, ['--zone=trusted', `--query-interface=${name}`])
    if (trusted) await run('firewall-cmd', ['--zone=trusted', `--remove-interface=${name}`])
  }
}

const runs = (run: Run) => answers(run, ['--state'])

/** It says no by its exit code. */
const answers = async (run: Run, args: readonly string[]): Promise<boolean> => {
  try {
    await run('firewall-cmd', args)
    return true
  } catch (error) {
    if (error instanceof CommandError) return false
    throw error
  }
}
