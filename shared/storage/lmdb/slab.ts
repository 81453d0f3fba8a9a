const slabBytes = 64 * 1024
/** Larger values get memory of their own, so that one that is kept doesn't keep others. */
const ownFrom = 8 * 1024

let slab = Buffer.allocUnsafeSlow(slabBytes)
let used = 0
let inPlace = false

/**
 * Values come out of the map into lmdb-js's one buffer, which the next read overwrites. Copying them one behind the other into
 * larger pieces costs a fraction of an allocation for each: a list of 10,000 is mostly that.
 */
export const slabEncoder = {
  encode: (value: Uint8Array): Uint8Array => value,
  /** lmdb-js sets the length of its buffer to the value's, without changing the memory below */
  decode: (shared: Uint8Array): Buffer => {
    if (inPlace) return shared as Buffer
    const { length } = shared
    const value = length >= ownFrom ? Buffer.allocUnsafeSlow(length) : take(length)
    value.set(new Uint8Array(shared.buffer, shared.byteOffset, length))
    return value
  },
}

const take = (length: number): Buffer => {
  if (used + length > slabBytes) {
    slab = Buffer.allocUnsafeSlow(slabBytes)
    used = 0
  }
  const taken = slab.subarray(used, used + length)
  used += length
  return taken
}

/** What `read` reads stays where lmdb-js puts it, until it reads the next. */
export const readInPlace = <T>(read: () => T): T => {
  inPlace = true
  try {
    return read()
  } finally {
    inPlace = false
  }
}
