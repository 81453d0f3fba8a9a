import { listPrices } from '../../../infra/cost.ts'
import type { FunctionUse } from './host.ts'

/** So much memory comes with one whole processor: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const mibPerProcessor = 1769

/**
 * What Lambda would bill: where this machine has whole processors, a function of little memory has a share of one, but for its init.
 * Pure. A processor of this machine counts as one of Lambda's.
 */
export const billedMs = ({ fn, wallMs, cpuMs, initCpuMs }: FunctionUse): number => {
  const slowdown = Math.max(1, mibPerProcessor / fn.memoryMiB)
  return Math.ceil(initCpuMs + Math.max(0, wallMs - cpuMs) + cpuMs * slowdown)
}

export const dollarsOfFunction = (use: FunctionUse): number =>
  listPrices.functionRequest + (billedMs(use) / 1000) * (use.fn.memoryMiB / 1024) * listPrices.functionGbSecond
