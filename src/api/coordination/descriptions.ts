/** What leases are, in words, as src/api/descriptions.ts reads them. */
export const coordination = `
Lease: That somebody holds something for a time: a node's heartbeat, or who leads.
  spec: Who holds it, since when and for how long.
LeaseSpec: Who holds it, since when and for how long.
  holderIdentity: Who holds it.
  leaseDurationSeconds: How long after the last renewal others have to wait.
  acquireTime: When the holder got it.
  renewTime: When the holder last renewed it.
  leaseTransitions: How often it went from one holder to another.
  strategy: How the holder is chosen, where that is not by who comes first.
  preferredHolder: Who had better hold it; the present holder is asked to give way.
`;
