import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import { Asset } from 'aws-cdk-lib/aws-s3-assets'
import { Construct } from 'constructs'
import { buildSync } from 'esbuild'
import { pauseImage } from '../../agent/runtime/docker/pause-image.ts'

export interface AgentPackageProps {
  /** of the nodes, in Node.js' words */
  readonly architecture: 'arm64' | 'x64'
}

/** What an instance downloads: the agent as one file, and the sandbox's image. */
export class AgentPackage extends Construct {
  readonly asset: Asset

  constructor(scope: Construct, id: string, { architecture }: AgentPackageProps) {
    super(scope, id)
    const directory = mkdtempSync(join(tmpdir(), 'windlass-agent-'))
    try {
      buildAgent(join(directory, 'agent.mjs'))
      // Runs as a process of its own, inside a pod's network namespace.
      copyFileSync(pathOf('agent/server/netns-connector.ts'), join(directory, 'netns-connector.ts'))
      writeFileSync(join(directory, 'sandbox.tar'), pauseImage(architecture).archive)
      this.asset = new Asset(this, 'Asset', { path: directory })
    } finally {
      rmSync(directory, { recursive: true })
    }
  }

  grantRead(grantee: IGrantable): Grant {
    const { bucket, s3ObjectKey } = this.asset
    return Grant.addToPrincipal({ grantee, actions: ['s3:GetObject'], resourceArns: [bucket.arnForObjects(s3ObjectKey)] })
  }
}

const pathOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

const buildAgent = (outfile: string): void => {
  buildSync({
    entryPoints: [pathOf('agent/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    logLevel: 'error',
    // Native add-ons that their users do without: of engines behind SSH, and of faster masking of frames.
    external: ['cpu-features', '*.node', 'bufferutil', 'utf-8-validate'],
    // What modules of the older kind take for given.
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url),__dirname=import.meta.dirname;",
    },
  })
}
