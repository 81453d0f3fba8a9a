import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import { StoreUnavailable } from '../../storage/store.ts'
import { type SecretVault, type VaultEntry, VaultRefused } from '../secret-vault.ts'

export interface SecretsManagerVaultOptions {
  readonly client: Pick<SecretsManagerClient, 'send'>
  /** how many values a process keeps; default 200 */
  readonly cached?: number | undefined
  /** pauses before what should be there is looked for again: Secrets Manager is eventually consistent; default: a second and a half in all */
  readonly pausesMs?: readonly number[] | undefined
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const maxBytes = 65_536
const recoveryDays = 7
/** of a version that was put and may not be referred to (yet): one without any label may be dropped */
const pendingStage = 'WINDLASSPENDING'
const currentStage = 'AWSCURRENT'

/** One secret of Secrets Manager for each name. What a version holds never changes, so it is read once. */
export const createSecretsManagerVault = (options: SecretsManagerVaultOptions): SecretVault => {
  const { client, cached = 200, pausesMs = [100, 400, 1000] } = options
  const held = new Map<string, string>()
  const remember = (key: string, value: string): string => {
    held.delete(key)
    held.set(key, value)
    if (held.size > cached) held.delete(held.keys().next().value!)
    return value
  }
  const keyOf = (name: string, version: string) => `${name}#${version}`

  const create = async (name: string, version: string, value: string): Promise<boolean> => {
    try {
      await client.send(new CreateSecretCommand({ Name: name, ClientRequestToken: version, SecretString: value }))
      return true
    } catch (error) {
      if (isNamed(error, 'ResourceExistsException')) return false
      throw error
    }
  }
  const restore = (name: string) => client.send(new RestoreSecretCommand({ SecretId: name }))
  /** What is done to a name that was given up is done once more when it is back. */
  const restoring = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work().catch(async (error: unknown) => {
        if (!isGivenUp(error)) throw error
        await restore(name)
        await work()
      })
    } catch (error) {
      throw translated(error, name)
    }
  }
  const read = async (name: string, version: string): Promise<string | undefined> => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name, VersionId: version }))
    return SecretString === undefined ? undefined : remember(keyOf(name, version), SecretString)
  }
  const unreadable = (name: string, cause: unknown) => new StoreUnavailable(`can't read the secret "${name}"`, { cause })

  return {
    put: async (name, version, value) => {
      const size = Buffer.byteLength(value)
      if (size > maxBytes)
        throw new VaultRefused(
          `Secrets Manager takes ${maxBytes} bytes, and the data is ${size}: make it smaller, or keep it in the cluster's table`,
        )
      const VersionStages = [pendingStage]
      const request = { SecretId: name, ClientRequestToken: version, SecretString: value, VersionStages }
      await restoring(name, async () => {
        if (!(await create(name, version, value))) await client.send(new PutSecretValueCommand(request))
      })
      remember(keyOf(name, version), value)
    },
    settle: (name, version) =>
      restoring(name, async () => {
        const { VersionIdsToStages = {}, DeletedDate } = await client.send(new DescribeSecretCommand({ SecretId: name }))
        if (DeletedDate !== undefined) await restore(name)
        const before = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes(currentStage))?.[0]
        if (before === version) return
        const moved = { SecretId: name, VersionStage: currentStage, MoveToVersionId: version, RemoveFromVersionId: before }
        await client.send(new UpdateSecretVersionStageCommand(moved))
      }),
    get: async (name, version) => {
      const known = held.get(keyOf(name, version))
      if (known !== undefined) return remember(keyOf(name, version), known)
      try {
        return await read(name, version)
      } catch (error) {
        if (isGone(error)) return undefined
        throw unreadable(name, error)
      }
    },
    recover: async (name, version) => {
      for (const pauseMs of [...pausesMs, undefined]) {
        try {
          return await read(name, version)
        } catch (error) {
          if (!isGone(error)) throw unreadable(name, error)
          if (pauseMs === undefined) return undefined
          if (isGivenUp(error))
            await restore(name).catch((cause: unknown) => {
              throw unreadable(name, cause)
            })
        }
        await sleep(pauseMs)
      }
    },
    remove: async (name) => {
      for (const key of held.keys()) if (key.startsWith(`${name}#`)) held.delete(key)
      try {
        await client.send(new DeleteSecretCommand({ SecretId: name, RecoveryWindowInDays: recoveryDays }))
      } catch (error) {
        if (!isGone(error)) throw translated(error, name)
      }
    },
    list: async (prefix) => {
      const found: VaultEntry[] = []
      const Filters = [{ Key: 'name' as const, Values: [prefix] }]
      for (let NextToken: string | undefined, more = true; more; more = NextToken !== undefined) {
        const page = await client.send(new ListSecretsCommand({ Filters, NextToken }))
        for (const { Name = '', LastChangedDate, CreatedDate } of page.SecretList ?? []) {
          const changedMs = (LastChangedDate ?? CreatedDate)?.getTime()
          if (Name.startsWith(prefix) && changedMs !== undefined) found.push({ name: Name, changedMs })
        }
        NextToken = page.NextToken
      }
      return found
    },
  }
}

const isNamed = (error: unknown, ...names: string[]): error is Error => error instanceof Error && names.includes(error.name)

/** That is an invalid request to Secrets Manager. */
const isGivenUp = (error: unknown): boolean =>
  isNamed(error, 'InvalidRequestException') && /deleted|deletion/i.test(error.message)
const isGone = (error: unknown): boolean => isNamed(error, 'ResourceNotFoundException') || isGivenUp(error)

const translated = (error: unknown, name: string): Error => {
  if (error instanceof VaultRefused) return error
  if (isNamed(error, 'ThrottlingException', 'TooManyRequestsException'))
    return new VaultRefused(`Secrets Manager is asked too often: ${name}`, { retryAfterSeconds: 5, cause: error })
  if (isNamed(error, 'LimitExceededException'))
    return new VaultRefused(`the secret ${name} was changed too often, Secrets Manager takes no more versions of it now`, {
      retryAfterSeconds: 600,
      cause: error,
    })
  return new StoreUnavailable(`Secrets Manager did not take a change of the secret "${name}"`, { cause: error })
}
