import { existsSync } from 'node:fs'
import type { Terminal } from '../../terminal.ts'

interface VolumeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string }
    readonly spec: { readonly claimRef?: { readonly namespace?: string }; readonly [source: string]: unknown }
  }[]
}

const volumesOf = async (terminal: Terminal) =>
  (JSON.parse(await terminal.ask('get', 'persistentvolumes', '-o', 'json')) as VolumeList).items.filter(
    ({ spec }) => spec.claimRef?.namespace === 'shop',
  )

const pathOf = (spec: { readonly [source: string]: unknown }): string | undefined =>
  ((spec.local ?? spec.hostPath) as { path?: string } | undefined)?.path

/** Takes the shop away: its volumes go with it, and what they hold. */
export async function leave(terminal: Terminal): Promise<void> {
  const folders = (await volumesOf(terminal)).map(({ spec }) => pathOf(spec)).filter((path) => path !== undefined)
  await terminal.kubectl('delete', 'namespace', 'shop', '--wait', '--timeout=240s')
  await terminal.until(
    'no volume to be left',
    async () => (await volumesOf(terminal)).map(({ metadata }) => metadata.name),
    (names) => names.length === 0,
    120,
  )
  await terminal.until(
    'no folder to be left',
    async () => folders.filter((path) => existsSync(path)),
    (paths) => paths.length === 0,
  )
}
