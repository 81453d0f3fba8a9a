import type { KubeObject } from '../../meta/object.ts'
import type { ObjectReader } from '../../storage/current-objects.ts'
import type { AdmissionAttributes, AdmissionEnvironment, Rounds } from '../admission/admission.ts'
import type { ApiServerParts } from '../context.ts'
import type { User } from '../request.ts'
import type { ResourceRequestInfo } from '../router.ts'
import { dryStore } from './dry-store.ts'
import { decodeStored } from './encode.ts'

const recentMs = 2000
/** of a request, as upstream's --request-timeout */
const requestMs = 60_000

const nothing: ResourceRequestInfo = {
  isResource: true,
  verb: 'get',
  path: '',
  group: '',
  version: '*',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
}

/** What plugins have for one request, and may take apart; whatever nobody asks for is not made. */
export class RequestEnvironment implements AdmissionEnvironment {
  readonly #parts: ApiServerParts
  readonly #dryRun: boolean
  readonly #startedMs: number
  #store: AdmissionEnvironment['store'] | undefined
  #current: ObjectReader | undefined
  #recent: ObjectReader | undefined
  #rounds: TwoRounds | undefined

  constructor(parts: ApiServerParts, { dryRun }: Pick<AdmissionAttributes, 'dryRun'>) {
    this.#parts = parts
    this.#dryRun = dryRun
    this.#startedMs = parts.clock.now()
  }

  get store() {
    const { store } = this.#parts
    this.#store ??= this.#dryRun ? dryStore(store) : store
    return this.#store
  }
  get clock() {
    return this.#parts.clock
  }
  get log() {
    return this.#parts.log
  }
  get random() {
    return this.#parts.random
  }
  get authorizer() {
    return this.#parts.authorizer
  }
  get kinds() {
    return this.#parts.kinds
  }
  get reach() {
    return this.#parts.reach
  }
  get current() {
    this.#current ??= this.#parts.currentObjects.reader(0)
    return this.#current
  }
  get recent() {
    this.#recent ??= this.#parts.currentObjects.reader(recentMs)
    return this.#recent
  }
  get rounds(): TwoRounds {
    this.#rounds ??= new TwoRounds()
    return this.#rounds
  }
  /** Whether somebody outside has changed the object. */
  get isChanged(): boolean {
    return this.#rounds?.isChanged ?? false
  }

  readonly remainingMs = (): number => this.#startedMs + requestMs - this.clock.now()

  readonly authorize = async (user: User, asked: Partial<ResourceRequestInfo>): Promise<boolean> =>
    (await this.authorizer.authorize({ user, info: { ...nothing, ...asked } })).verdict === 'allow'

  readonly read = async (resource: string, namespace: string, name: string): Promise<KubeObject | undefined> => {
    const entry = await this.#parts.store.get({ resource, namespace, name })
    return entry && decodeStored(entry.value)
  }

  readonly list = async (resource: string, namespace: string): Promise<KubeObject[]> =>
    (await this.#parts.store.list(resource, { namespace })).entries.map(({ value }) => decodeStored(value))
}

class TwoRounds implements Rounds {
  readonly #states = new Map<string, object>()
  #again = false
  #changed = false

  get again(): boolean {
    return this.#again
  }
  get isChanged(): boolean {
    return this.#changed
  }

  changed(): void {
    this.#changed = true
  }

  begin(): void {
    this.#again = true
  }

  state<T extends object>(plugin: string, make: () => T): T {
    const known = this.#states.get(plugin) ?? make()
    this.#states.set(plugin, known)
    return known as T
  }
}
