import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { addToKubeconfig, KubeconfigError, removeFromKubeconfig, userKubeconfig } from '../../local/kubeconfig.ts'

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
})
