/** ImageLocality: nodes that have big images of the pod already are better, a little less where only few nodes have them. */
import { SCORE_MAX, SKIP, type Plugin, type StateData } from '../framework.js';
import type { Handle } from '../handle.js';

const NAME = 'ImageLocality';
const MEBIBYTE = 1024 * 1024;
const SIZE_MIN = 23 * MEBIBYTE;
const SIZE_MAX_EACH = 1000 * MEBIBYTE;

interface Images extends StateData {
  names: readonly string[];
}

export const imageLocality = ({ cache }: Handle): Plugin => ({
  name: NAME,
  preScore(cycle, { pod: { spec } }) {
    const names = [...(spec.initContainers ?? []), ...spec.containers].map(({ image }) => tagged(image ?? ''));
    if (!names.some((name) => cache.image(name) !== undefined)) return SKIP;
    cycle.write(NAME, { names } satisfies Images as StateData);
    return undefined;
  },
  score(cycle, _, { images }) {
    const { names } = cycle.read<Images>(NAME)!;
    const nodes = cache.list.length;
    let sum = 0;
    for (const name of names) {
      const image = images.has(name) ? cache.image(name) : undefined;
      if (image !== undefined) sum += Math.trunc(image.size * (image.nodes / nodes));
    }
    const max = SIZE_MAX_EACH * names.length;
    const size = Math.min(Math.max(sum, SIZE_MIN), max);
    return Math.trunc((SCORE_MAX * (size - SIZE_MIN)) / (max - SIZE_MIN));
  },
});

/** Names are only completed by the usual tag. */
function tagged(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}
