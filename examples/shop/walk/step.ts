import type { Terminal } from '../../terminal.ts'
import type { Customers } from './customers.ts'

export interface ShopStep {
  readonly title: string
  run(terminal: Terminal, customers: Customers): Promise<void>
}
