import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const script = new URL('../../tools/ensure-dependencies.mjs', import.meta.url).pathname

/** A checkout, and a program that stands in for npm: it says as whom it runs, and brings Node.js. */
const checkout = () => {
  const folder = mkdtempSync(join(tmpdir(), 'windlass-checkout-'))
  mkdirSync(join(folder, 'tools'))
  mkdirSync(join(folder, 'bin'))
  cpSync(script, join(folder, 'tools', 'ensure-dependencies.mjs'))
  writeFileSync(join(folder, 'package-lock.json'), '{}')
  const npm = `#!/bin/sh\necho "$(id -u):$(id -g) $HOME $*" >> "${folder}/told"\nmkdir -p node_modules/.bin\nln -sf ${process.execPath} node_modules/.bin/node\n`
  writeFileSync(join(folder, 'bin', 'npm'), npm)
  chmodSync(join(folder, 'bin', 'npm'), 0o755)
  chmodSync(folder, 0o755)
  return folder
}
const ensure = (folder: string, environment: Record<string, string> = {}, user: { uid?: number; gid?: number } = {}) =>
  spawnSync(process.execPath, [join(folder, 'tools', 'ensure-dependencies.mjs')], {
    encoding: 'utf8',
    env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, HOME: '/root', ...environment },
    ...user,
  })

it('installs once for a lock file', () => {
  const folder = checkout()
  expect(ensure(folder).status).toBe(0)
  expect(ensure(folder).status).toBe(0)
  expect(readFileSync(join(folder, 'told'), 'utf8').trim().split('\n')).toHaveLength(1)
})

it.skipIf(process.getuid?.() !== 0)('under sudo runs npm, and with it install scripts, as the owner of the checkout', () => {
  const folder = checkout()
  for (const path of [folder, join(folder, 'tools'), join(folder, 'bin')]) chownSync(path, 4321, 4322)
  expect(ensure(folder).status).toBe(0)
  expect(readFileSync(join(folder, 'told'), 'utf8')).toMatch(/^4321:4322 (?!\/root )\S+ ci /)
  for (const path of ['node_modules', 'node_modules/.windlass-lock'])
    expect(statSync(join(folder, path))).toMatchObject({ uid: 4321, gid: 4322 })
})

it.skipIf(process.getuid?.() !== 0)(
  'tells a user who is not root, before anything is brought, what takes root and what does not',
  () => {
    const folder = checkout()
    for (const path of [folder, join(folder, 'bin')]) chownSync(path, 4321, 4321)
    const { stderr } = ensure(folder, { npm_lifecycle_event: 'prestart' }, { uid: 4321, gid: 4321 })
    expect(stderr.split('\n')[0]).toBe('real containers take root (sudo npm start); without: npm start -- --runtime simulated')
  },
)
