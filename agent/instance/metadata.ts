/** What an EC2 instance says of itself: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html */
export interface InstanceFacts {
  readonly instanceId: string
  readonly instanceType: string
  readonly region: string
  readonly zone: string
  readonly privateAddress: string
  readonly privateName: string
}

export interface InstanceMetadata {
  facts(): Promise<InstanceFacts>
  isSpot(): Promise<boolean>
  /** When and how the spot instance will be interrupted; undefined: it will not, as far as is known. */
  interruption(): Promise<{ readonly action: string; readonly atMs: number } | undefined>
}

const tokenSeconds = 21_600
const timeoutMs = 2000

/** By version 2 of the instance metadata service: a session token, then requests with it. Rejects when it does not answer. */
export const createInstanceMetadata = ({ endpoint }: { endpoint: string }): InstanceMetadata => {
  let token: { readonly text: string; readonly renewAtMs: number } | undefined

  const ask = (path: string, init: RequestInit) =>
    fetch(new URL(path, endpoint), { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })

  const session = async (): Promise<string> => {
    if (token && Date.now() < token.renewAtMs) return token.text
    const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': String(tokenSeconds) }
    const response = await ask('/latest/api/token', { method: 'PUT', headers })
    if (!response.ok) throw new Error(`the instance metadata service answered ${response.status} to a request for a token`)
    token = { text: await response.text(), renewAtMs: Date.now() + (tokenSeconds * 1000) / 2 }
    return token.text
  }

  /** undefined: there is nothing of that name */
  const read = async (path: string): Promise<string | undefined> => {
    const response = await ask(path, { headers: { 'x-aws-ec2-metadata-token': await session() } })
    const text = await response.text()
    if (response.status === 404) return undefined
    if (response.ok) return text
    token = undefined
    throw new Error(`the instance metadata service answered ${response.status} to ${path}`)
  }

  return {
    facts: async () => {
      const document = JSON.parse((await read('/latest/dynamic/instance-identity/document')) ?? '{}') as Record<string, string>
      // With several DHCP domains there are several names.
      const privateName = ((await read('/latest/meta-data/local-hostname')) ?? '').split(/\s+/)[0]
      const { instanceId, instanceType, region, availabilityZone: zone, privateIp: privateAddress } = document
      const facts = { instanceId, instanceType, region, zone, privateAddress }
      const missing = Object.entries(facts).filter(([, value]) => !value)
      if (missing.length > 0)
        throw new Error(
          `the instance's identity document lacks ${missing.map(([key]) => key).join(', ')}: is this an EC2 instance?`,
        )
      return { ...(facts as Omit<InstanceFacts, 'privateName'>), privateName: privateName || (privateAddress as string) }
    },
    isSpot: async () => (await read('/latest/meta-data/instance-life-cycle')) === 'spot',
    interruption: async () => {
      const text = await read('/latest/meta-data/spot/instance-action')
      if (text === undefined) return undefined
      const { action = 'terminate', time = '' } = JSON.parse(text) as { action?: string; time?: string }
      return { action, atMs: Date.parse(time) }
    },
  }
}
