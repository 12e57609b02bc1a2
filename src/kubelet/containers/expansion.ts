/** $(NAME) in commands, arguments and values: replaced where NAME is known, left as it is where not; $$ is one dollar. */
export function expand(text: string, known: ReadonlyMap<string, string>): string {
  return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, tail: string, name: string | undefined) => {
    if (tail === '$') return '$';
    return known.get(name!) ?? whole;
  });
}
