import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type GoProgram, inModuleCache, startGoProgram } from '../../../../oracle/go-program.ts'

const machinery = inModuleCache('k8s.io/apimachinery@v0.35.4')
const schema = inModuleCache('k8s.io/client-go@v0.35.4/applyconfigurations/internal/internal.go')

/** Undefined: the oracle can be asked. */
export const missingOracle = machinery.missing ?? schema.missing

/** The library that upstream merges by, in Go. Its modules' versions are known to be there together. */
export const startOracle = (): GoProgram => {
  const read = (file: string) => readFileSync(join(machinery.path, file), 'utf8')
  return startGoProgram({ main: new URL('./main.go', import.meta.url), needs: read('go.mod'), sums: read('go.sum') }, [
    schema.path,
  ])
}
