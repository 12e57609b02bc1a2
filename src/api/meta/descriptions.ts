/**
 * What every object has in common, in words: metadata, selectors, options and
 * answers. `SHARED` says what fields mean whose struct does not say it.
 */
export const meta = `
ObjectMeta: What every object has: its name, its owner's notes and what the system knows of it.
  name: The object's name, of its own among its kind and within its namespace. It cannot change.
  generateName: The beginning of a name to which the server adds five letters, where name is not given.
  namespace: The namespace that it is in. It cannot change.
  selfLink: Of old; not filled in.
  uid: An id that no other object ever has, also none of the same name later. Given by the server.
  resourceVersion: The state of the object; it changes with every write. Who sends it back writes only if nobody else has written meanwhile.
  generation: Counts the changes of what is wanted. Given by the server.
  creationTimestamp: When it was made. Given by the server.
  deletionTimestamp: When it is to be gone. It is there once deletion was asked for, and cannot be taken back.
  deletionGracePeriodSeconds: How long it has until it is gone.
  labels: Keys and values by which objects are found and selected.
  annotations: Keys and values for programs and people; nothing selects by them.
  ownerReferences: Objects that it depends on; when all of them are gone, it is deleted.
  finalizers: Who has something to do before it may go; it stays until the list is empty.
  managedFields: Who set which fields, for server-side apply.
OwnerReference: An object that another one depends on, in the same namespace or of the cluster.
  apiVersion: Its group and version.
  kind: Its kind.
  name: Its name.
  uid: Its uid; another object of the same name is not meant.
  controller: Whether it manages the object; at most one does.
  blockOwnerDeletion: Whether it stays, when deleted in the foreground, until this object is gone.
ManagedFieldsEntry: Fields that one manager has set in one way.
  manager: The manager's name.
  operation: Apply or Update.
  apiVersion: The version of the object in which the fields are told.
  time: When it last added, changed or gave up a field.
  fieldsType: FieldsV1.
  fieldsV1: The fields.
  subresource: The subresource through which it wrote, where it was one.
ListMeta: What every list has.
  selfLink: Of old; not filled in.
  resourceVersion: The state of the world that the list shows; a watch can go on from it.
  continue: What gets the next part of a list that was cut by a limit.
  remainingItemCount: About how many objects come after this part.
  shardInfo: Which part of the objects the list shows.
ShardInfo: Which part of the objects a list shows.
  selector: The part, as it was asked for.
LabelSelector: Objects, by their labels. An empty one selects all.
  matchLabels: Labels that must have these very values.
  matchExpressions: Requirements of labels; all must hold.
LabelSelectorRequirement: One requirement of a label.
  key: The label.
  operator: In, NotIn, Exists or DoesNotExist.
  values: What it is compared with: something for In and NotIn, nothing otherwise.
FieldSelectorRequirement: One requirement of a field.
  key: The field.
  operator: In, NotIn, Exists or DoesNotExist.
  values: What it is compared with: something for In and NotIn, nothing otherwise.
Condition: One thing that holds of an object, or does not.
DeleteOptions: How something is deleted.
  gracePeriodSeconds: How long it has until it is gone; 0 is at once. Its kind's own time by default.
  preconditions: What must hold, or it is not deleted.
  orphanDependents: Of old: use propagationPolicy.
  propagationPolicy: What becomes of what depends on it: Orphan, Background or Foreground.
  ignoreStoreReadErrorWithClusterBreakingPotential: Deletes what cannot be read from the store. It skips everything that would stand against it.
Preconditions: What must hold for something to be done.
  uid: The uid that it must have.
  resourceVersion: The state that it must be in.
CreateOptions: How something is made.
UpdateOptions: How something is changed.
PatchOptions: How something is patched.
  force: Whether an apply takes over fields of others.
GetOptions: How something is read.
  resourceVersion: How new it must be at least.
ListOptions: What is listed or watched.
  labelSelector: Which objects, by their labels.
  fieldSelector: Which objects, by their fields.
  watch: Whether changes follow.
  allowWatchBookmarks: Whether a watch tells, now and then, how far it is.
  resourceVersion: From which state on, or how new.
  resourceVersionMatch: How resourceVersion is meant: NotOlderThan or Exact.
  timeoutSeconds: How long it may last.
  limit: How many objects one answer holds at most.
  continue: What an answer before gave to go on with.
  sendInitialEvents: Whether a watch begins with all there is.
  shardSelector: Which part of the objects.
Status: The answer to what was done, or why it was not.
  status: Success or Failure.
  message: What happened, for people to read.
  reason: Why it failed, in one word, such as NotFound.
  details: What it is about.
  code: The HTTP status.
StatusDetails: What an answer is about.
  name: The object's name.
  group: The group of its kind.
  kind: Its kind or resource.
  uid: Its uid.
  causes: What is wrong with it.
  retryAfterSeconds: When it is worth to try again.
StatusCause: One thing that is wrong.
  reason: What, in one word.
  message: What, for people to read.
  field: Where.
WatchEvent: A change that a watch tells.
  type: ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.
  object: The object as it is now, as it last was, or what went wrong.
InternalEvent: A change, within the server.
APIResourceList: The resources of one group and version.
  groupVersion: The group and version.
  resources: The resources.
APIResource: A resource and what can be done with it.
  name: Its name in paths: the plural.
  singularName: Its name for one.
  namespaced: Whether its objects are in namespaces.
  group: Its group, where it is another than the list's.
  version: Its version, where it is another than the list's.
  kind: The kind of its objects.
  verbs: What can be done.
  shortNames: Short names for it.
  categories: Groups of resources that it is in, such as all.
  storageVersionHash: Changes when its form in the store does.
APIGroup: A group of kinds with its versions.
  name: The group's name.
  versions: Its versions.
  preferredVersion: The version to use.
  serverAddressByClientCIDRs: Of old.
APIGroupList: All groups of kinds.
  groups: The groups.
APIVersions: The versions of the core group.
  versions: The versions.
  serverAddressByClientCIDRs: Where the server is reached.
GroupVersionForDiscovery: A group and version.
  groupVersion: Both, as in apps/v1.
  version: The version alone.
ServerAddressByClientCIDR: Where clients reach the server.
  clientCIDR: The clients.
  serverAddress: The address.
GroupVersionKind: A kind.
GroupVersionResource: A resource of a version.
GroupResource: A resource.
TypeMeta: What kind of object this is.
`;

/** Types of JSON that have no fields. */
export const NAMED: Readonly<Record<string, string>> = {
  Time: 'A time, as RFC 3339 writes it in UTC: 2026-01-31T12:00:00Z.',
  MicroTime: 'A time with microseconds, as RFC 3339 writes it in UTC.',
  Duration: 'A length of time, as in 1h30m.',
  Patch: 'A change to an object, in one of the forms that the content type names.',
  FieldsV1: 'A set of fields: each name a key, "f:" before it, and what is below it its value.',
  RawExtension: 'Any object, of any kind.',
  Quantity: 'A quantity: a number with a suffix, as in 500m, 2, 64Mi or 1G. Its shortest form is what is stored.',
  IntOrString: 'A whole number, or text: a name or a percentage.',
  JSON: 'Any JSON.',
  JSONSchemaPropsOrBool: 'A schema, or whether anything is allowed.',
  JSONSchemaPropsOrArray: 'A schema, or a list of schemas.',
  JSONSchemaPropsOrStringArray: 'A schema, or a list of names.',
};

/** Of fields that mean the same in many structs. Whatever a struct says itself comes first. */
export const SHARED = `
Any: Of every struct.
  kind: What kind of object this is. It cannot change.
  apiVersion: The group and version in whose form the object is written, such as v1 or apps/v1.
  metadata: What every object has: name, namespace, labels, annotations and what the server adds.
  spec: What is wanted.
  status: What is. Only the system writes it.
  conditions: What holds of the object, and what does not.
  observedGeneration: The generation of the object that this was written for.
  dryRun: All says: do everything but keep it.
  fieldManager: Whose change it is to be.
  fieldValidation: What becomes of fields that are not known: Ignore, Warn or Strict.
  group: The group.
  version: The version.
  resource: The resource, by its plural name.
  fsType: The kind of file system on the volume, such as ext4 or xfs.
  readOnly: Whether it can only be read. False by default.
  partition: The partition that is mounted; the whole disk when not given.
  volumeID: The volume's id.
  monitors: Addresses of Ceph's monitors.
  user: The user that it is reached as.
  secretRef: The Secret with what is needed to get in.
  defaultMode: The permission bits of files whose own are not given; 0644 by default.
  items: The keys that become files; all keys when none is listed.
  optional: Whether what is referred to may be missing.
  matchConditions: Expressions in CEL that must all be true for a request to be looked at.
  extra: More that is known of the user.
Condition: Of every condition.
  type: Which condition it is.
  status: Whether it holds: True, False or Unknown.
  observedGeneration: The generation of the object that the condition was written for.
  lastTransitionTime: When its status last changed.
  lastUpdateTime: When it was last written.
  reason: Why it holds or not, in one word.
  message: Why it holds or not, for people to read.
`;
