import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unpackPackages } from './debian.ts'
import { layAccounts, layShell } from './root.ts'

// What Debian's scripts and the just-in-time compiler need; the server itself does not.
const notNeeded =
  /perl|^(adduser|debconf|dpkg|gcc-.*|init-system-helpers|libllvm.*|libz3.*|libdb.*|libgdbm.*|libsemanage.*|libsepol.*|locales|libc-l10n|lsb-base|netbase|openssl|passwd|postgresql-common.*|postgresql-client-common|sensible-utils|ssl-cert|sysvinit-utils|tar|ucf|usrmerge)$/

/** PostgreSQL as Debian packages it, with Busybox for a shell; it starts as the official image does. */
export async function layPostgres(context: string, cache: string): Promise<void> {
  const root = join(context, 'root')
  await unpackPackages({ packages: ['postgresql', 'busybox-static'], without: notNeeded, root, cache })
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
  copyFileSync(fileURLToPath(new URL('start-postgres.sh', import.meta.url)), join(root, 'usr/bin/start-postgres.sh'))
  chmodSync(join(root, 'usr/bin/start-postgres.sh'), 0o755)
  for (const path of ['var/lib/postgresql/data', 'var/run/postgresql', 'run/postgresql']) {
    mkdirSync(join(root, path), { recursive: true })
    chmodSync(join(root, path), 0o777)
  }
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
