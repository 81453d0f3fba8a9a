import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CertificateRequest, KeyPair } from '../shared/identity/certificates.ts'
import { type FrontProxy, frontProxyName } from '../shared/reach/front-proxy.ts'

/** The cluster's certificates: issued on first use, then read from its directory. */
export interface Pki {
  readonly authority: KeyPair
  /** `name` is the file's; a change of what is requested issues anew */
  certificate(name: string, request: CertificateRequest): Promise<KeyPair>
  /** Who this server is to extension servers, by an authority that signs nobody else. */
  frontProxy(): Promise<FrontProxy>
  /** signs service account tokens; PEM */
  signingKey(): Promise<{ publicKey: string; privateKey: string }>
}

export const openPki = async (directory: string): Promise<Pki> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const authority = await readOrMake(join(directory, 'ca.json'), 'windlass-ca', async () =>
    (await import('../shared/identity/certificates.ts')).createAuthority('windlass-ca'),
  )
  return {
    authority,
    certificate: (name, request) =>
      readOrMake(join(directory, `${name}.json`), JSON.stringify(request), async () =>
        (await import('../shared/identity/certificates.ts')).issue(authority, request),
      ),
    frontProxy: async () => {
      const signer = await readOrMake(join(directory, 'front-proxy-ca.json'), 'windlass-front-proxy-ca', async () =>
        (await import('../shared/identity/certificates.ts')).createAuthority('windlass-front-proxy-ca'),
      )
      const request: CertificateRequest = { name: frontProxyName, usage: 'client' }
      const client = await readOrMake(join(directory, 'front-proxy-client.json'), JSON.stringify(request), async () =>
        (await import('../shared/identity/certificates.ts')).issue(signer, request),
      )
      return { identity: async () => client, authority: async () => signer.certificate }
    },
    signingKey: () =>
      readOrMake(join(directory, 'service-account.json'), 'service-account', async () =>
        (await import('../shared/identity/certificates.ts')).createSigningKey(),
      ),
  }
}

const readOrMake = async <T extends object>(file: string, request: string, make: () => Promise<T>): Promise<T> => {
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as T & { request: string }
    if (kept.request === request) return kept
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new Error(`${file} can't be read; restore it from a backup`, { cause: error })
    }
  }
  const made = await make()
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, JSON.stringify({ ...made, request }), { mode: 0o600 })
  await chmod(`${file}.new`, 0o600)
  await rename(`${file}.new`, file)
  return made
}
