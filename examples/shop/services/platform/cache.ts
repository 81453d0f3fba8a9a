import { required } from './environment.ts'
import { connectResp, type Reply, type RespConnection } from './resp.ts'

export interface Cache {
  /** Asks the Redis that is the master now. Throws when none answers; the next one asks the sentinels again. */
  command(...words: string[]): Promise<Reply>
  close(): void
}

const sentinelPort = 26379
const redisPort = 6379

/** A Redis of several nodes: which of them is the master, the sentinels say, whose Service is `CACHE_SENTINELS`. */
export function openCache(): Cache {
  const sentinels = required('CACHE_SENTINELS')
  const password = required('CACHE_PASSWORD')
  let master: Promise<RespConnection> | undefined

  const findMaster = async (): Promise<RespConnection> => {
    const sentinel = connectResp(sentinels, sentinelPort)
    let host: string
    try {
      await sentinel.command('AUTH', password)
      const found = await sentinel.command('SENTINEL', 'get-master-addr-by-name', 'shop')
      if (!Array.isArray(found)) throw new Error('the sentinels know no master')
      host = String(found[0])
    } finally {
      sentinel.close()
    }
    const connection = connectResp(host, redisPort)
    await connection.command('AUTH', password)
    const role = await connection.command('ROLE')
    if (Array.isArray(role) && role[0] === 'master') return connection
    connection.close()
    throw new Error(`${host} is not the master yet`)
  }

  const drop = async (failed: Promise<RespConnection>) => {
    if (master === failed) master = undefined
    await failed.then(
      (connection) => connection.close(),
      () => undefined,
    )
  }

  return {
    async command(...words) {
      master ??= findMaster()
      const asked = master
      try {
        return await (await asked).command(...words)
      } catch (error) {
        await drop(asked)
        throw error
      }
    },
    close: () => void (master && drop(master)),
  }
}
