import { readFile } from 'node:fs/promises'
import { isCode } from '../../../shared/platform/process-mark.ts'

/**
 * Throws unless the process of this number is one of the container's, here. An engine in a virtual machine, or that counts processes in
 * a namespace of its own, gives numbers that are other processes' on this machine, most likely of its very own network.
 */
export const checkOwnProcess = async (netns: string, id: string, root = '/proc'): Promise<void> => {
  const pid = /^\/proc\/(\d+)\/ns\/net$/.exec(netns)?.[1]
  const groups = await readFile(`${root}/${pid}/cgroup`, 'utf8').catch((error: unknown) => {
    if (isCode(error, 'ENOENT') || isCode(error, 'ESRCH')) return ''
    throw error
  })
  if (groups.includes(id)) return
  throw new Error(
    `process ${pid} of this machine is not of container ${id.slice(0, 12)}, though the Docker engine says so: it runs in a virtual machine, or counts processes of its own`,
  )
}
