/** Rules of service accounts: of the secrets they list, the names are kept. */
import type { Strategy } from '../../kind.js';
import { ServiceAccount } from '../types/serviceaccount.js';

export const strategy: Strategy<ServiceAccount> = {
  schema: ServiceAccount,
  prepareForCreate: namesOnly,
  prepareForUpdate: namesOnly,
  deleteReturnsObject: true,
};

function namesOnly(account: ServiceAccount): void {
  if (account.secrets !== undefined) account.secrets = account.secrets.map(({ name }) => (name === undefined ? {} : { name }));
}
