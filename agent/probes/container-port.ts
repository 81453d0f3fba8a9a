import type { Container } from '../../shared/resources/generated/types.ts'

/** A port by number, or by the name that the container gives it. */
export const containerPort = (port: string | number, container: Container): number => {
  const named = (container.ports ?? []).find(({ name }) => name === port)?.containerPort
  const number = named ?? Number(port)
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number
  throw new Error(`couldn't find port: "${port}" in ${JSON.stringify(container.name)}`)
}
