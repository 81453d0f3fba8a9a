import { execFile } from 'node:child_process'
import { homedir } from 'node:os'
import { missingPackage, programOf } from './python-package.ts'

/** Helm 4's own library. Helm 4 itself is in no package registry but as Go, which takes ten minutes to build. */
const library = { name: 'helm-python-sdk', version: '0.2.2', program: 'python' }

/** Installs it once a machine. Answers why it can't be had; undefined: it is there. */
export const missingHelm4 = (): string | undefined => missingPackage(library)

const script = `
import json, sys
from helm_python import Config
action, arguments, options = json.loads(sys.argv[1])
with Config() as config:
    print(json.dumps(getattr(config, action)(*arguments, **options)))
`

/** Does what the command of this name does; answers what the library does. Rejects with what it says of its failure. */
export const helm4Of =
  (kubeconfig: string) =>
  (action: string, args: readonly unknown[], options: Readonly<Record<string, unknown>> = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const environment = { timeout: 180_000, env: { PATH: process.env.PATH, HOME: homedir(), KUBECONFIG: kubeconfig } }
      const command = ['-c', script, JSON.stringify([action, args, options])]
      execFile(programOf(library), command, environment, (error, stdout, stderr) => {
        if (error) reject(new Error(`helm 4's ${action}: ${stderr || error.message}`, { cause: error }))
        else resolve(JSON.parse(stdout))
      })
    })
