import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { unpackPackages } from './debian.ts'
import { layAccounts, layShell } from './root.ts'

/** The Node.js that runs this, with its libraries, on an empty base, and Busybox for a shell. */
export async function layNode(context: string, cache: string): Promise<void> {
  const root = join(context, 'root')
  await unpackPackages({ packages: ['busybox-static'], without: /^(?!busybox-static)/, root, cache })
  layShell(root)
  layAccounts(root, { name: 'orders', id: 10001, home: '/app' })
  mkdirSync(join(root, 'usr/local/bin'), { recursive: true })
  copyFileSync(process.execPath, join(root, 'usr/local/bin/node'))
  for (const library of librariesOf(process.execPath)) {
    mkdirSync(join(root, dirname(library)), { recursive: true })
    copyFileSync(library, join(root, library))
  }
  writeFileSync(
    join(context, 'Dockerfile'),
    ['FROM scratch', 'COPY root/ /', 'ENV PATH=/usr/local/bin:/usr/bin:/bin', 'USER 10001:10001', 'CMD ["node"]', ''].join('\n'),
  )
}

function librariesOf(binary: string): string[] {
  const found = execFileSync('ldd', [binary], { encoding: 'utf8' }).matchAll(/(?:=> )?(\/\S+) \(0x/g)
  const libraries = [...found].map((match) => match[1]!)
  // Before glibc 2.34 name lookups are libraries of their own, loaded by name at run time.
  const folder = dirname(libraries.find((path) => path.includes('/libc.so')) ?? '/lib')
  const lookups = ['libnss_dns.so.2', 'libnss_files.so.2', 'libresolv.so.2'].map((name) => join(folder, name))
  return [...libraries, ...lookups.filter((path) => existsSync(path))]
}
