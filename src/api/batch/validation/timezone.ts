/**
 * Whether a name is a time zone that CronJobs may use, in the words of
 * Kubernetes and of Go's time.LoadLocation.
 */
const PART = /^[A-Za-z.\-_0-9+]{1,14}$/;

/** What is wrong with the name, nothing where nothing is. */
export function timeZoneMessages(name: string): readonly string[] {
  if (name === '') return ['timeZone must be nil or non-empty string'];
  if (name.split('/').some((part) => part === '.' || part === '..' || part.startsWith('-') || !PART.test(part))) return [`unknown time zone ${name}`];
  const local = name.toLowerCase() === 'local' ? ['timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'] : [];
  return name === 'Local' || isZone(name) ? local : [...local, `unknown time zone ${name}`];
}

/** Whether the runtime's own table of zones has it. Go knows zones by the names of their files: "europe/berlin" and "+02:00" are none. */
export function isZone(name: string): boolean {
  const parts = name.split('/');
  const isFileName = (part: string): boolean => /^[A-Z]/.test(part) && (parts.length === 1 || !/^[A-Z]{4,}$/.test(part));
  return parts.every(isFileName) && runtimeKnows(name);
}

function runtimeKnows(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions();
    return true;
  } catch (error) {
    // A RangeError says that the zone is unknown.
    if (error instanceof RangeError) return false;
    throw error;
  }
}
