import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Mount points of this machine, decoded, as the kernel lists them. */
const mountPoints = async (): Promise<string[]> => {
  const table = await readFile('/proc/self/mountinfo', 'utf8')
  return table
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      line.split(' ')[4]!.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    )
}

/** Idempotent. `options` as of mount(8): `size=1m,mode=1777`. */
export const mountTmpfs = async (path: string, options: string): Promise<void> => {
  if ((await mountPoints()).includes(path)) return
  await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path])
}

/** Shows at `target` what the descriptor has open: that very file or folder, whatever is to be found at its path by now. */
export const mountDescriptor = async (fd: number, target: string): Promise<void> => {
  // Not made canonical, the path is followed by the kernel, to the descriptor's inode; otherwise mount(8) would look for it by name.
  await run('mount', ['--no-canonicalize', '--bind', `/proc/${process.pid}/fd/${fd}`, target])
}

/**
 * Unmounts everything below a folder, innermost first. Throws when something stays mounted: what somebody still has open is not taken
 * out of sight, since what is removed next would be looked for behind it.
 */
export const unmountBelow = async (dir: string): Promise<void> => {
  const isBelow = (path: string) => path.startsWith(`${dir}/`)
  for (const path of (await mountPoints()).filter(isBelow).reverse()) await run('umount', ['--no-canonicalize', path])
  const left = (await mountPoints()).find(isBelow)
  if (left !== undefined) throw new Error(`"${left}" can not be unmounted`)
}
