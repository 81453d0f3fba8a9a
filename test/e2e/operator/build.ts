import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, isBuilt } from '../../../examples/images/docker.ts'

const source = fileURLToPath(new URL('source', import.meta.url))
const cache = fileURLToPath(new URL('../../../node_modules/.cache/windlass-operator', import.meta.url))

/** Compiles the operator from Go modules, once for each state of its source, and makes an image of the program alone. */
export const buildOperator = async (name: string): Promise<void> => {
  const digest = sourceDigest()
  if (await isBuilt(name, digest)) return
  mkdirSync(cache, { recursive: true })
  const program = join(cache, digest)
  const environment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOWORK: 'off' }
  if (!existsSync(program)) {
    // One of another source is not asked for again, and holds 50 MB.
    for (const old of readdirSync(cache)) rmSync(join(cache, old))
    execFileSync('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', program, '.'], { cwd: source, env: environment })
  }
  const context = mkdtempSync(join(tmpdir(), 'windlass-operator-'))
  try {
    copyFileSync(program, join(context, 'operator'))
    writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY operator /operator\nUSER 65532\nENTRYPOINT ["/operator"]\n')
    await build({ name, context, digest })
  } finally {
    rmSync(context, { recursive: true, force: true })
  }
}

const sourceDigest = (): string => {
  const hash = createHash('sha256')
  for (const name of (readdirSync(source, { recursive: true }) as string[]).sort())
    if (/\.go$|^go\./.test(name)) hash.update(name).update(readFileSync(join(source, name)))
  return hash.digest('hex').slice(0, 16)
}
