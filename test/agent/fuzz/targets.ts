import { dnsAnswers, dnsOverTcp, dnsOverUdp } from './dns.ts'
import type { FuzzTarget } from './fuzz-target.ts'
import { kubelet } from './kubelet.ts'
import { mailbox } from './letters.ts'
import { grpcProbes, httpProbes, tcpProbes } from './probes.ts'
import { spdy, webSockets } from './streams.ts'

/** Every way by which others' bytes come into an agent. */
export const targets: Readonly<Record<string, () => Promise<FuzzTarget>>> = {
  'DNS over UDP': dnsOverUdp,
  'DNS over TCP': dnsOverTcp,
  'DNS answers': dnsAnswers,
  'HTTP probes': httpProbes,
  'gRPC probes': grpcProbes,
  'TCP probes': tcpProbes,
  WebSockets: webSockets,
  SPDY: spdy,
  letters: mailbox,
  'kubelet server': kubelet,
}
