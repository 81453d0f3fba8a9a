/** What the manifest's `env` must give. Throws with the name of what it does not. */
export function required(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} must be set`)
  return value
}

export const log = (message: string, fields: object = {}): void =>
  console.log(JSON.stringify({ at: new Date().toISOString(), message, ...fields }))
