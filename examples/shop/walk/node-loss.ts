import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { engine } from '../../images/docker.ts'

/**
 * What a machine that loses its power leaves to others: nothing. Its pods' links go first, so that no process says goodbye, then its agent
 * and all of its containers. The server starts the agent again after `--agent-restart-seconds`.
 */
export async function loseNode(name: string, podCIDR: string): Promise<void> {
  const agent = agentOf(name)
  for (const link of linksOf(podCIDR)) execFileSync('ip', ['link', 'set', 'dev', link, 'down'])
  process.kill(agent.pid, 'SIGKILL')
  const label = [`windlass.dev/node=${name}`, `windlass.dev/data-dir=${agent.dataDir}`]
  const containers = await engine.listContainers({ filters: { label } })
  await Promise.all(
    containers.map(async ({ Id }) => {
      try {
        await engine.getContainer(Id).kill()
      } catch (error) {
        // It has ended with the one before it.
        if (![404, 409].includes((error as { statusCode?: number }).statusCode ?? 0)) throw error
      }
    }),
  )
}

/** Throws when there is none on this machine. */
function agentOf(name: string): { pid: number; dataDir: string } {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const [, program, nodeName, dataDir] = commandLineOf(entry)
    if (program?.endsWith('/agent/main.ts') && nodeName === name && dataDir) return { pid: Number(entry), dataDir }
  }
  throw new Error(`there is no agent of ${name} on this machine`)
}

/** Empty when the process has just gone. */
function commandLineOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}

/** Of the pods with addresses of this range: each has a route of its own. */
function linksOf(podCIDR: string): string[] {
  const routes = execFileSync('ip', ['-j', 'route', 'show', 'root', podCIDR], { encoding: 'utf8' })
  return (JSON.parse(routes) as { dst: string; dev?: string }[]).flatMap(({ dst, dev }) =>
    dst.includes('/') || dev === undefined ? [] : [dev],
  )
}
