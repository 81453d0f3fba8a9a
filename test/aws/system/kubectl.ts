import { execFile, spawn } from 'node:child_process'

/** Unmodified kubectl against a cluster; answers what it prints. Rejects with what it says of its failure. */
export const kubectlOf =
  (kubeconfig: string) =>
  (command: string, input?: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const child = execFile(
        'kubectl',
        ['--kubeconfig', kubeconfig, ...command.split(' ')],
        { timeout: 1_000_000 },
        (error, stdout, stderr) => {
          if (error) reject(new Error(`kubectl ${command}: ${stderr || error.message}`, { cause: error }))
          else resolve(stdout)
        },
      )
      child.stdin?.end(input)
    })

/** `kubectl get -w` and the like: what it has printed so far. */
export const follow = (kubeconfig: string, command: string) => {
  const child = spawn('kubectl', ['--kubeconfig', kubeconfig, ...command.split(' ')])
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (text += part.toString()))
  return { text: () => text, ended: () => child.exitCode !== null, stop: () => child.kill() }
}
