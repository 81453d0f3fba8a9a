import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createRun } from '../../../agent/network/command.ts'
import { forgetInterfaces, trustInterfaces } from '../../../agent/network/firewalld.ts'

// A program that stands in for firewalld's client: it keeps what is in its trusted zone in a file.
const program = `#!/bin/sh
zone=$(dirname "$0")/trusted
[ -e "$(dirname "$0")/stopped" ] && { echo 'not running' >&2; exit 252; }
case "$*" in
  --state) echo running ;;
  '--zone=trusted --change-interface='*)
    [ -e "$(dirname "$0")/stubborn" ] && { echo 'Error: INVALID_ZONE: trusted' >&2; exit 112; }
    name=\${2#*=}; grep -qxF "$name" "$zone" 2>/dev/null || echo "$name" >> "$zone" ;;
  '--zone=trusted --query-interface='*) grep -qxF "\${2#*=}" "$zone" 2>/dev/null || { echo no; exit 1; } ;;
  '--zone=trusted --remove-interface='*) grep -vxF "\${2#*=}" "$zone" > "$zone.new"; mv "$zone.new" "$zone" ;;
  *) echo "unknown: $*" >&2; exit 2 ;;
esac
`
let folder: string
let path: string | undefined
const run = createRun()
const zone = () => (existsSync(join(folder, 'trusted')) ? readFileSync(join(folder, 'trusted'), 'utf8') : '')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'windlass-firewalld-'))
  writeFileSync(join(folder, 'firewall-cmd'), program)
  chmodSync(join(folder, 'firewall-cmd'), 0o755)
  path = process.env.PATH
  process.env.PATH = `${folder}:${path}`
})
afterEach(() => {
  process.env.PATH = path
  rmSync(folder, { recursive: true })
})

it('trusts the interfaces of pods while the cluster is there, however often it is told', async () => {
  writeFileSync(join(folder, 'trusted'), 'eth7\n')
  expect(await trustInterfaces(run)).toBeUndefined()
  expect(await trustInterfaces(run)).toBeUndefined()
  expect(zone()).toBe('eth7\nwindlass0\nwl-+\n')
  await forgetInterfaces(run)
  await forgetInterfaces(run)
  expect(zone()).toBe('eth7\n')
})

it('is left alone where it does not run or is not there', async () => {
  writeFileSync(join(folder, 'stopped'), '')
  expect(await trustInterfaces(run)).toBeUndefined()
  await forgetInterfaces(run)
  rmSync(join(folder, 'firewall-cmd'))
  expect(await trustInterfaces(run)).toBeUndefined()
  expect(zone()).toBe('')
})

it('is named with what the user can do where it runs and does not take them', async () => {
  writeFileSync(join(folder, 'stubborn'), '')
  expect(await trustInterfaces(run)).toBe(
    'firewalld runs and does not trust the interfaces of pods, which may have no network (Error: INVALID_ZONE: trusted); what may help: firewall-cmd --zone=trusted --add-interface=windlass0 && firewall-cmd --zone=trusted --add-interface=wl-+',
  )
})
