import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cache } from '../../images/build.ts'
import { layServer } from '../../images/postgres.ts'

/** PostgreSQL and Patroni, which makes one of several servers the primary, as Debian packages them. */
export async function layPatroni(context: string): Promise<void> {
  await layServer(join(context, 'root'), cache, ['patroni'])
  writeFileSync(
    join(context, 'Dockerfile'),
    [
      'FROM scratch',
      'COPY root/ /',
      'ENV PATH=/usr/bin:/bin LANG=C.UTF-8 PYTHONUNBUFFERED=1',
      // Debian does it when a package is installed.
      'RUN python3 -m compileall -q /usr/lib/python3 /usr/lib/python3.11',
      'USER 999:999',
      'CMD ["patroni", "/etc/patroni/patroni.yml"]',
      '',
    ].join('\n'),
  )
}
