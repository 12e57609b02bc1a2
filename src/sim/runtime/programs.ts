/** The programs of simulated machines, loaded with the first that starts; no time passes meanwhile. */
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
