import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AwsError, account, jsonCall, region, restCall } from '../emulator/call.ts'

interface AssetManifest {
  readonly files?: Record<
    string,
    { source: { path: string; packaging: 'zip' | 'file' }; destinations: Record<string, Destination> }
  >
}
interface Destination {
  readonly bucketName: string
  readonly objectKey: string
}

/** What `cdk bootstrap` makes, as far as `cdk deploy` looks at it. */
export const bootstrap = async (url: string): Promise<void> => {
  await restCall(url, 's3', { method: 'PUT', path: `/cdk-hnb659fds-assets-${account}-${region}` })
  const parameter = { Name: '/cdk-bootstrap/hnb659fds/version', Value: '30', Type: 'String', Overwrite: true }
  await jsonCall(url, 'AmazonSSM.PutParameter', parameter)
}

/** Puts a stack's files where its template looks for them. */
export const uploadAssets = async (url: string, { directory, stack }: { directory: string; stack: string }): Promise<void> => {
  const manifest = JSON.parse(readFileSync(join(directory, `${stack}.assets.json`), 'utf8')) as AssetManifest
  for (const { source, destinations } of Object.values(manifest.files ?? {})) {
    const path = join(directory, source.path)
    if (source.path.endsWith('.template.json')) continue
    const body = source.packaging === 'zip' ? zip(path) : readFileSync(path)
    for (const { bucketName, objectKey } of Object.values(destinations)) {
      await restCall(url, 's3', { method: 'PUT', path: `/${filled(bucketName)}/${objectKey}`, body: new Uint8Array(body) })
    }
  }
}

// as `cdk synth` writes a manifest
const filled = (text: string) =>
  text.replace(/\$\{AWS::(AccountId|Region)\}/g, (_, name: string) => (name === 'Region' ? region : account))

const zip = (path: string): Buffer => {
  if (!statSync(path).isDirectory()) throw new AwsError(`${path} is no folder`)
  const file = `${path}.zip`
  execFileSync('python3', ['-c', zipProgram, path, file], { stdio: 'pipe' })
  return readFileSync(file)
}

// Stored: nobody downloads it from far away.
const zipProgram = `
import os, sys, zipfile
source, target = sys.argv[1:]
with zipfile.ZipFile(target, 'w', zipfile.ZIP_STORED) as archive:
    for folder, _, files in os.walk(source):
        for file in files:
            path = os.path.join(folder, file)
            archive.write(path, os.path.relpath(path, source))
`
