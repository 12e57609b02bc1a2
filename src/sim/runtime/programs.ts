/** The programs of simulated machines, loaded with the first that starts, while no time passes; and which need no machine. */
import type { Programs } from '../machine/machine.js';
import type { Quiescence } from '../../platform/quiescence.js';

export async function loadPrograms(quiescence: Quiescence): Promise<Programs> {
  const over = quiescence.hold();
  try {
    return (await import('../programs/index.js')).programs;
  } finally {
    over();
  }
}

/** Programs that only stay or end. */
const LIGHT = new Set(['generic', 'pause', 'succeed']);
export const kindOf = (program: string): string => (program.startsWith('hosted:') ? program : LIGHT.has(program) ? 'light' : 'machine');
