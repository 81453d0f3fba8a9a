/** What one user's requests and answers may take of the memory while they are on their way, seats or no seats. */
const mostBytesOfOne = 32 << 20

export interface Transfer {
  add(bytes: number): void
  /** more than once does nothing */
  end(): void
}

/** What is on its way from and to each user, who may be slow. */
export class Transfers {
  readonly #bytes = new Map<string, number>()

  isFull(user: string): boolean {
    return (this.#bytes.get(user) ?? 0) >= mostBytesOfOne
  }

  /** One of a user's, of nothing yet. */
  begin(user: string): Transfer {
    let own = 0
    return {
      add: (bytes) => {
        own += bytes
        this.#add(user, bytes)
      },
      end: () => {
        this.#add(user, -own)
        own = 0
      },
    }
  }

  #add(user: string, bytes: number): void {
    const sum = (this.#bytes.get(user) ?? 0) + bytes
    if (sum > 0) this.#bytes.set(user, sum)
    else this.#bytes.delete(user)
  }
}
