import type { ShopStep } from './step.ts'
import { untilWhole } from './wholeness.ts'

export const rollout: ShopStep = {
  title: 'Every service anew, and no order refused',
  async run(terminal, customers) {
    customers.spell()
    await terminal.kubectl('-n', 'shop', 'rollout', 'restart', 'deployment')
    const names = await terminal.ask('-n', 'shop', 'get', 'deployment', '-o', 'name')
    for (const name of names.split('\n')) await terminal.kubectl('-n', 'shop', 'rollout', 'status', name, '--timeout=240s')
    await untilWhole(terminal, 60)
    const { acknowledged, refused, reasons } = customers.spell()
    terminal.note(`orders meanwhile: ${acknowledged} acknowledged, ${refused} refused`)
    for (const reason of reasons) terminal.note(reason)
    terminal.expect(acknowledged > 0 && refused === 0, 'no refused order in all of this')
  },
}
