import { chmod, mkdir } from 'node:fs/promises'

/** Makes the agent's own folder, or closes one that is there to all others: Secrets and tokens of its pods stand below it. */
export const makePrivateDirectory = async (path: string): Promise<void> => {
  await mkdir(path, { recursive: true, mode: 0o700 })
  await chmod(path, 0o700)
}
