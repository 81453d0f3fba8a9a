import type { PodIdentity, RuntimeContainer, RuntimePod, Sandbox } from './runtime.ts'

interface Entry extends PodIdentity {
  sandboxes: Sandbox[]
  containers: RuntimeContainer[]
}

const newestFirst = (a: { createdAt: number; id: string }, b: { createdAt: number; id: string }) => b.createdAt - a.createdAt

/** What a runtime knows of its pods, by uid; tells listeners of each change. */
export class PodTable {
  readonly #pods = new Map<string, Entry>()
  readonly #uidOf = new Map<string, string>()
  readonly #listeners = new Set<(uid: string) => void>()

  pod(uid: string): RuntimePod | undefined {
    return this.#pods.get(uid)
  }

  pods(): readonly RuntimePod[] {
    return [...this.#pods.values()]
  }

  onChange(listener: (uid: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  ids(): ReadonlySet<string> {
    return new Set(this.#uidOf.keys())
  }

  /** undefined: not known */
  find(id: string): Sandbox | RuntimeContainer | undefined {
    const entry = this.#pods.get(this.#uidOf.get(id) ?? '')
    return entry?.containers.find((each) => each.id === id) ?? entry?.sandboxes.find((each) => each.id === id)
  }

  setSandbox(pod: PodIdentity, sandbox: Sandbox): void {
    const entry = this.#entry(pod, sandbox.id)
    entry.sandboxes = [sandbox, ...entry.sandboxes.filter((each) => each.id !== sandbox.id)].sort(newestFirst)
    this.#tell(pod.uid)
  }

  setContainer(pod: PodIdentity, container: RuntimeContainer): void {
    const entry = this.#entry(pod, container.id)
    entry.containers = [container, ...entry.containers.filter((each) => each.id !== container.id)].sort(newestFirst)
    this.#tell(pod.uid)
  }

  remove(id: string): void {
    const uid = this.#uidOf.get(id)
    const entry = uid === undefined ? undefined : this.#pods.get(uid)
    if (uid === undefined || !entry) return
    this.#uidOf.delete(id)
    entry.sandboxes = entry.sandboxes.filter((each) => each.id !== id)
    entry.containers = entry.containers.filter((each) => each.id !== id)
    if (entry.sandboxes.length === 0 && entry.containers.length === 0) this.#pods.delete(uid)
    this.#tell(uid)
  }

  #entry({ uid, namespace, name }: PodIdentity, id: string): Entry {
    let entry = this.#pods.get(uid)
    if (!entry) {
      entry = { uid, namespace, name, sandboxes: [], containers: [] }
      this.#pods.set(uid, entry)
    }
    this.#uidOf.set(id, uid)
    return entry
  }

  #tell(uid: string) {
    for (const listener of this.#listeners) listener(uid)
  }
}
