import type { Caller } from './access-entry.ts'
import { dnsSuffix } from './dns-suffix.ts'

const timeoutMs = 5000
const longest = 64 * 1024

/** The hosts that answer for STS in a region. */
export const stsHosts = (region: string): string[] => {
  const suffix = dnsSuffix(region)
  const regional = [`sts.${region}.${suffix}`, `sts-fips.${region}.${suffix}`]
  // The global one knows the principals of its own partition.
  return /^(cn|us-gov|us-iso[a-z]*|eusc)-/.test(region) ? regional : ['sts.amazonaws.com', ...regional]
}

/**
 * Sends a caller's own signed request to STS. No redirect is followed. `endpoint` takes the place of the URL's origin, for an
 * emulator.
 */
export const createAskSts =
  ({ endpoint }: { endpoint?: string | undefined } = {}) =>
  async ({ url }: { url: URL }, headers: Readonly<Record<string, string>>): Promise<Caller | undefined> => {
    const target = endpoint ? new URL(`${url.pathname}${url.search}`, endpoint) : url
    const response = await fetch(target, { headers, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
    const text = await response.text()
    if (response.status >= 500 || response.status === 429) throw new Error(`STS answered ${response.status}`)
    return response.ok && text.length <= longest ? parseAnswer(text) : undefined
  }

const parseAnswer = (text: string): Caller | undefined => {
  const { GetCallerIdentityResponse } = JSON.parse(text) as {
    GetCallerIdentityResponse?: { GetCallerIdentityResult?: { Account?: unknown; Arn?: unknown; UserId?: unknown } }
  }
  const { Account: account, Arn: arn, UserId: userId } = GetCallerIdentityResponse?.GetCallerIdentityResult ?? {}
  const complete = typeof account === 'string' && typeof arn === 'string' && typeof userId === 'string'
  return complete ? { account, arn, userId } : undefined
}
