import { request } from 'node:http'

/** What agents put on all they make: the folder of their node. */
const dataDirLabel = 'windlass.dev/data-dir'

/** Ends the pods' containers but keeps them, so that the next start resumes each pod in a new sandbox. */
export const stopContainers = async (socket: string, dataDir: string): Promise<void> => {
  const ids = await containerIds(socket, { dataDir, all: false })
  await Promise.all(ids.map((id) => call(socket, 'POST', `/containers/${id}/stop?t=5`)))
}

export const removeContainers = async (socket: string, dataDir: string): Promise<number> => {
  const ids = await containerIds(socket, { dataDir, all: true })
  await Promise.all(ids.map((id) => call(socket, 'DELETE', `/containers/${id}?force=true&v=true`)))
  return ids.length
}

/** Of this cluster alone: others may run on the same engine. */
const containerIds = async (socket: string, { dataDir, all }: { dataDir: string; all: boolean }): Promise<string[]> => {
  const filters = encodeURIComponent(JSON.stringify({ label: [dataDirLabel] }))
  const text = await call(socket, 'GET', `/containers/json?all=${all}&filters=${filters}`)
  return (JSON.parse(text) as { Id: string; Labels: Record<string, string> }[])
    .filter(({ Labels }) => Labels[dataDirLabel]?.startsWith(`${dataDir}/`))
    .map(({ Id }) => Id)
}

/** 304 (stopped already), 404 (gone) and 409 (being removed) are what was wanted. */
const call = (socketPath: string, method: string, path: string) =>
  new Promise<string>((resolve, reject) => {
    const ask = request({ socketPath, method, path, timeout: 60_000 }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => {
        text += chunk
      })
      answer.on('end', () => {
        const { statusCode = 0 } = answer
        if (statusCode < 400 || statusCode === 404 || statusCode === 409) resolve(text)
        else reject(new Error(`the Docker engine answered ${statusCode} to ${method} ${path}: ${text.trim()}`))
      })
    })
    ask.on('timeout', () => ask.destroy(new Error(`the Docker engine did not answer ${method} ${path} within 60 s`)))
    ask.on('error', reject)
    ask.end()
  })
