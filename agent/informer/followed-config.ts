import type { Pod } from '../../shared/resources/resource.ts'
import type { ConfigData, ConfigSource } from '../container/config-source.ts'

/**
 * A ConfigSource that reads an object once, until it is told that the object has changed. What nobody on this node used was not told
 * of: so a new pod has its namespace read anew.
 */
export class FollowedConfig implements ConfigSource {
  readonly #source: ConfigSource
  /** by resource, namespace and name */
  readonly #known = new Map<string, Promise<ConfigData | undefined>>()

  constructor(source: ConfigSource) {
    this.#source = source
  }

  configMap(namespace: string, name: string, optional?: boolean): Promise<ConfigData | undefined> {
    return this.#once(`configmaps/${namespace}/${name}`, () => this.#source.configMap(namespace, name, optional))
  }

  secret(namespace: string, name: string, optional?: boolean): Promise<ConfigData | undefined> {
    return this.#once(`secrets/${namespace}/${name}`, () => this.#source.secret(namespace, name, optional))
  }

  changed(resource: string, namespace: string, name: string): void {
    this.#known.delete(`${resource}/${namespace}/${name}`)
  }

  forgetAll(): void {
    this.#known.clear()
  }

  /** For the informer of this node's pods. */
  follow(pod: Pod | undefined, previous: Pod | undefined): void {
    if (!pod || pod.metadata.uid === previous?.metadata.uid) return
    const { namespace } = pod.metadata
    for (const key of this.#known.keys()) if (key.split('/')[1] === namespace) this.#known.delete(key)
  }

  #once(key: string, read: () => Promise<ConfigData | undefined>): Promise<ConfigData | undefined> {
    const known = this.#known.get(key)
    if (known) return known
    const reading = read()
    this.#known.set(key, reading)
    // What is missing may come without a letter, and a failure is not to be kept.
    const forget = () => {
      if (this.#known.get(key) === reading) this.#known.delete(key)
    }
    reading.then((found) => (found ? undefined : forget()), forget)
    return reading
  }
}
