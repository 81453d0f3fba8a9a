type Labels = Readonly<Record<string, string>>

/** A family of metrics with the same name, as text in Prometheus' exposition format. */
export interface MetricFamily {
  lines(): string[]
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '"': '\\"' }
const special = /[\\\n"]/
const escaped = (value: string) => (special.test(value) ? value.replace(/[\\\n"]/g, (character) => escapes[character]!) : value)
const keyOf = (labels: Labels) => {
  let key = ''
  for (const name in labels) key += `${key ? ',' : ''}${name}="${escaped(labels[name]!)}"`
  return key
}
const line = (name: string, key: string, value: number) => `${name}${key ? `{${key}}` : ''} ${value}`
const head = (name: string, help: string, type: string) => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]

/** Counts up, or, as a gauge, down too. */
export class Count implements MetricFamily {
  readonly #values = new Map<string, { value: number }>()
  readonly #name: string
  readonly #help: string
  readonly #type: 'counter' | 'gauge'

  constructor(name: string, help: string, type: 'counter' | 'gauge' = 'counter') {
    this.#name = name
    this.#help = help
    this.#type = type
  }

  add(labels: Labels, amount = 1): void {
    this.#at(labels).value += amount
  }

  set(labels: Labels, value: number): void {
    this.#at(labels).value = value
  }

  /** To add to the same over and over again. */
  of(labels: Labels): (amount: number) => void {
    const counted = this.#at(labels)
    return (amount) => {
      counted.value += amount
    }
  }

  delete(labels: Labels): void {
    this.#values.delete(keyOf(labels))
  }

  lines(): string[] {
    const lines = head(this.#name, this.#help, this.#type)
    for (const [key, { value }] of this.#values) lines.push(line(this.#name, key, value))
    return lines
  }

  #at(labels: Labels): { value: number } {
    const key = keyOf(labels)
    const known = this.#values.get(key)
    if (known) return known
    const made = { value: 0 }
    this.#values.set(key, made)
    return made
  }
}

/** What is looked up when somebody asks. */
export class Reading implements MetricFamily {
  readonly #name: string
  readonly #help: string
  readonly #read: () => number
  readonly #type: 'counter' | 'gauge'

  constructor(name: string, help: string, { read, type = 'gauge' }: { read: () => number; type?: 'counter' | 'gauge' }) {
    this.#name = name
    this.#help = help
    this.#read = read
    this.#type = type
  }

  lines(): string[] {
    return [...head(this.#name, this.#help, this.#type), line(this.#name, '', this.#read())]
  }
}

interface Observed {
  readonly counts: number[]
  sum: number
  count: number
}

export class Histogram implements MetricFamily {
  readonly #values = new Map<string, Observed>()
  readonly #name: string
  readonly #help: string
  readonly #buckets: readonly number[]

  constructor(name: string, help: string, buckets: readonly number[]) {
    this.#name = name
    this.#help = help
    this.#buckets = buckets
  }

  observe(labels: Labels, value: number): void {
    this.#note(this.#at(labels), value)
  }

  /** To observe the same over and over again. */
  of(labels: Labels): (value: number) => void {
    const key = keyOf(labels)
    let observed: Observed | undefined
    return (value) => {
      observed ??= this.#at(labels, key)
      this.#note(observed, value)
    }
  }

  #at(labels: Labels, key = keyOf(labels)): Observed {
    const known = this.#values.get(key)
    if (known) return known
    const made = { counts: this.#buckets.map(() => 0), sum: 0, count: 0 }
    this.#values.set(key, made)
    return made
  }

  #note(observed: Observed, value: number): void {
    let bucket = 0
    while (bucket < this.#buckets.length && value > this.#buckets[bucket]!) bucket++
    if (bucket < this.#buckets.length) observed.counts[bucket]!++
    observed.sum += value
    observed.count++
  }

  lines(): string[] {
    const lines = head(this.#name, this.#help, 'histogram')
    for (const [key, { counts, sum, count }] of this.#values) {
      let below = 0
      for (const [i, most] of this.#buckets.entries()) {
        below += counts[i]!
        lines.push(line(`${this.#name}_bucket`, `${key},le="${most}"`, below))
      }
      lines.push(line(`${this.#name}_bucket`, `${key},le="+Inf"`, count))
      lines.push(line(`${this.#name}_sum`, key, sum), line(`${this.#name}_count`, key, count))
    }
    return lines
  }
}
