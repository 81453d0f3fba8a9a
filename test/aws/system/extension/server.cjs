// What runs in the pod: a validating webhook. Plain Node.js, as its image has it.
const { createServer } = require('node:https')
const { readFileSync } = require('node:fs')

const [cert, key] = ['tls.crt', 'tls.key'].map((name) => readFileSync(`/certificate/${name}`))

const review = ({ request }) => {
  const allowed = request.object?.data?.mood !== 'grumpy'
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid: request.uid,
      allowed,
      warnings: ['seen'],
      ...(allowed ? {} : { status: { message: 'no grumpiness here' } }),
    },
  }
}

createServer({ cert, key }, (request, response) => {
  const pieces = []
  request.on('data', (piece) => pieces.push(piece))
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(review(JSON.parse(Buffer.concat(pieces).toString()))))
  })
}).listen(8443)
process.on('SIGTERM', () => process.exit())
