import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cache } from '../../images/build.ts'
import { unpackPackages } from '../../images/debian.ts'
import { layAccounts, layShell } from '../../images/root.ts'

export interface DebianServer {
  /** of the user that it runs as, in the image; its id is 999 */
  readonly user: string
  readonly packages: readonly string[]
  /** folder for its data, where a claim is mounted */
  readonly data: string
}

/** A server as Debian packages it, with Busybox for a shell; what it is started with is in the manifest. */
export async function layDebianServer(context: string, { user, packages, data }: DebianServer): Promise<void> {
  const root = join(context, 'root')
  await unpackPackages({ packages: [...packages, 'busybox-static'], root, cache })
  for (const path of ['usr/share', 'usr/lib/systemd', 'lib/systemd']) rmSync(join(root, path), { recursive: true, force: true })
  layShell(root)
  layAccounts(root, { name: user, id: 999, home: data })
  mkdirSync(join(root, data), { recursive: true })
  chmodSync(join(root, data), 0o777)
  writeFileSync(
    join(context, 'Dockerfile'),
    ['FROM scratch', 'COPY root/ /', 'ENV PATH=/usr/sbin:/usr/bin:/bin', 'USER 999:999', ''].join('\n'),
  )
}
