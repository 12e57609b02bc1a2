/** The environment that all of Kubernetes' expressions share: CEL itself and every library of the base environment of 1.36. */
import { Env } from './env.js';
import { ADDRESSES } from './lib/addresses.js';
import { AUTHZ } from './lib/authz.js';
import { CONVERSIONS } from './lib/convert.js';
import { NAMED_FORMATS } from './lib/formats.js';
import { LISTS } from './lib/lists.js';
import { MAP_INSERT, OPTIONALS } from './lib/optionals.js';
import { QUANTITIES } from './lib/quantities.js';
import { STANDARD } from './lib/standard.js';
import { STRINGS } from './lib/strings.js';
import { TIMES } from './lib/times.js';
import { URLS } from './lib/urls.js';
import { SEMVERS } from './lib/versions.js';

let made: Env | undefined;

export function baseEnv(): Env {
  return (made ??= Env.of(STANDARD, CONVERSIONS, TIMES, OPTIONALS, MAP_INSERT, STRINGS, LISTS, QUANTITIES, ADDRESSES, URLS, NAMED_FORMATS, SEMVERS, AUTHZ));
}
