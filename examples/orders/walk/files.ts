import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Step } from '../../terminal.ts'

export const files: Step = {
  title: 'Files in and out, and events',
  async run(terminal) {
    const folder = mkdtempSync(join(tmpdir(), 'windlass-walk-'))
    try {
      writeFileSync(join(folder, 'note.txt'), 'from outside\n')
      await terminal.kubectl('cp', join(folder, 'note.txt'), 'client:/tmp/note.txt')
      const read = await terminal.kubectl('exec', 'client', '--', 'cat', '/tmp/note.txt')
      terminal.expect(read === 'from outside\n', 'the file in the pod')
      await terminal.kubectl('cp', 'client:/tmp/note.txt', join(folder, 'back.txt'))
      terminal.expect(readFileSync(join(folder, 'back.txt'), 'utf8') === 'from outside\n', 'the file back')
    } finally {
      rmSync(folder, { recursive: true })
    }
    const events = await terminal.kubectl('events', '--types=Warning')
    terminal.expect(events.includes('Failed'), 'the event of the image that is not there')
    await terminal.kubectl('delete', 'pod', 'client', '--wait')
    await terminal.kubectl('get', 'all', '-l', 'app=orders')
  },
}
