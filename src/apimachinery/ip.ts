/**
 * Whether a text is an IP address: the answers of node:net, which costs more to
 * load than most short commands cost otherwise.
 */

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const GROUP = /^[0-9a-f]{1,4}$/i;
const ZONE = /%[0-9a-z.:-]+$/i;
const GROUPS = 8;

export const isIPv4 = (text: string): boolean => IPV4.test(text);

/** RFC 4291, section 2.2, with or without the zone of RFC 4007. */
export function isIPv6(text: string): boolean {
  const halves = text.replace(ZONE, '').split('::');
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const endsInIPv4 = halves.at(-1) !== '' && isIPv4(groups.at(-1) ?? '');
  if (endsInIPv4) groups.splice(-1, 1, '0', '0');
  if (!groups.every((group) => GROUP.test(group))) return false;
  return halves.length === 1 ? groups.length === GROUPS : halves.length === 2 && groups.length < GROUPS;
}

/** 4, 6, or 0 for neither. */
export const isIP = (text: string): 0 | 4 | 6 => (isIPv4(text) ? 4 : isIPv6(text) ? 6 : 0);
