/** What a browser shows: the products, and a button to order each. */
export const page = `<!doctype html>
<title>The shop</title>
<h1>The shop</h1>
<p>You are <input id="name" value="ada"> with the password <input id="password" type="password" value="an-example-password"></p>
<ul id="products"></ul>
<pre id="said"></pre>
<script type="module">
const said = document.querySelector('#said')
const api = async (method, path, body, headers = {}) => {
  const response = await fetch('/api' + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  const answer = await response.json()
  said.textContent = method + ' ' + path + ': ' + response.status + ' ' + JSON.stringify(answer)
  return answer
}
const value = (id) => document.querySelector(id).value
const order = async (sku) => {
  const user = { name: value('#name'), password: value('#password') }
  await api('PUT', '/users/' + encodeURIComponent(user.name), { password: user.password })
  const { token } = await api('POST', '/sessions', user)
  await api('PUT', '/orders/' + crypto.randomUUID(), { sku, quantity: 1 }, { authorization: 'Bearer ' + token })
}
for (const { sku, name, stock } of await api('GET', '/products')) {
  const button = Object.assign(document.createElement('button'), { textContent: 'order', onclick: () => order(sku) })
  const item = document.createElement('li')
  item.append(name + ' (' + stock + ') ', button)
  document.querySelector('#products').append(item)
}
</script>
`
