import type { Task } from '@aws-sdk/client-ecs'

/** DescribeTasks takes so many. */
const batchSize = 100

/** Reads tasks one by one for its callers, and together from ECS. undefined: ECS does not know the task (any more). */
export const createTaskReader = (describe: (arns: readonly string[]) => Promise<readonly Task[]>) => {
  let waiting = new Map<string, PromiseWithResolvers<Task | undefined>>()
  const readBatch = async (batch: [string, PromiseWithResolvers<Task | undefined>][]) => {
    try {
      const found = await describe(batch.map(([arn]) => arn))
      const byArn = new Map(found.map((task) => [task.taskArn, task]))
      for (const [arn, { resolve }] of batch) resolve(byArn.get(arn))
    } catch (error) {
      for (const [, { reject }] of batch) reject(error)
    }
  }
  const readAll = () => {
    const all = [...waiting]
    waiting = new Map()
    for (let i = 0; i < all.length; i += batchSize) void readBatch(all.slice(i, i + batchSize))
  }
  return (arn: string): Promise<Task | undefined> => {
    const known = waiting.get(arn)
    if (known) return known.promise
    if (waiting.size === 0) setImmediate(readAll)
    const wait = Promise.withResolvers<Task | undefined>()
    waiting.set(arn, wait)
    return wait.promise
  }
}
