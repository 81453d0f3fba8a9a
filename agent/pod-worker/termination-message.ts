import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Container } from '../../shared/resources/generated/types.ts'
import type { ContainerRuntime, RuntimeContainer } from '../runtime/runtime.ts'

const longestMessage = 4096
const longestFromLogs = 2048
const linesFromLogs = 80

/** What a dead container left to say: its termination message file, or the end of its log if it failed and asked for that. */
export const terminationMessage = async (
  runtime: ContainerRuntime,
  spec: Container | undefined,
  container: RuntimeContainer,
): Promise<string> => {
  const { terminationMessageFile: path, exitCode, reason } = container
  const written = path ? await end(path) : ''
  const failed = exitCode !== 0 && reason !== 'StartError'
  if (written !== '' || spec?.terminationMessagePolicy !== 'FallbackToLogsOnError' || !failed) return written
  const stream = await runtime.logs(container.id, { follow: false, tailLines: linesFromLogs, timestamps: false })
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).subarray(-longestFromLogs).toString('utf8')
}

const end = async (path: string): Promise<string> => {
  try {
    // The container has written it: what is no file by now is not waited for.
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const info = await file.stat()
    if (!info.isFile()) return ''
    const from = Math.max(0, info.size - longestMessage)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(longestMessage), 0, longestMessage, from)
    return buffer.toString('utf8', 0, bytesRead)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
