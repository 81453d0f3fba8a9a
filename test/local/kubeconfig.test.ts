import { chown, lstat, mkdtemp, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { addToKubeconfig, KubeconfigError, removeFromKubeconfig, setBackContext, userKubeconfig } from '../../local/kubeconfig.ts'

const entry = {
  name: 'windlass',
  server: 'https://127.0.0.1:6443',
  certificateAuthority: 'CA',
  clientCertificate: 'CERT',
  clientKey: 'KEY',
}
const others = `# mine
apiVersion: v1
kind: Config
clusters:
- name: work # keep this remark
  cluster: {server: https://work.example}
contexts:
- name: work
  context: {cluster: work, user: me}
users:
- name: me
  user: {token: abc}
current-context: work
`

describe('kubeconfig', () => {
  let file: string
  beforeEach(async () => {
    file = join(await mkdtemp(join(tmpdir(), 'kubeconfig-')), 'deep', 'config')
  })

  it('is made with its folder, for its owner only, when there is none', async () => {
    await addToKubeconfig(file, entry)
    const config = parse(await readFile(file, 'utf8'))
    expect(config).toMatchObject({ apiVersion: 'v1', kind: 'Config', 'current-context': 'windlass' })
    expect(config.clusters[0].cluster).toEqual({ server: entry.server, 'certificate-authority-data': btoa('CA') })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('keeps the entries and comments of others, and replaces its own', async () => {
    await addToKubeconfig(file, entry)
    await writeFile(file, others)
    await addToKubeconfig(file, entry)
    await addToKubeconfig(file, { ...entry, server: 'https://127.0.0.1:7443' })
    const text = await readFile(file, 'utf8')
    const config = parse(text)
    expect(text).toContain('# mine')
    expect(text).toContain('# keep this remark')
    expect(config.clusters.map((item: { name: string }) => item.name)).toEqual(['work', 'windlass'])
    expect(config.clusters[1].cluster.server).toBe('https://127.0.0.1:7443')
    expect(config.users).toHaveLength(2)
  })

  it('takes out its own entries and leaves the rest', async () => {
    await addToKubeconfig(file, entry)
    await writeFile(file, others)
    await addToKubeconfig(file, entry)
    await removeFromKubeconfig(file, 'windlass', entry)
    const config = parse(await readFile(file, 'utf8'))
    expect(config.clusters.map((item: { name: string }) => item.name)).toEqual(['work'])
    expect(config['current-context']).toBe('')
  })

  it('leaves entries of the same name that belong to another cluster', async () => {
    await addToKubeconfig(file, entry)
    await removeFromKubeconfig(file, 'windlass', { server: 'https://127.0.0.1:9999' })
    expect(parse(await readFile(file, 'utf8')).clusters).toHaveLength(1)
  })

  it.each([
    ['broken YAML', 'clusters: [', /not valid YAML/],
    ['a list', '- a\n', /not a kubeconfig/],
    ['a section of the wrong shape', 'clusters: 3\n', /"clusters" is not a list/],
  ])('refuses %s and changes nothing', async (_what, text, message) => {
    await addToKubeconfig(file, entry)
    await writeFile(file, text)
    await expect(addToKubeconfig(file, entry)).rejects.toThrow(message)
    expect(await readFile(file, 'utf8')).toBe(text)
  })

  it("respects kubectl's lock", async () => {
    await addToKubeconfig(file, entry)
    await writeFile(`${file}.lock`, '')
    await expect(addToKubeconfig(file, entry)).rejects.toThrow(KubeconfigError)
  })

  it('is the first file of $KUBECONFIG', () => {
    expect(userKubeconfig({ KUBECONFIG: ':/a:/b' })).toBe('/a')
    expect(userKubeconfig({})).toMatch(/\.kube\/config$/)
  })

  it('gives the current context back to whom it took it from, unless the user has chosen since', async () => {
    await addToKubeconfig(file, entry)
    await writeFile(file, others)
    expect(await addToKubeconfig(file, entry)).toBe('work')
    expect(await addToKubeconfig(file, entry)).toBeUndefined()
    const current = async () => parse(await readFile(file, 'utf8'))['current-context']
    await setBackContext(file, 'windlass', 'gone')
    expect(await current()).toBe('windlass')
    await setBackContext(file, 'windlass', 'work')
    expect(await current()).toBe('work')
    await addToKubeconfig(file, entry)
    await removeFromKubeconfig(file, 'windlass', { ...entry, previousContext: 'work' })
    expect(await current()).toBe('work')
  })

  it.each(['absolute', 'relative'])('stays a link where it is one: %s', async (kind) => {
    await addToKubeconfig(file, entry)
    const folder = dirname(file)
    const link = join(folder, 'link')
    await writeFile(join(folder, 'real'), others, { mode: 0o644 })
    await symlink(kind === 'absolute' ? join(folder, 'real') : 'real', link)
    await addToKubeconfig(link, entry)
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
    expect(await readFile(join(folder, 'real'), 'utf8')).toContain('windlass')
    expect((await stat(link)).mode & 0o777).toBe(0o600)
    expect((await readdir(folder)).sort()).toEqual(['config', 'link', 'real'])
  })

  it('is made behind a link that leads nowhere yet', async () => {
    await addToKubeconfig(file, entry)
    const link = join(dirname(file), 'link')
    await symlink('later', link)
    await addToKubeconfig(link, entry)
    expect(await readFile(join(dirname(file), 'later'), 'utf8')).toContain('windlass')
  })

  it.skipIf(process.getuid?.() !== 0)('belongs to the owner of the folder under sudo, folders that are made too', async () => {
    const home = await mkdtemp(join(tmpdir(), 'home-'))
    await chown(home, 1234, 1235)
    const own = join(home, '.kube', 'config')
    await addToKubeconfig(own, entry)
    for (const path of [own, dirname(own)]) expect(await stat(path)).toMatchObject({ uid: 1234, gid: 1235 })
  })
})
