/**
 * Warnings of one answer: each told once, none that a header cannot hold, and
 * not without end. As kube-apiserver cuts them: past a total, all are cut
 * short and no more are taken.
 */
const TOTAL_MAX = 4 * 1024;
const ITEM_MAX = 256;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Adds to what was told before; in place. */
export function addWarnings(told: string[], texts: readonly string[]): void {
  for (const text of texts) if (text !== '' && !told.includes(text) && !CONTROL.test(text)) add(told, text);
}

const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + [...text].length, 0);
const cut = (text: string): string => (text.length > ITEM_MAX ? [...text].slice(0, ITEM_MAX).join('') : text);

const truncating = new WeakSet<readonly string[]>();

function add(told: string[], text: string): void {
  const isCut = truncating.has(told);
  if (isCut && lengthOf(told) >= TOTAL_MAX) return;
  const wanted = isCut ? cut(text) : text;
  told.push(wanted);
  if (isCut || lengthOf(told) <= TOTAL_MAX) return;
  truncating.add(told);
  told.forEach((one, at) => (told[at] = cut(one)));
}
