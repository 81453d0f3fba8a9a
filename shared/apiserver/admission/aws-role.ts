import type { Container, Volume } from '../../resources/generated/types.ts'
import type { AccountEffect } from './service-account.ts'

export interface AwsRoleOptions {
  /** where the cluster is; programs ask STS there unless their pod says otherwise */
  readonly region: string
}

/** as on EKS, so that its manifests and charts are right here */
const domain = 'eks.amazonaws.com'
const volumeName = 'aws-iam-token'
const mountPath = `/var/run/secrets/${domain}/serviceaccount`
const shortestSeconds = 600
const defaultSeconds = 86_400

/**
 * Pods of a service account that is annotated with the ARN of an IAM role find what every AWS SDK looks for: a token that STS gives the
 * role's credentials for, since IAM trusts this cluster as an issuer. https://github.com/aws/amazon-eks-pod-identity-webhook
 */
export const createAwsRole =
  ({ region }: AwsRoleOptions): AccountEffect =>
  ({ metadata, spec }, account) => {
    const ofAccount = (name: string) => account.metadata.annotations?.[`${domain}/${name}`]
    const role = ofAccount('role-arn')
    if (!role) return
    const ofPod = (name: string) => metadata.annotations?.[`${domain}/${name}`]
    const environment = [
      ...(ofAccount('sts-regional-endpoints') === 'false' ? [] : [{ AWS_STS_REGIONAL_ENDPOINTS: 'regional' }]),
      { AWS_DEFAULT_REGION: region, AWS_REGION: region },
      { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: `${mountPath}/token` },
    ]
    const skipped = new Set(
      ofPod('skip-containers')
        ?.split(',')
        .map((name) => name.trim()),
    )
    for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
      if (!skipped.has(container.name)) give(container, environment)
    }
    if (spec.volumes?.some(({ name }) => name === volumeName)) return
    const expirationSeconds = secondsOf(ofPod('token-expiration')) ?? secondsOf(ofAccount('token-expiration')) ?? defaultSeconds
    const audience = ofAccount('audience') || 'sts.amazonaws.com'
    spec.volumes = [...(spec.volumes ?? []), tokenVolume({ audience, expirationSeconds, path: 'token' })]
  }

/** Each set of variables, unless the container has one of it already. */
const give = (container: Container, sets: readonly Readonly<Record<string, string>>[]): void => {
  const has = new Set(container.env?.map(({ name }) => name))
  const missing = sets.filter((set) => !Object.keys(set).some((name) => has.has(name)))
  const added = missing.flatMap((set) => Object.entries(set).map(([name, value]) => ({ name, value })))
  if (added.length > 0) container.env = [...(container.env ?? []), ...added]
  if (container.volumeMounts?.some(({ name }) => name === volumeName)) return
  container.volumeMounts = [...(container.volumeMounts ?? []), { name: volumeName, readOnly: true, mountPath }]
}

const tokenVolume = (serviceAccountToken: { audience: string; expirationSeconds: number; path: string }): Volume => ({
  name: volumeName,
  projected: { defaultMode: 0o644, sources: [{ serviceAccountToken }] },
})

const secondsOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Math.max(shortestSeconds, Number(text)) : undefined
