import { UserData } from 'aws-cdk-lib/aws-ec2'
import type { Asset } from 'aws-cdk-lib/aws-s3-assets'
import { pauseImage } from '../../agent/runtime/docker/pause-image.ts'
import { nodeRuntime } from '../node-runtime.ts'

export interface NodeUserDataOptions {
  readonly architecture: 'arm64' | 'x64'
  readonly agent: Asset
  /** its name */
  readonly ecsCluster: string
  readonly agentVariables: Readonly<Record<string, string>>
}

const folder = '/opt/windlass'

/** Runs once, at an instance's first start, before the ECS agent does (whose unit waits for cloud-init's end). */
export const nodeUserData = ({ architecture, agent, ecsCluster, agentVariables }: NodeUserDataOptions): UserData => {
  const { name, entryPoint } = pauseImage(architecture)
  const runtime = nodeRuntime[architecture]
  const userData = UserData.forLinux()
  userData.addCommands(
    'set -euo pipefail',
    ...fileOf('/etc/ecs/ecs.config', ecsSettings(ecsCluster)),
    'dnf install -y awscli-2 iproute nftables unzip',
    `mkdir -p ${folder}`,
    `curl -fsS --retry 5 -o /tmp/node.tgz ${runtime.url}`,
    `echo '${runtime.sha512}  /tmp/node.tgz' | sha512sum --check`,
    `tar -xzf /tmp/node.tgz -C ${folder} --strip-components=2 package/bin/node`,
  )
  const archive = userData.addS3DownloadCommand({
    bucket: agent.bucket,
    bucketKey: agent.s3ObjectKey,
    localFile: '/tmp/agent.zip',
  })
  userData.addCommands(
    `unzip -o -d ${folder} ${archive}`,
    'rm /tmp/node.tgz /tmp/agent.zip',
    'systemctl start docker',
    // A signal that the sandbox, the first process of its namespace, never gets: the agent sees it asked for, ends the pod, and then the sandbox.
    `docker import --change 'ENTRYPOINT ["${entryPoint}"]' --change 'STOPSIGNAL SIGUSR1' ${folder}/sandbox.tar ${name}`,
    'install -d -m 700 /etc/windlass',
    ...fileOf(
      '/etc/windlass/agent.env',
      Object.entries(agentVariables).map(([key, value]) => `${key}=${value}`),
    ),
    ...fileOf('/etc/systemd/system/windlass-agent.service', agentUnit),
    'systemctl daemon-reload',
    'systemctl enable --now --no-block windlass-agent.service',
  )
  return userData
}

const fileOf = (path: string, lines: readonly string[]): string[] => [`cat > ${path} <<'END'`, ...lines, 'END']

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html */
const ecsSettings = (cluster: string): string[] => [
  `ECS_CLUSTER=${cluster}`,
  // The sandbox's image is on no registry.
  'ECS_IMAGE_PULL_BEHAVIOR=prefer-cached',
  'ECS_DISABLE_IMAGE_CLEANUP=true',
  'ECS_AWSVPC_BLOCK_IMDS=true',
  // of the system, the ECS agent and ours
  'ECS_RESERVED_MEMORY=384',
  // Three hours by default: dead sandboxes would pile up.
  'ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION=1m',
  'ECS_ENABLE_SPOT_INSTANCE_DRAINING=true',
]

const agentUnit: string[] = [
  '[Unit]',
  'Description=Windlass node agent',
  'After=docker.service network-online.target',
  'Wants=network-online.target',
  'StartLimitIntervalSec=0',
  '',
  '[Service]',
  'EnvironmentFile=/etc/windlass/agent.env',
  `ExecStart=${folder}/node ${folder}/agent.mjs`,
  'Restart=always',
  'RestartSec=5',
  // Containers belong to the engine: they go on while the agent is away.
  'KillMode=process',
  'OOMScoreAdjust=-900',
  '',
  '[Install]',
  'WantedBy=multi-user.target',
]
