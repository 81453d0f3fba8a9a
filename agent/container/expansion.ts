/** Replaces `$(NAME)` by its value; unknown names stay as they are, `$$` is a dollar. */
export const expand = (text: string, lookup: (name: string) => string | undefined): string =>
  text.replaceAll(/\$(\$|\(([^()$]*)\))/g, (whole, escaped: string, name: string | undefined) => {
    if (escaped === '$') return '$'
    return lookup(name ?? '') ?? whole
  })
