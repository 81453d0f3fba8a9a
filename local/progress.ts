/** The few lines a start shows: what is done and when, then what to type next. */
export interface Progress {
  done(what: string): void
  /** something the user should know */
  note(text: string): void
}

export const createProgress = (write: (text: string) => void, startedAt: number, color: boolean): Progress => {
  const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text)
  return {
    done: (what) => write(` ${paint(32, '✓')} ${what} ${paint(90, `${((Date.now() - startedAt) / 1000).toFixed(1)} s`)}\n`),
    note: (text) => write(` ${paint(33, '•')} ${text}\n`),
  }
}

export const nextSteps = (kubectl: string, runtime: string) => `
 The cluster is up. Try, in another terminal:

   ${kubectl} get nodes
   ${kubectl} create deployment hello --image=IMAGE
${runtime === 'docker' ? '   npm run example            an orders service with PostgreSQL, step by step\n' : ''}
 Ctrl-C stops it; the next npm start resumes it; npm run reset removes it.
`
