import { parseExactJson } from '../../meta/exact-json.ts'
import type { KubeObject, ObjectKey } from '../../meta/object.ts'
import type { TailChange } from '../log-tail.ts'
import type { Change } from '../store.ts'

export class ParsedChange implements TailChange {
  readonly type: Change['type']
  readonly key: ObjectKey
  readonly revision: number
  readonly value: Uint8Array
  readonly previous: Uint8Array | undefined
  #object: KubeObject | undefined
  #previousObject: KubeObject | undefined
  #memos: Map<string, unknown> | undefined

  constructor(change: Change) {
    this.type = change.type
    this.key = change.key
    this.revision = change.revision
    this.value = change.value
    this.previous = change.previous
  }

  get object(): KubeObject {
    this.#object ??= parseObject(this.value)
    return this.#object
  }

  get previousObject(): KubeObject | undefined {
    if (this.previous) this.#previousObject ??= parseObject(this.previous)
    return this.#previousObject
  }

  memo<T>(slot: string, make: (change: TailChange) => T): T {
    this.#memos ??= new Map()
    if (!this.#memos.has(slot)) this.#memos.set(slot, make(this))
    return this.#memos.get(slot) as T
  }
}

const decoder = new TextDecoder()

export const parseObject = (value: Uint8Array): KubeObject => parseExactJson(decoder.decode(value)) as KubeObject
