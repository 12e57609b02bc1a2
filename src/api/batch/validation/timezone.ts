/**
 * Whether a name is a time zone that CronJobs may use, in the words of
 * Kubernetes and of Go's time.LoadLocation.
 */
const NAME = /^[A-Za-z0-9._\-+/]+$/;

export function timeZoneMessage(name: string): string | undefined {
  if (name === '') return 'timeZone must be nil or non-empty string';
  if (name.toLowerCase() === 'local') return 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
  // Go refuses what could leave its folder of zones before it looks.
  if (name.includes('..') || name.startsWith('/') || name.includes('\\')) return name.startsWith('/') ? `unknown time zone ${name}` : 'time: invalid location name';
  return NAME.test(name) && isKnown(name) ? undefined : `unknown time zone ${name}`;
}

function isKnown(name: string): boolean {
  // Offsets such as "+02:00" are zones to ECMAScript and none to Go.
  if (/^[+-]/.test(name)) return false;
  return isZone(name);
}

/** Whether the runtime's own table of zones has it. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions();
    return true;
  } catch (error) {
    // A RangeError says that the zone is unknown.
    if (error instanceof RangeError) return false;
    throw error;
  }
}
