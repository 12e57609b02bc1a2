/**
 * What etcdctl asks of an etcd: flags' meanings in, plain data out. The store
 * answers it (store/etcddoor.ts has the same shape); cluster/ hands it in.
 */
export interface KeyValue {
  key: string;
  value: Uint8Array;
  createRevision: number;
  modRevision: number;
  version: number;
  /** 0: none. */
  lease: number;
}

export interface EtcdHeader {
  clusterId: bigint;
  memberId: bigint;
  revision: number;
  raftTerm: number;
}

/** One key, or a range of keys; at most one of the three ways to name an end. */
export interface EtcdKeys {
  key: string;
  rangeEnd?: string;
  prefix?: boolean;
  fromKey?: boolean;
}

export interface EtcdGet extends EtcdKeys {
  limit?: number;
  keysOnly?: boolean;
  countOnly?: boolean;
  revision?: number;
  minModRevision?: number;
  maxModRevision?: number;
  minCreateRevision?: number;
  maxCreateRevision?: number;
  sortBy?: 'CREATE' | 'KEY' | 'MODIFY' | 'VALUE' | 'VERSION';
  order?: 'ASCEND' | 'DESCEND';
}

export interface EtcdPut {
  key: string;
  value: Uint8Array;
  lease?: number;
  previous?: boolean;
  ignoreValue?: boolean;
  ignoreLease?: boolean;
}

export interface EtcdEvent {
  type: 'put' | 'delete';
  kv: KeyValue;
  previous?: KeyValue;
}

export interface EtcdEndpointStatus {
  header: EtcdHeader;
  endpoint: string;
  version: string;
  dbSize: number;
  dbSizeInUse: number;
  leader: bigint;
  raftIndex: number;
  raftTerm: number;
  raftAppliedIndex: number;
  isLearner: boolean;
  errors: readonly string[];
}

/** As the store has them; one range to an operation. */
export interface EtcdCompare {
  key: string;
  target: 'version' | 'create' | 'mod' | 'lease' | 'value';
  op: '=' | '!=' | '<' | '>';
  operand: number | Uint8Array;
}

export type EtcdOp =
  | { type: 'put'; key: string; value: Uint8Array; lease?: number }
  | { type: 'delete'; key: string; end?: string; previous?: boolean }
  | { type: 'range'; range: { key: string; end?: string } };

export type EtcdOpResult =
  | { type: 'put'; previous?: KeyValue }
  | { type: 'delete'; deleted: number; previous: KeyValue[] }
  | { type: 'range'; range: { kvs: KeyValue[]; more: boolean; count: number } }
  | { type: 'txn' };

type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
type Headed<T = object> = Promise<{ header: EtcdHeader } & T>;

export interface EtcdDoor {
  get(request: EtcdGet): Headed<{ kvs: KeyValue[]; more: boolean; count: number }>;
  put(request: EtcdPut): Headed<{ previous?: KeyValue }>;
  del(request: EtcdKeys & { previous?: boolean }): Headed<{ deleted: number; previous: KeyValue[] }>;
  txn(txn: {
    compare: readonly any[];
    success: readonly EtcdOp[];
    failure: readonly EtcdOp[];
  }): Headed<{ succeeded: boolean; results: readonly EtcdOpResult[] }>;
  /** Returns what ends it. */
  watch(
    request: EtcdKeys & { revision?: number; previous?: boolean },
    listener: {
      events(response: { header: EtcdHeader; events: readonly EtcdEvent[] }): void;
      ended(reason: { compactRevision?: number; error?: Error }): void;
    },
  ): () => void;
  compact(revision: number): Headed;
  leaseGrant(ttlSeconds: number, id?: number): Headed<{ id: number; ttl: number }>;
  leaseRevoke(id: number): Headed;
  leaseKeepAliveOnce(id: number): Headed<{ id: number; ttl: number }>;
  leaseTimeToLive(id: number): Promise<{ header: EtcdHeader; id: number; ttl: number; grantedTtl: number; keys: readonly string[] }>;
  leaseList(): Headed<{ leases: number[] }>;
  snapshotSave(): AsyncIterable<Uint8Array>;
  snapshotStatus(chunks: Chunks, name: string): Promise<{ hash: number; revision: number; totalKeys: number; totalSize: number }>;
  snapshotRestore(chunks: Chunks, path: string): Promise<void>;
  endpointStatus(): Promise<EtcdEndpointStatus>;
  endpointHealth(): Promise<{ endpoint: string; health: boolean; tookMs: number; error?: string }>;
  memberList(): Headed<{ members: { id: bigint; name: string; peerUrls: readonly string[]; clientUrls: readonly string[]; isLearner: boolean }[] }>;
}
