/**
 * How far and how soon an autoscaler follows what the metrics call for: within
 * its bounds, steadied over a window, and no faster than its rules allow. What
 * was recommended and done is remembered as long as this process lives.
 */
import type { HorizontalPodAutoscaler, HPAScalingRules } from '../../api/autoscaling/types/horizontalpodautoscaler.v2.js';

/** --horizontal-pod-autoscaler-downscale-stabilization. */
const DOWNSCALE_WINDOW_SECONDS = 300;

interface Recommendation {
  at: number;
  replicas: number;
}

interface Change {
  at: number;
  replicas: number;
}

export interface Memory {
  recommended: Recommendation[];
  ups: Change[];
  downs: Change[];
}

export interface Told {
  type: 'AbleToScale' | 'ScalingLimited';
  status: 'True' | 'False';
  reason: string;
  message: string;
}

export interface Normalized {
  replicas: number;
  told: Told[];
}

const WITHIN = ['DesiredWithinRange', 'the desired count is within the acceptable range'] as const;
const TOO_MANY = ['TooManyReplicas', 'the desired replica count is more than the maximum replica count'] as const;
const TOO_FEW = ['TooFewReplicas', 'the desired replica count is less than the minimum replica count'] as const;
const UP_LIMIT = ['ScaleUpLimit', 'the desired replica count is increasing faster than the maximum scale rate'] as const;
const DOWN_LIMIT = ['ScaleDownLimit', 'the desired replica count is decreasing faster than the maximum scale rate'] as const;
const DOWN_STABILIZED = ['ScaleDownStabilized', 'recent recommendations were higher than current one, applying the highest recent recommendation'] as const;
const UP_STABILIZED = ['ScaleUpStabilized', 'recent recommendations were lower than current one, applying the lowest recent recommendation'] as const;
type Words = readonly [reason: string, message: string];

export function remembering(current: number, now: number): Memory {
  return { recommended: [{ at: now, replicas: current }], ups: [], downs: [] };
}

export function normalized(
  { spec }: HorizontalPodAutoscaler,
  memory: Memory,
  { current, desired, now }: { current: number; desired: number; now: number },
): Normalized {
  const { behavior, minReplicas = 1, maxReplicas } = spec;
  const bounds = { min: minReplicas, max: maxReplicas };
  if (behavior === undefined) {
    const steady = steadied(memory, { desired, now });
    return told({ desired, steady, stabilized: DOWN_STABILIZED }, plainLimit(current, steady, bounds));
  }
  const { scaleUp = {}, scaleDown = {} } = behavior as { scaleUp?: HPAScalingRules; scaleDown?: HPAScalingRules };
  const rules = { up: scaleUp, down: { ...scaleDown, stabilizationWindowSeconds: scaleDown.stabilizationWindowSeconds ?? DOWNSCALE_WINDOW_SECONDS } };
  const steady = steadiedByRules(memory, rules, { current, desired, now });
  return told(
    { desired, steady, stabilized: desired >= current ? UP_STABILIZED : DOWN_STABILIZED },
    ruledLimit(memory, rules, { current, desired: steady, now }, bounds),
  );
}

function told({ desired, steady, stabilized }: { desired: number; steady: number; stabilized: Words }, [replicas, [limit, why]]: [number, Words]): Normalized {
  const [reason, message] = steady === desired ? (['ReadyForNewScale', 'recommended size matches current size'] as const) : stabilized;
  return {
    replicas,
    told: [
      { type: 'AbleToScale', status: 'True', reason, message },
      { type: 'ScalingLimited', status: replicas === steady ? 'False' : 'True', reason: limit, message: why },
    ],
  };
}

/** The highest of what was recommended within the window. */
function steadied(memory: Memory, { desired, now }: { desired: number; now: number }): number {
  const cutoff = now - DOWNSCALE_WINDOW_SECONDS * 1000;
  memory.recommended = memory.recommended.filter(({ at }) => at >= cutoff);
  const highest = Math.max(desired, ...memory.recommended.map(({ replicas }) => replicas));
  memory.recommended.push({ at: now, replicas: desired });
  return highest;
}

function steadiedByRules(
  memory: Memory,
  { up, down }: { up: HPAScalingRules; down: HPAScalingRules },
  { current, desired, now }: { current: number; desired: number; now: number },
): number {
  const [upMs, downMs] = [(up.stabilizationWindowSeconds ?? 0) * 1000, (down.stabilizationWindowSeconds ?? 0) * 1000];
  memory.recommended = memory.recommended.filter(({ at }) => at >= now - Math.max(upMs, downMs));
  const rises = desired >= current;
  const recent = memory.recommended.filter(({ at }) => at > now - (rises ? upMs : downMs)).map(({ replicas }) => replicas);
  memory.recommended.push({ at: now, replicas: desired });
  return rises ? Math.min(desired, ...recent) : Math.max(desired, ...recent);
}

interface Bounds {
  min: number;
  max: number;
}

/** Without rules of its own: at most twice as many, or four. */
function plainLimit(current: number, desired: number, { min, max }: Bounds): [number, Words] {
  const limit = Math.max(2 * current, 4);
  if (desired < min) return [min, TOO_FEW];
  if (desired > Math.min(limit, max)) return max > limit ? [limit, UP_LIMIT] : [max, TOO_MANY];
  return [desired, WITHIN];
}

function ruledLimit(
  memory: Memory,
  { up, down }: { up: HPAScalingRules; down: HPAScalingRules },
  { current, desired, now }: { current: number; desired: number; now: number },
  { min, max }: Bounds,
): [number, Words] {
  if (desired > current) {
    const limit = Math.max(current, mostByRules(up, memory, current, now));
    const most = Math.min(max, limit);
    if (desired > most) return [most, max > limit ? UP_LIMIT : TOO_MANY];
  } else if (desired < current) {
    const limit = Math.min(current, leastByRules(down, memory, current, now));
    const least = Math.max(min, limit);
    if (desired < least) return [least, min < limit ? DOWN_LIMIT : TOO_FEW];
  }
  return [desired, WITHIN];
}

/** Replicas that came, or went, within so many seconds. */
function changed(changes: readonly Change[], seconds: number, now: number): number {
  return changes.filter(({ at }) => at > now - seconds * 1000).reduce((total, { replicas }) => total + replicas, 0);
}

function mostByRules({ selectPolicy = 'Max', policies = [] }: HPAScalingRules, { ups, downs }: Memory, current: number, now: number): number {
  if (selectPolicy === 'Disabled') return current;
  const proposals = policies.map(({ type, value, periodSeconds }) => {
    const start = current - changed(ups, periodSeconds, now) + changed(downs, periodSeconds, now);
    return type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100));
  });
  return selectPolicy === 'Min' ? Math.min(...proposals) : Math.max(...proposals);
}

function leastByRules({ selectPolicy = 'Max', policies = [] }: HPAScalingRules, { ups, downs }: Memory, current: number, now: number): number {
  if (selectPolicy === 'Disabled') return current;
  const proposals = policies.map(({ type, value, periodSeconds }) => {
    const start = current + changed(downs, periodSeconds, now) - changed(ups, periodSeconds, now);
    return type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100));
  });
  return selectPolicy === 'Min' ? Math.max(...proposals) : Math.min(...proposals);
}

/** Notes what was done, for rules that look back; without rules nothing is kept. */
export function noteScale(
  { spec: { behavior } }: HorizontalPodAutoscaler,
  memory: Memory,
  { before, after, now }: { before: number; after: number; now: number },
): void {
  if (behavior === undefined) return;
  const longest = (rules: HPAScalingRules | undefined): number => Math.max(0, ...(rules?.policies ?? []).map(({ periodSeconds }) => periodSeconds));
  const keptFor = Math.max(longest(behavior.scaleUp), longest(behavior.scaleDown)) * 1000;
  const list = after > before ? 'ups' : 'downs';
  memory[list] = [...memory[list].filter(({ at }) => at >= now - keptFor), { at: now, replicas: Math.abs(after - before) }];
}
