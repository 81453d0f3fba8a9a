import { readFile } from 'node:fs/promises'
import type { AuditPolicy } from '../shared/apiserver/audit/policy.ts'
import { AuditPolicyError, readPolicy } from '../shared/apiserver/audit/read-policy.ts'

/** Throws AuditPolicyError with the words of a real API server that does not start with such a file. */
export const loadAuditPolicy = async (file: string, warn: (text: string) => void): Promise<AuditPolicy> => {
  const failed = (why: string, cause: unknown) => new AuditPolicyError(`loading audit policy file: ${why}`, { cause })
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    const reason = reasons[error.code ?? ''] ?? error.message
    throw failed(`failed to read file path ${JSON.stringify(file)}: open ${file}: ${reason}`, error)
  })
  try {
    const { policy, warnings } = readPolicy(bytes)
    if (warnings.length > 0) warn(`audit policy ${file}: ${warnings.join(', ')}`)
    return policy
  } catch (error) {
    throw error instanceof AuditPolicyError ? failed(`${error.message}: from file ${file}`, error) : error
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
}
