import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unpackPackages } from './debian.ts'
import { layAccounts, layShell } from './root.ts'

/** What is in both images: the server as Debian packages it, `packages` beside it, and Busybox for a shell. */
export async function layServer(root: string, cache: string, packages: readonly string[] = []): Promise<void> {
  await unpackPackages({ packages: ['postgresql', 'busybox-static', ...packages], root, cache })
  for (const path of ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/lintian']) {
    rmSync(join(root, path), { recursive: true, force: true })
  }
  const versions = readdirSync(join(root, 'usr/lib/postgresql'))
  const home = `usr/lib/postgresql/${versions[0]}`
  for (const name of readdirSync(join(root, home, 'lib'))) {
    if (name.startsWith('llvmjit') || name === 'bitcode') rmSync(join(root, home, 'lib', name), { recursive: true })
  }
  for (const name of readdirSync(join(root, home, 'bin'))) {
    rmSync(join(root, 'usr/bin', name), { force: true })
    symlinkSync(`/${home}/bin/${name}`, join(root, 'usr/bin', name))
  }
  layShell(root)
  layAccounts(root, { name: 'postgres', id: 999, home: '/var/lib/postgresql' })
  for (const path of ['var/lib/postgresql/data', 'var/run/postgresql', 'run/postgresql']) {
    mkdirSync(join(root, path), { recursive: true })
    chmodSync(join(root, path), 0o777)
  }
}

/** One server, which starts as the official image does. */
export async function layPostgres(context: string, cache: string): Promise<void> {
  const root = join(context, 'root')
  await layServer(root, cache)
  copyFileSync(fileURLToPath(new URL('start-postgres.sh', import.meta.url)), join(root, 'usr/bin/start-postgres.sh'))
  chmodSync(join(root, 'usr/bin/start-postgres.sh'), 0o755)
  writeFileSync(
    join(context, 'Dockerfile'),
    [
      'FROM scratch',
      'COPY root/ /',
      'ENV PATH=/usr/bin:/bin PGDATA=/var/lib/postgresql/data LANG=C.UTF-8',
      'USER 999:999',
      'STOPSIGNAL SIGINT',
      'EXPOSE 5432',
      'ENTRYPOINT ["start-postgres.sh"]',
      '',
    ].join('\n'),
  )
}
