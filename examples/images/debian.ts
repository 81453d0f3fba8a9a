import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface PackageSet {
  readonly packages: readonly string[]
  /** dependencies that the image can do without; @default what Debian's scripts and PostgreSQL's just-in-time compiler need */
  readonly without?: RegExp
  /** folder that becomes the image's root */
  readonly root: string
  /** folder that keeps the downloaded packages */
  readonly cache: string
}

const notNeeded =
  /perl|^(adduser|debconf|dpkg|gcc-.*|init-system-helpers|libllvm.*|libz3.*|libdb.*|libgdbm.*|libsemanage.*|libsepol.*|locales|libc-l10n|lsb-base|netbase|openssl|passwd|postgresql-common.*|postgresql-client-common|sensible-utils|ssl-cert|sysvinit-utils|tar|ucf|usrmerge)$/

/** Unpacks Debian packages and what they depend on under `root`; the machine's own packages are left as they are. */
export async function unpackPackages({ packages, without = notNeeded, root, cache }: PackageSet): Promise<void> {
  mkdirSync(cache, { recursive: true })
  layMergedUsr(root)
  for (const file of await download(cache, packages, without)) {
    execFileSync('sh', [
      '-c',
      `dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2"`,
      'sh',
      join(cache, file),
      root,
    ])
  }
}

async function download(folder: string, packages: readonly string[], without: RegExp): Promise<string[]> {
  try {
    return await downloadOnce(folder, packages, without)
  } catch (first) {
    // A fresh machine has no package lists yet.
    await run('apt-get', ['update', '-q']).catch((error: unknown) => {
      throw new Error(`apt-get can't reach Debian's packages, which the example needs: ${String(error)}`, { cause: first })
    })
    return downloadOnce(folder, packages, without)
  }
}

/** The files of the packages: what an earlier image needed is there, of older versions too. */
async function downloadOnce(folder: string, packages: readonly string[], without: RegExp): Promise<string[]> {
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
    .map(([, name, version]) => ({ name: name!, version: version! }))
    .filter(({ name }) => !without.test(name))
  const present = filesIn(folder)
  const missing = wanted.filter((wish) => !present.has(keyOf(wish)))
  if (missing.length > 0)
    await run('apt-get', ['-q', ...options, 'download', ...missing.map(({ name, version }) => `${name}=${version}`)], {
      cwd: folder,
    })
  const files = filesIn(folder)
  return wanted.map((wish) => files.get(keyOf(wish))!)
}

const keyOf = ({ name, version }: { name: string; version: string }) => `${name}_${version}`

/** Files of packages, `name_version_architecture.deb`, by name and version. */
const filesIn = (folder: string): Map<string, string> =>
  new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.deb'))
      .map((file) => [file.replaceAll('%3a', ':').replace(/_[^_]+\.deb$/, ''), file]),
  )

function layMergedUsr(root: string): void {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(root, 'usr', name), { recursive: true })
    symlinkSync(`usr/${name}`, join(root, name))
  }
}
