/** Seeded bytes and changes (mulberry32): the same in every run of a seed. */
export class FuzzRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  integer(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }

  chance(oneIn: number): boolean {
    return this.integer(oneIn) === 0
  }

  pick<T>(values: readonly T[]): T {
    return values[this.integer(values.length)]!
  }

  bytes(longest: number): Buffer {
    const bytes = Buffer.alloc(this.integer(longest + 1))
    for (let at = 0; at < bytes.length; at++) bytes[at] = this.integer(256)
    return bytes
  }

  /** Anything: one of the valid messages changed in some places, cut, doubled, with odd numbers in it, or mere noise. */
  input(valid: readonly Buffer[]): Buffer {
    if (this.chance(10)) return this.bytes(300)
    let bytes: Buffer = Buffer.from(this.pick(valid))
    for (let changes = this.integer(4); changes > 0; changes--) bytes = this.#change(bytes, valid)
    return bytes
  }

  #change(bytes: Buffer, valid: readonly Buffer[]): Buffer {
    const at = this.integer(bytes.length + 1)
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
    const kinds: (() => Buffer)[] = [
      () => before,
      () => after,
      () => Buffer.concat([before, this.bytes(20), after]),
      () => Buffer.concat([before, Buffer.of(this.pick(oddBytes)), after.subarray(1)]),
      () => Buffer.concat([before, oddNumber(this.pick(oddNumbers), this.pick([1, 2, 3, 4])), after.subarray(4)]),
      () => Buffer.concat([bytes, this.pick(valid)]),
      () => Buffer.concat([before, Buffer.alloc(this.integer(2000), this.integer(256)), after]),
    ]
    if (bytes.length > 0) kinds.push(() => flipped(bytes, this.integer(bytes.length), 1 << this.integer(8)))
    return this.pick(kinds)()
  }
}

const oddBytes = [0, 1, 0x0a, 0x0d, 0x20, 0x25, 0x2f, 0x3f, 0x7f, 0x80, 0xc0, 0xfe, 0xff]
const oddNumbers = [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff]

const oddNumber = (value: number, size: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes.subarray(4 - size)
}

const flipped = (bytes: Buffer, at: number, mask: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at] = copy[at]! ^ mask
  return copy
}
