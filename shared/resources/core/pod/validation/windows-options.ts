import { type FieldError, invalidValue } from '../../../../meta/field-error.ts'
import { dns1123Subdomain } from '../../../../meta/names.ts'
import type { PodSpec, WindowsSecurityContextOptions } from '../../../generated/types.ts'
import { checked } from '../../../validation/value.ts'
import { eachContainer } from './each-container.ts'

const maxCredentialKiB = 64
const maxDomainLength = 256
const maxUserLength = 104
const control = /\p{Cc}/u
const netBiosName = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
const domainName = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/
const forbiddenInUser = /["/\\:;|=,+*?<>@[\]]/

export const validateWindowsOptions = (path: string, options: WindowsSecurityContextOptions | undefined): FieldError[] => {
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: credential, runAsUserName: user } = options ?? {}
  return [
    ...(name === undefined ? [] : checked(`${path}.gmsaCredentialSpecName`, name, (text) => dns1123Subdomain(text))),
    ...(credential === undefined ? [] : credentialErrors(`${path}.gmsaCredentialSpec`, credential)),
    ...(user === undefined ? [] : userErrors(user).map((text) => invalidValue(`${path}.runAsUserName`, user, text))),
  ]
}

const credentialErrors = (path: string, credential: string): FieldError[] => {
  if (credential === '') return [invalidValue(path, credential, 'gmsaCredentialSpec cannot be an empty string')]
  if (Buffer.byteLength(credential) <= maxCredentialKiB * 1024) return []
  return [invalidValue(path, credential, `gmsaCredentialSpec size must be under ${maxCredentialKiB} KiB`)]
}

/** `USER` or `DOMAIN\USER` */
const userErrors = (name: string): string[] => {
  if (name === '') return ['runAsUserName cannot be an empty string']
  if (control.test(name)) return ['runAsUserName cannot contain control characters']
  const parts = name.split('\\')
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash']
  const [user = '', domain] = parts.toReversed()
  const errors: string[] = []
  if (domain !== undefined && Buffer.byteLength(domain) >= maxDomainLength)
    errors.push(`runAsUserName's Domain length must be under ${maxDomainLength} characters`)
  if (domain !== undefined && !netBiosName.test(domain) && !domainName.test(domain))
    errors.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format")
  if (user === '') errors.push("runAsUserName's User cannot be empty")
  else if (Buffer.byteLength(user) > maxUserLength)
    errors.push(`runAsUserName's User length must not be longer than ${maxUserLength} characters`)
  if (/^[. ]+$/.test(user)) errors.push("runAsUserName's User cannot contain only periods or spaces")
  if (forbiddenInUser.test(user)) errors.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]')
  return errors
}

/** Processes of the host: all containers or none, in the host's network. */
export const validateHostProcess = (path: string, spec: PodSpec): FieldError[] => {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess
  let containers = 0
  let hostProcesses = 0
  const errors = eachContainer(path, spec, (containerPath, { securityContext }) => {
    containers++
    const own = securityContext?.windowsOptions?.hostProcess
    if (own ?? ofPod) hostProcesses++
    if (own === undefined || ofPod === undefined || own === ofPod) return []
    return [
      invalidValue(
        `${containerPath}.securityContext.windowsOptions.hostProcess`,
        own,
        `pod hostProcess value must be identical if both are specified, was ${ofPod}`,
      ),
    ]
  })
  if (hostProcesses === 0) return errors
  if (hostProcesses !== containers) {
    const text = 'If pod contains any hostProcess containers then all containers must be HostProcess containers'
    errors.push(invalidValue(path, '', text))
  }
  if (!spec.hostNetwork) {
    const text = 'hostNetwork must be true if pod contains any hostProcess containers'
    errors.push(invalidValue(`${path}.hostNetwork`, false, text))
  }
  return errors
}
