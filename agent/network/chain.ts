import type { Run } from './command.ts'

/** Whether a chain of nftables is there: a firewall service that restarts takes every table with it. */
export const chainStands = (run: Run, chain: { family: 'ip' | 'inet'; table: string; name: string }): Promise<boolean> =>
  run('nft', ['list', 'chain', chain.family, chain.table, chain.name]).then(
    () => true,
    () => false,
  )
