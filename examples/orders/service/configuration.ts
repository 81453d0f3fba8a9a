import { hostname } from 'node:os'

export interface Configuration {
  readonly port: number
  readonly version: string
  readonly pod: string
  readonly profile: string
  readonly greeting: string
  readonly drainSeconds: number
  readonly database: DatabaseConfiguration
}

export interface DatabaseConfiguration {
  readonly host: string
  readonly port: number
  readonly name: string
  readonly user: string
  readonly password: string
}

/** Reads what the Deployment's `env` and `envFrom` give. Throws when a number is none. */
export function configurationFrom(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const number = (name: string, fallback: number) => {
    const text = environment[name]
    const value = text === undefined ? fallback : Number(text)
    if (!Number.isFinite(value) || value < 0) throw new Error(`${name} must be a number, not "${text}"`)
    return value
  }
  return {
    port: number('PORT', 8080),
    version: environment.ORDERS_VERSION ?? 'unknown',
    pod: environment.POD_NAME ?? hostname(),
    profile: environment.SPRING_PROFILES_ACTIVE ?? 'default',
    greeting: environment.ORDERS_GREETING ?? '',
    drainSeconds: number('DRAIN_SECONDS', 3),
    database: {
      host: environment.DB_HOST ?? 'localhost',
      port: number('DB_PORT', 5432),
      name: environment.DB_NAME ?? 'orders',
      user: environment.DB_USERNAME ?? 'orders',
      password: environment.DB_PASSWORD ?? '',
    },
  }
}
