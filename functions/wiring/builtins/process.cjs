// See cluster-function.ts.
module.exports = process.getBuiltinModule('node:process')
