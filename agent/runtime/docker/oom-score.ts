import { readFile } from 'node:fs/promises'

const capSysResource = 24n

/** The least oom_score_adj a container can be given here: below its own value only who has CAP_SYS_RESOURCE may go. */
export const leastOomScore = async (): Promise<number> => {
  const [status, own] = await Promise.all([readFile('/proc/self/status', 'utf8'), readFile('/proc/self/oom_score_adj', 'utf8')])
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`)
  return (effective >> capSysResource) & 1n ? -1000 : Number(own)
}
