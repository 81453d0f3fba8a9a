import { describe, expect, it } from 'vitest'
import { parseOptions } from '../../local/options.ts'

describe('flags', () => {
  it('have defaults', () => {
    expect(parseOptions([])).toMatchObject({ nodes: 1, runtime: 'docker', port: 6443, kubeconfig: undefined, workers: 1 })
  })

  it.each([
    [['--nodes', '0'], '--nodes: "0" is not a whole number from 1 to 100'],
    [['--nodes', 'many'], '--nodes: "many" is not a whole number'],
    [['--port', '65536'], '--port: "65536" is not a whole number from 1 to 65535'],
    [['--runtime', 'podman'], '--runtime: "podman" is neither docker nor simulated'],
    [['--frobnicate'], "Unknown option '--frobnicate'"],
    [['up'], "Unexpected argument 'up'"],
  ])('%j: %s', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message)
  })
})
