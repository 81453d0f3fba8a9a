import type { TerminalSize } from './remote-command.ts'

/** A size takes some thirty bytes. */
const longestSize = 1024

/**
 * Sizes as clients send them, JSON objects one behind the other, in whatever pieces. As upstream's decoder does, it is deaf from the
 * first thing on that is no size.
 */
export class TerminalSizeReader {
  #rest = ''
  #deaf = false

  push(chunk: Buffer): TerminalSize[] {
    const sizes: TerminalSize[] = []
    if (this.#deaf) return sizes
    this.#rest += chunk.toString('utf8')
    for (let end = this.#rest.indexOf('}'); end >= 0; end = this.#rest.indexOf('}')) {
      const size = sizeOf(this.#rest.slice(0, end + 1))
      this.#rest = this.#rest.slice(end + 1)
      if (!size) return this.#stop(sizes)
      sizes.push(size)
    }
    return this.#rest.length > longestSize ? this.#stop(sizes) : sizes
  }

  #stop(sizes: TerminalSize[]): TerminalSize[] {
    this.#deaf = true
    this.#rest = ''
    return sizes
  }
}

const sizeOf = (text: string): TerminalSize | undefined => {
  try {
    const { Width = 0, Height = 0 } = JSON.parse(text) as { Width?: unknown; Height?: unknown }
    return isSide(Width) && isSide(Height) ? { width: Width, height: Height } : undefined
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined
    throw error
  }
}

/** 16 bits, as the kernel keeps it */
const isSide = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffff
