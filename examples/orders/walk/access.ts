import type { Step, Terminal } from '../../terminal.ts'

async function get(terminal: Terminal, url: string): Promise<string> {
  terminal.note(`curl ${url}`)
  const ask = async () => {
    try {
      return await (await fetch(url, { signal: AbortSignal.timeout(5000) })).text()
    } catch (error) {
      return `no answer: ${String(error)}`
    }
  }
  const text = await terminal.until(`an answer from ${url}`, ask, (answer) => answer.includes('"service":"orders"'))
  terminal.note(text.trim())
  return text
}

/** The NodePort, at each of these hosts. */
export async function visitNodes(terminal: Terminal, hosts: readonly string[]): Promise<void> {
  await terminal.kubectl('get', 'service', 'orders-nodeport')
  for (const host of hosts) await get(terminal, `http://${host}:30080/version`)
}

export const access: Step = {
  title: 'From outside the cluster',
  async run(terminal) {
    const forward = await terminal.background(
      /Forwarding from 127\.0\.0\.1:(\d+) -> \d+/,
      'port-forward',
      'service/orders-service',
      ':80',
    )
    await get(terminal, `http://127.0.0.1:${forward.match[1]}/version`)
    forward.stop()

    const address = await terminal.ask(
      'get',
      'nodes',
      '-o',
      'jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}',
    )
    await visitNodes(terminal, [address, '127.0.0.1'])
  },
}
