import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { newRecord, openDataDirectory, readRecord, writeRecord } from '../../local/data-directory.ts'
import { takeLock } from '../../local/machine-lock.ts'

const record = newRecord({ runtime: 'docker', nodes: 1, server: 'https://127.0.0.1:6443', kubeconfig: undefined })

describe('data directory', () => {
  let path: string
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'data-'))
  })

  it('is made where nothing is, and known again', async () => {
    const { record: none } = await openDataDirectory(join(path, 'new'))
    expect(none).toBeUndefined()
    await writeRecord(join(path, 'new'), record)
    expect(await readRecord(join(path, 'new'))).toMatchObject({ id: record.id, nodes: 1 })
  })

  it("refuses a directory with others' files, and writes nothing there", async () => {
    await writeFile(join(path, 'letter.txt'), 'dear')
    await expect(openDataDirectory(path)).rejects.toThrow(/is not a Windlass cluster's/)
    expect(await readdir(path)).toEqual(['letter.txt'])
  })

  it.each([
    ['another version', JSON.stringify({ format: 'windlass/9' }), /made by another version \(windlass\/9\)/],
    ['a damaged record', '{', /is damaged/],
  ])('refuses %s by name', async (_what, text, message) => {
    await writeFile(join(path, 'cluster.json'), text)
    await expect(openDataDirectory(path)).rejects.toThrow(message)
  })

  it('refuses a file', async () => {
    await writeFile(join(path, 'file'), '')
    await expect(openDataDirectory(join(path, 'file'))).rejects.toThrow(/is a file/)
  })
})

describe('lock', () => {
  it('names the process that holds it, and is free after release', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'lock-')), 'lock')
    const release = takeLock(file, 'the cluster')
    expect(() => takeLock(file, 'the cluster')).toThrow(`the cluster is in use by process ${process.pid}`)
    release()
    takeLock(file, 'the cluster')()
  })

  it('is taken over from a process that is gone, even when its pid was given to another', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'lock-')), 'lock')
    await writeFile(file, `${process.pid} 1\n`)
    takeLock(file, 'the cluster')()
    await writeFile(file, '4194304 77\n')
    takeLock(file, 'the cluster')()
  })

  it('is taken over by one of many who find it without its process at the same moment', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'lock-')), 'lock')
    const module = new URL('../../local/machine-lock.ts', import.meta.url).href
    const program = `import { takeLock } from ${JSON.stringify(module)}
      process.stdout.write('ready ')
      process.stdin.once('data', (at) => {
        while (Date.now() < Number(at));
        try {
          takeLock(${JSON.stringify(file)}, 'the cluster')
          process.stdout.write('got it')
        } catch (error) {
          process.stdout.write(error.name)
        }
      })`
    for (let round = 0; round < 3; round++) {
      await writeFile(file, '4194304 77\n')
      const children = Array.from({ length: 6 }, () => spawn(process.execPath, ['--input-type=module', '-e', program]))
      await Promise.all(children.map(({ stdout }) => once(stdout, 'data')))
      const at = Date.now() + 100
      const answers = children.map(({ stdout, stdin }) => {
        stdin.write(`${at}\n`)
        return once(stdout, 'data')
      })
      const said = (await Promise.all(answers)).map(String).sort()
      expect(said).toEqual([...Array.from({ length: 5 }, () => 'LockedError'), 'got it'])
      for (const child of children) child.stdin.end()
      await Promise.all(children.map((child) => once(child, 'exit')))
    }
    expect(await readdir(dirname(file))).toEqual(['lock'])
  })

  it('is taken over from a killed process that nobody has waited for', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'lock-')), 'lock')
    // The shell becomes a program that waits for no child.
    const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const fields = () =>
      readFileSync(`/proc/${String(line).trim()}/stat`, 'utf8')
        .split(') ')[1]!
        .split(' ')
    await expect.poll(() => fields()[0]).toBe('Z')
    await writeFile(file, `${String(line).trim()} ${fields()[19]}\n`)
    takeLock(file, 'the cluster')()
    parent.kill('SIGKILL')
  })
})
