/** What events are, in words, as src/api/descriptions.ts reads them. */
export const events = `
Event: Something that happened to an object. Events are kept for an hour.
  eventTime: When it was first seen.
  series: That it goes on happening.
  reportingController: Who tells it, such as kubernetes.io/kubelet.
  reportingInstance: Which one of those.
  action: What was done or refused.
  reason: What happened, in one word, such as Scheduled.
  regarding: What it happened to.
  related: Another object that has to do with it.
  note: What happened, for people to read.
  type: Normal or Warning.
  deprecatedSource: Who tells it, of old.
  deprecatedFirstTimestamp: When it first happened, of old.
  deprecatedLastTimestamp: When it last happened, of old.
  deprecatedCount: How often it happened, of old.
EventSeries: Something that goes on happening.
  count: How often it has happened.
  lastObservedTime: When it was last seen.
`;
