/**
 * $((…)): 64-bit integers, C's operators, assignments. Throws ShellError with
 * ash's words on nonsense.
 */
export class ShellError extends Error {
  override name = 'ShellError';
}

export interface Variables {
  get(name: string): string;
  set(name: string, value: string): void;
}

const BINARY: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const TOKEN = /\s*(<<=|>>=|\*\*|\|\||&&|==|!=|<=|>=|<<|>>|\+\+|--|[-+*/%&|^]=|0[xX][0-9a-fA-F]+|\d+#\w+|\d+|[A-Za-z_]\w*|[-+*/%()<>=!~&|^?:,])/y;

export function arithmetic(text: string, variables: Variables): string {
  const evaluator = new Evaluator(text, variables);
  if (evaluator.done) return '0';
  const value = evaluator.comma();
  if (!evaluator.done) throw new ShellError('arithmetic syntax error');
  return value.toString();
}

class Evaluator {
  #tokens: string[] = [];
  #at = 0;
  #variables: Variables;
  // Above 0 nothing is assigned: the other side of && or ?: was taken.
  #idle = 0;

  constructor(text: string, variables: Variables) {
    this.#variables = variables;
    TOKEN.lastIndex = 0;
    const trimmed = text.trimEnd();
    for (let at = 0; at < trimmed.length; at = TOKEN.lastIndex) {
      TOKEN.lastIndex = at;
      const found = TOKEN.exec(trimmed);
      if (found === null) throw new ShellError('arithmetic syntax error');
      this.#tokens.push(found[1]!);
    }
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  comma(): bigint {
    let value = this.#assign();
    while (this.#take(',')) value = this.#assign();
    return value;
  }

  #assign(): bigint {
    const name = this.#tokens[this.#at];
    const op = this.#tokens[this.#at + 1];
    if (name !== undefined && op !== undefined && /^[A-Za-z_]/.test(name) && /^(=|[-+*/%&|^]=|<<=|>>=)$/.test(op)) {
      this.#at += 2;
      const right = this.#assign();
      const value = op === '=' ? right : this.#apply(op.slice(0, -1), this.#variable(name), right);
      return this.#store(name, value);
    }
    return this.#ternary();
  }

  #ternary(): bigint {
    const cond = this.#binary(0);
    if (!this.#take('?')) return cond;
    const yes = this.#maybe(cond !== 0n, () => this.#assign());
    if (!this.#take(':')) throw new ShellError('arithmetic syntax error');
    const no = this.#maybe(cond === 0n, () => this.#assign());
    return cond !== 0n ? yes : no;
  }

  #binary(level: number): bigint {
    const ops = BINARY[level];
    if (ops === undefined) return this.#power();
    let left = this.#binary(level + 1);
    for (;;) {
      const op = this.#tokens[this.#at];
      if (op === undefined || !ops.includes(op)) return left;
      this.#at++;
      const needed = op === '&&' ? left !== 0n : op === '||' ? left === 0n : true;
      const right = this.#maybe(needed, () => this.#binary(level + 1));
      left = this.#idle > 0 || !needed ? shortCut(op, left, right) : this.#apply(op, left, right);
    }
  }

  #power(): bigint {
    const base = this.#unary();
    if (!this.#take('**')) return base;
    const exponent = this.#power();
    if (exponent < 0n) throw new ShellError('exponent less than 0');
    return wrap(base ** (exponent > 4096n ? 4096n : exponent));
  }

  #unary(): bigint {
    const token = this.#tokens[this.#at];
    if (token === '++' || token === '--') {
      this.#at++;
      const name = this.#tokens[this.#at++] ?? '';
      return this.#store(name, wrap(this.#variable(name) + (token === '++' ? 1n : -1n)));
    }
    if (token === '-' || token === '+' || token === '!' || token === '~') {
      this.#at++;
      const value = this.#unary();
      return token === '-' ? wrap(-value) : token === '+' ? value : token === '~' ? ~value : value === 0n ? 1n : 0n;
    }
    return this.#primary();
  }

  #primary(): bigint {
    const token = this.#tokens[this.#at++];
    if (token === '(') {
      const value = this.comma();
      if (!this.#take(')')) throw new ShellError('arithmetic syntax error');
      return value;
    }
    if (token === undefined) throw new ShellError('arithmetic syntax error');
    if (/^\d/.test(token)) return number(token);
    if (!/^[A-Za-z_]/.test(token)) throw new ShellError('arithmetic syntax error');
    const value = this.#variable(token);
    if (this.#take('++')) this.#store(token, wrap(value + 1n));
    else if (this.#take('--')) this.#store(token, wrap(value - 1n));
    return value;
  }

  #apply(op: string, a: bigint, b: bigint): bigint {
    if ((op === '/' || op === '%') && b === 0n) throw new ShellError('divide by zero');
    return applyOperator(op, a, b);
  }

  #variable(name: string): bigint {
    const text = this.#variables.get(name).trim();
    if (text === '') return 0n;
    if (/^[-+]?(0[xX][0-9a-fA-F]+|\d+)$/.test(text)) return text.startsWith('-') ? -number(text.slice(1)) : number(text.replace('+', ''));
    if (text === name) return 0n;
    return BigInt(arithmetic(text, this.#variables));
  }

  #store(name: string, value: bigint): bigint {
    if (this.#idle === 0) this.#variables.set(name, value.toString());
    return value;
  }

  #maybe(needed: boolean, run: () => bigint): bigint {
    if (needed) return run();
    this.#idle++;
    const value = run();
    this.#idle--;
    return value;
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }
}

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);
const truth = (value: boolean): bigint => (value ? 1n : 0n);

function number(token: string): bigint {
  if (token.includes('#')) {
    const [base, digits] = token.split('#');
    return BigInt(parseInt(digits!, Number(base)));
  }
  if (/^0\d/.test(token)) return BigInt(`0o${token.slice(1)}`);
  return wrap(BigInt(token));
}

function shortCut(op: string, left: bigint, right: bigint): bigint {
  if (op === '&&') return truth(left !== 0n && right !== 0n);
  if (op === '||') return truth(left !== 0n || right !== 0n);
  return 0n;
}

function applyOperator(op: string, a: bigint, b: bigint): bigint {
  switch (op) {
    case '||':
      return truth(a !== 0n || b !== 0n);
    case '&&':
      return truth(a !== 0n && b !== 0n);
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '&':
      return a & b;
    case '==':
      return truth(a === b);
    case '!=':
      return truth(a !== b);
    case '<':
      return truth(a < b);
    case '>':
      return truth(a > b);
    case '<=':
      return truth(a <= b);
    case '>=':
      return truth(a >= b);
    case '<<':
      return wrap(a << (b & 63n));
    case '>>':
      return a >> (b & 63n);
    case '+':
      return wrap(a + b);
    case '-':
      return wrap(a - b);
    case '*':
      return wrap(a * b);
    case '/':
      return a / b;
    default:
      return a % b;
  }
}
