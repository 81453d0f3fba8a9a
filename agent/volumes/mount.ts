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

/** Unmounts everything below a folder, innermost first. */
export const unmountBelow = async (dir: string): Promise<void> => {
  const below = (await mountPoints()).filter((path) => path.startsWith(`${dir}/`)).reverse()
  for (const path of below) await run('umount', ['-l', path])
}
