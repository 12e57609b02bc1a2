/** Defaults of resource amounts: no quantity keeps more than three decimals. */
import { parseQuantity } from '../../../apimachinery/quantity.js';

type ResourceList = Record<string, string>;
interface Resources {
  limits?: ResourceList;
  requests?: ResourceList;
}

export function defaultResources(resources: Resources | undefined): void {
  defaultResourceList(resources?.limits);
  defaultResourceList(resources?.requests);
}

/** As Kubernetes does: what is finer than a thousandth is rounded up to one. */
export function defaultResourceList(list: ResourceList | undefined): void {
  for (const [name, amount] of Object.entries(list ?? {})) if (FINE.test(amount)) list![name] = roundUp(amount);
}

const FINE = /[nu]$|\.\d|e-/i;
function roundUp(amount: string): string {
  const quantity = parseQuantity(amount);
  const milli = parseQuantity(`${quantity.milliValue()}m`);
  return milli.cmp(quantity) === 0 ? amount : milli.toString();
}

/** Requests that are not stated follow limits: pods alone, not their templates. */
export function requestsFromLimits(resources: Resources): void {
  for (const [name, amount] of Object.entries(resources.limits ?? {})) {
    resources.requests ??= {};
    resources.requests[name] ??= amount;
  }
}
