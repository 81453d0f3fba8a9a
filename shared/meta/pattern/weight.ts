/** What a class of characters by a property of Unicode weighs: its ranges are some hundreds. */
const propertyWeight = 100

const repeat = /\{(\d{1,9})(,(\d{1,9})?)?\}/y
const quoted = /\\Q(.*?)(?:\\E|$)/sy
const single = /\\(?:[xpP]\{\^?\w{0,40}\}|[pP]?.?)|./suy
const named = /\[:\^?[a-z]{0,9}:\]/y
const property = /\\[pP]|\[:/g

const matchAt = (expression: RegExp, text: string, at: number): RegExpExecArray | null => {
  expression.lastIndex = at
  return expression.exec(text)
}

/**
 * What a regular expression costs to read and to compile, before anybody does either: a unit is one of its characters or one step of
 * its program, about a microsecond. Of what is no expression it says anything. Takes time linear in the text.
 */
export const patternWeight = (expression: string): number => {
  /** Steps of each open group so far, the innermost last. */
  const groups = [0]
  let steps = 0
  let properties = 0
  const settle = () => {
    groups[groups.length - 1]! += steps
    steps = 0
  }
  for (let at = 0; at < expression.length; ) {
    const character = expression[at]!
    const counted = character === '{' ? matchAt(repeat, expression, at) : null
    const literal = character === '\\' ? matchAt(quoted, expression, at) : null
    if (counted) {
      const [whole, least = '', open, most] = counted
      const times = Math.max(1, Number(least), Number(most ?? 0))
      // What may be left out takes a step more.
      steps *= open ? 2 * times + 1 : times
      at += whole.length
    } else if (literal) {
      settle()
      // Of a text what follows repeats the last character.
      groups[groups.length - 1]! += literal[1]!.length
      steps = 1
      at += literal[0].length
    } else if (character === '(') {
      settle()
      groups.push(2)
      at++
    } else if (character === ')' && groups.length > 1) {
      settle()
      steps = groups.pop()!
      at++
    } else {
      settle()
      steps = 1
      const end = character === '[' ? classEnd(expression, at) : at + (matchAt(single, expression, at)?.[0].length ?? 1)
      const atom = expression.slice(at, end)
      if (atom.length > 1) properties += atom.match(property)?.length ?? 0
      at = end
    }
  }
  settle()
  return expression.length + properties * propertyWeight + groups.reduce((sum, steps) => sum + steps, 0)
}

/** Behind a class that begins there. */
const classEnd = (expression: string, start: number): number => {
  let at = start + 1
  if (expression[at] === '^') at++
  if (expression[at] === ']') at++
  while (at < expression.length && expression[at] !== ']') {
    const inside = matchAt(named, expression, at)
    if (inside) at += inside[0].length
    else at += expression[at] === '\\' ? 2 : 1
  }
  return Math.min(at + 1, expression.length)
}
