import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A user with no rights, the files that the C library looks names up in, and a place for temporary files. */
export function layAccounts(root: string, user: { name: string; id: number; home: string }): void {
  mkdirSync(join(root, 'etc'), { recursive: true })
  mkdirSync(join(root, 'tmp'), { recursive: true })
  chmodSync(join(root, 'tmp'), 0o1777)
  writeFileSync(
    join(root, 'etc/passwd'),
    `root:x:0:0::/root:/bin/sh\n${user.name}:x:${user.id}:${user.id}::${user.home}:/bin/sh\n`,
  )
  writeFileSync(join(root, 'etc/group'), `root:x:0:\n${user.name}:x:${user.id}:\n`)
  writeFileSync(join(root, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n')
}

/** A shell and the small tools one wants in `kubectl exec` and `kubectl cp`, all of them Busybox under other names. */
export function layShell(root: string): void {
  const busybox = join(root, 'bin/busybox')
  for (const applet of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).split('\n')) {
    if (applet !== '' && applet !== 'busybox') symlinkIfAbsent('/bin/busybox', join(root, 'bin', applet))
  }
}

function symlinkIfAbsent(target: string, path: string): void {
  try {
    symlinkSync(target, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
