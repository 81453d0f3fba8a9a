import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface PackageSet {
  readonly packages: readonly string[]
  /** dependencies that the image can do without */
  readonly without?: RegExp
  /** folder that becomes the image's root */
  readonly root: string
  /** folder that keeps the downloaded packages */
  readonly cache: string
}

/** Unpacks Debian packages and what they depend on under `root`; the machine's own packages are left as they are. */
export async function unpackPackages({ packages, without, root, cache }: PackageSet): Promise<void> {
  const folder = join(cache, packages.join('+'))
  mkdirSync(folder, { recursive: true })
  layMergedUsr(root)
  await download(folder, packages, without)
  for (const file of readdirSync(folder)) {
    if (file.endsWith('.deb'))
      execFileSync('sh', [
        '-c',
        `dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2"`,
        'sh',
        join(folder, file),
        root,
      ])
  }
}

async function download(folder: string, packages: readonly string[], without: RegExp | undefined): Promise<void> {
  try {
    await downloadOnce(folder, packages, without)
  } catch (first) {
    // A fresh machine has no package lists yet.
    await run('apt-get', ['update', '-q']).catch((error: unknown) => {
      throw new Error(`apt-get can't reach Debian's packages, which the example needs: ${String(error)}`, { cause: first })
    })
    await downloadOnce(folder, packages, without)
  }
}

async function downloadOnce(folder: string, packages: readonly string[], without: RegExp | undefined): Promise<void> {
  const nothingInstalled = join(folder, 'status')
  writeFileSync(nothingInstalled, '')
  const options = [
    '-o',
    `Dir::State::status=${nothingInstalled}`,
    '-o',
    'APT::Install-Recommends=false',
    '-o',
    'APT::Sandbox::User=root',
  ]
  const { stdout } = await run('apt-get', ['-s', ...options, 'install', ...packages])
  const wanted = [...stdout.matchAll(/^Inst (\S+) \((\S+)/gm)]
    .filter(([, name]) => without === undefined || !without.test(name!))
    .map(([, name, version]) => `${name}=${version}`)
  const present = new Set(readdirSync(folder).map((file) => file.replaceAll('%3a', ':').replace(/_[^_]+\.deb$/, '')))
  const missing = wanted.filter((spec) => !present.has(spec.replace('=', '_')))
  if (missing.length > 0) await run('apt-get', ['-q', ...options, 'download', ...missing], { cwd: folder })
}

function layMergedUsr(root: string): void {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(root, 'usr', name), { recursive: true })
    symlinkSync(`usr/${name}`, join(root, name))
  }
}
