import { describe, expect, it } from 'vitest'
import { CommandError, type Run } from '../../../agent/network/command.ts'
import { prepareHost } from '../../../agent/network/host.ts'

const ranges = { podRange: '10.244.0.0/16', serviceRange: '10.96.0.0/16', apiAddress: '10.244.255.254', expose: false }

/** Answers commands as a machine would that lacks something, and remembers what was to be changed. */
const machineWith = (answers: Record<string, string | CommandError>) => {
  const changes: string[] = []
  const run: Run = async (command, args) => {
    const line = [command, ...args].join(' ')
    const answer = answers[line] ?? answers[command]
    if (answer instanceof CommandError) throw answer
    if (answer === undefined && !/^(ip -V|nft --version|nsenter --version|nft list tables|ip -json .*show.*)$/.test(line))
      changes.push(line)
    return answer ?? ''
  }
  return { run, changes }
}

describe('a machine that is not fit for pods', () => {
  it.each([
    ['nft', 'nftables'],
    ['ip', 'iproute2'],
  ])('is refused by name without %s', async (tool) => {
    const { run, changes } = machineWith({ [tool]: new CommandError({ command: tool, stderr: `program ${tool} not found` }) })
    const wanted = `pod networking needs the program "${tool}" (packages iproute2, nftables, util-linux)`
    await expect(prepareHost({ ...ranges, run })).rejects.toThrow(wanted)
    expect(changes).toEqual([])
  })

  it('is refused without root', async () => {
    const denied = new CommandError({ command: 'nft list tables', exitCode: 1, stderr: 'Operation not permitted' })
    const { run, changes } = machineWith({ 'nft list tables': denied })
    await expect(prepareHost({ ...ranges, run })).rejects.toThrow('pod networking needs root and a kernel with nftables')
    expect(changes).toEqual([])
  })

  it('is refused when its own network is in our ranges', async () => {
    const links = [
      { ifname: 'eth0', addr_info: [{ local: '10.96.3.4', prefixlen: 20 }] },
      { ifname: 'wl-one', addr_info: [{ local: '10.244.0.1', prefixlen: 32 }] },
    ]
    const { run, changes } = machineWith({ 'ip -json -4 address show': JSON.stringify(links) })
    await expect(prepareHost({ ...ranges, run })).rejects.toThrow(
      'range 10.96.0.0/16 overlaps 10.96.3.4/20 of interface eth0; choose another with --service-cidr',
    )
    expect(changes).toEqual([])
  })

  it.each([
    [
      'a VPN routes',
      { dst: '10.0.0.0/8', dev: 'tun0' },
      'range 10.244.0.0/16 overlaps the route to 10.0.0.0/8 by tun0; choose another with --pod-cidr',
    ],
    [
      'two ways lead',
      {
        dst: '10.244.8.0/24',
        nexthops: [
          { gateway: '192.0.2.1', dev: 'eth0' },
          { gateway: '192.0.2.9', dev: 'eth1' },
        ],
      },
      'range 10.244.0.0/16 overlaps the route to 10.244.8.0/24 by eth0 and eth1; choose another with --pod-cidr',
    ],
    [
      'a host is routed',
      { type: 'unicast', dst: '10.96.0.10', dev: 'wg0', protocol: 'static' },
      'range 10.96.0.0/16 overlaps the route to 10.96.0.10 by wg0; choose another with --service-cidr',
    ],
  ])('is refused when %s in our ranges', async (_what, route, message) => {
    const { run, changes } = machineWith({ 'ip -json -4 -details route show table all': JSON.stringify([route]) })
    await expect(prepareHost({ ...ranges, run })).rejects.toThrow(message)
    expect(changes).toEqual([])
  })

  it('is fit with ways to everywhere, blackholes of others, and what we made ourselves', async () => {
    const routes = [
      { dst: 'default', dev: 'tun0' },
      { dst: '0.0.0.0/1', dev: 'tun0' },
      { dst: '128.0.0.0/1', dev: 'tun0' },
      { type: 'blackhole', dst: '10.96.0.0/16' },
      { dst: '10.244.0.7', dev: 'wl-one' },
      { dst: '10.96.0.0/17', dev: 'windlass0' },
      { dst: '172.17.0.0/16', dev: 'docker0' },
    ]
    const { run } = machineWith({ 'ip -json -4 -details route show table all': JSON.stringify(routes) })
    await prepareHost({ ...ranges, run })
  })

  it('gets the blackhole routes before anything else', async () => {
    const { run, changes } = machineWith({ 'ip -json -4 address show': '[]' })
    await prepareHost({ ...ranges, run })
    expect(changes.slice(0, 3)).toEqual([
      'ip route add blackhole 10.244.0.0/16 proto 87',
      'ip route add blackhole 10.96.0.0/16 proto 87',
      'nft -f -',
    ])
  })
})
