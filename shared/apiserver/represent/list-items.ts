import { Buffer } from 'node:buffer'

const firstChunkBytes = 16 * 1024
const largestChunkBytes = 1024 * 1024
const comma = ','.charCodeAt(0)

/** The items of a list in JSON, copied one behind the other, commas between them, into few large pieces. */
export class ListItems {
  readonly #full: Buffer[] = []
  #chunk = Buffer.allocUnsafeSlow(firstChunkBytes)
  #used = 0
  #any = false

  add(item: Uint8Array): void {
    if (this.#any) {
      if (this.#used === this.#chunk.length) this.#next()
      this.#chunk[this.#used++] = comma
    }
    this.#any = true
    if (this.#used + item.length <= this.#chunk.length) this.#addWhole(item)
    else this.#addAcross(item)
  }

  /** In order; nothing may be added behind them. */
  chunks(): Buffer[] {
    return [...this.#full, this.#chunk.subarray(0, this.#used)]
  }

  #addWhole(item: Uint8Array): void {
    this.#chunk.set(item, this.#used)
    this.#used += item.length
  }

  #addAcross(item: Uint8Array): void {
    for (let done = 0; done < item.length; ) {
      if (this.#used === this.#chunk.length) this.#next()
      const part = item.subarray(done, done + this.#chunk.length - this.#used)
      this.#addWhole(part)
      done += part.length
    }
  }

  #next(): void {
    this.#full.push(this.#chunk)
    this.#chunk = Buffer.allocUnsafeSlow(Math.min(2 * this.#chunk.length, largestChunkBytes))
    this.#used = 0
  }
}
