/**
 * Work for one kind of worker, serialized per key: a key that is being worked on is not handed out again until it is done, and
 * additions of a waiting key fold into one. On AWS an SQS FIFO queue with a message group per key, locally a map.
 */
export interface Queue<K extends string = string> {
  add(key: K): void | Promise<void>
  /** after `delayMs` milliseconds; an earlier addition of the same key does not cancel it */
  addAfter(key: K, delayMs: number): void | Promise<void>
}
