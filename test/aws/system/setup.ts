import { rmSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { synthesize } from '../../infra/synthesized.ts'
import { adminRoleArn } from '../cluster.ts'
import type { Synthesized } from '../deploy/deployment.ts'
import { missingEmulator } from '../emulator/ministack.ts'
import { missingTables } from '../emulator/tables.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly synthesized: Synthesized
    /** why nothing here can run; empty: it can */
    readonly missing: string
  }
}

/** Synthesizes the templates once, and sees that there is an emulator for them. */
export const setup = ({ provide }: TestProject) => {
  const missing = missingEmulator() ?? missingTables() ?? ''
  provide('missing', missing)
  if (missing) return undefined
  const accessEntries = [{ principalArn: adminRoleArn, groups: ['system:masters'] }]
  const { directory } = synthesize({ accessEntries, retainData: 'false' })
  provide('synthesized', { directory, stacks: ['windlass-state', 'windlass-control-plane', 'windlass-nodes'] })
  return () => rmSync(directory, { recursive: true, force: true })
}
