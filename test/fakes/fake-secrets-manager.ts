import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'

interface Secret {
  readonly versions: Map<string, string>
  readonly stages: Map<string, string>
  deleted: boolean
  changedMs: number
}
type Input = Record<string, string>

/** Secrets Manager: versions with labels, a recovery window, its refusals. */
export class FakeSecretsManager {
  readonly secrets = new Map<string, Secret>()
  readonly calls: string[] = []
  nowMs = Date.UTC(2026, 0, 1)
  /** so few are listed at once */
  pageSize = 2
  /** names of errors that the next calls are refused with, by call */
  readonly refusals = new Map<string, string>()

  #hidesNew = false
  readonly #hidden = new Set<string>()

  readonly client = { send: (command: object) => this.#send(command) } as unknown as Pick<SecretsManagerClient, 'send'>

  /** the values in use */
  values(): string[] {
    const live = [...this.secrets.values()].filter(({ deleted }) => !deleted)
    return live.map(({ stages, versions }) => versions.get(stages.get('AWSCURRENT') ?? '') ?? '')
  }

  async #send(command: object): Promise<unknown> {
    const call = command.constructor.name.replace(/Command$/, '')
    this.calls.push(call)
    const refusal = this.refusals.get(call)
    if (refusal !== undefined) {
      this.refusals.delete(call)
      throw named(refusal, 'refused')
    }
    const handler = this.#handlers[call]
    if (!handler) throw new Error(`unexpected ${call}`)
    return handler((command as { input: Input }).input)
  }

  #of(name: string | undefined): Secret {
    const found = this.secrets.get(name ?? '')
    if (!found) throw named('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
    if (found.deleted)
      throw named('InvalidRequestException', "You can't perform this operation on the secret because it was marked for deletion.")
    return found
  }

  /** Versions that are put from now on are not known to reads until this is taken back: Secrets Manager is eventually consistent. */
  hideNewVersions(hide: boolean): void {
    this.#hidesNew = hide
    if (!hide) this.#hidden.clear()
  }

  readonly #handlers: Readonly<Record<string, (input: Input) => unknown>> = {
    CreateSecret: ({ Name = '', ClientRequestToken = '', SecretString = '' }) => {
      const taken = this.secrets.get(Name)
      if (taken?.deleted)
        throw named(
          'InvalidRequestException',
          "You can't create this secret because a secret with this name is already scheduled for deletion.",
        )
      if (taken) throw named('ResourceExistsException', 'exists')
      if (this.#hidesNew) this.#hidden.add(ClientRequestToken)
      const versions = new Map([[ClientRequestToken, SecretString]])
      this.secrets.set(Name, {
        versions,
        stages: new Map([['AWSCURRENT', ClientRequestToken]]),
        deleted: false,
        changedMs: this.nowMs,
      })
      return {}
    },
    PutSecretValue: ({ SecretId, ClientRequestToken = '', SecretString = '', ...rest }) => {
      const { versions, stages } = this.#of(SecretId)
      const before = versions.get(ClientRequestToken)
      if (before !== undefined && before !== SecretString) throw named('ResourceExistsException', 'another value')
      versions.set(ClientRequestToken, SecretString)
      if (this.#hidesNew) this.#hidden.add(ClientRequestToken)
      this.#of(SecretId).changedMs = this.nowMs
      for (const stage of (rest.VersionStages as unknown as string[] | undefined) ?? ['AWSCURRENT'])
        stages.set(stage, ClientRequestToken)
      return {}
    },
    GetSecretValue: ({ SecretId, VersionId = '' }) => {
      const SecretString = this.#of(SecretId).versions.get(VersionId)
      if (SecretString === undefined || this.#hidden.has(VersionId)) throw named('ResourceNotFoundException', 'no such version')
      return { SecretString }
    },
    DescribeSecret: ({ SecretId }) => {
      const secret = this.secrets.get(SecretId ?? '') ?? this.#of(SecretId)
      const stages = [...secret.stages]
      return {
        ...(secret.deleted && { DeletedDate: new Date(this.nowMs) }),
        VersionIdsToStages: Object.fromEntries(
          stages.map(([stage, id]) => [
            id,
            stages
              .filter(([, other]) => other === id)
              .map(([each]) => each)
              .concat(stage),
          ]),
        ),
      }
    },
    UpdateSecretVersionStage: ({ SecretId, VersionStage = '', MoveToVersionId = '', RemoveFromVersionId }) => {
      const { stages } = this.#of(SecretId)
      if (stages.get(VersionStage) !== RemoveFromVersionId) throw named('InvalidParameterException', 'the label is elsewhere')
      stages.set(VersionStage, MoveToVersionId)
      return {}
    },
    ListSecrets: ({ Filters, NextToken = '0' }) => {
      const [{ Values: [prefix = ''] = [] } = {}] = (Filters as unknown as { Values?: string[] }[] | undefined) ?? []
      const found = [...this.secrets].filter(([name, { deleted }]) => !deleted && name.startsWith(prefix))
      const end = Number(NextToken) + this.pageSize
      const SecretList = found
        .slice(Number(NextToken), end)
        .map(([Name, { changedMs }]) => ({ Name, LastChangedDate: new Date(changedMs) }))
      return { SecretList, ...(found.length > end && { NextToken: String(end) }) }
    },
    RestoreSecret: ({ SecretId }) => {
      const secret = this.secrets.get(SecretId ?? '') ?? this.#of(SecretId)
      secret.deleted = false
      return {}
    },
    DeleteSecret: ({ SecretId }) => {
      this.#of(SecretId).deleted = true
      return {}
    },
  }
}

const named = (name: string, message: string) => Object.assign(new Error(message), { name })
