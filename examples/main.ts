// `npm run example [-- shop]`: walks through what the chapter shows with the user's own kubectl, and checks it.
const walks: Readonly<Record<string, () => Promise<unknown>>> = {
  orders: () => import('./orders/walk.ts'),
  shop: () => import('./shop/walk.ts'),
}

const [name = 'orders'] = process.argv.slice(2)
const walk = walks[name]
if (walk === undefined) {
  console.error(`there is no example "${name}": it is one of ${Object.keys(walks).join(', ')}`)
  process.exitCode = 2
} else {
  await walk()
}
