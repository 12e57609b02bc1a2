/** etcdctl's ways to print (-w): simple, json and fields of every answer, tables of those few that have one. Bytes stay bytes. */
import type { EtcdHeader, KeyValue } from './door.js';

export type Format = 'simple' | 'json' | 'fields' | 'table';
export const FORMATS: readonly string[] = ['simple', 'json', 'fields', 'table', 'protobuf'];

export type Line = string | Uint8Array;

/** JSON as Go writes it: numbers of 64 bits whole, no key that is undefined. */
export function json(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(json).join(',')}]`;
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'));
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : [`${JSON.stringify(key)}:${json(one)}`]));
    return `{${parts.join(',')}}`;
  }
  return JSON.stringify(value);
}

const unlessZero = <T>(value: T): T | undefined => (value === 0 || value === false ? undefined : value);

export const headerJson = ({ clusterId, memberId, revision, raftTerm }: EtcdHeader) => ({
  cluster_id: clusterId,
  member_id: memberId,
  revision,
  raft_term: raftTerm,
});

export const kvJson = ({ key, createRevision, modRevision, version, value, lease }: KeyValue) => ({
  key: Buffer.from(key),
  create_revision: unlessZero(createRevision),
  mod_revision: unlessZero(modRevision),
  version: unlessZero(version),
  value: value.byteLength === 0 ? undefined : value,
  lease: unlessZero(lease),
});

export const listJson = (kvs: readonly KeyValue[]) => (kvs.length === 0 ? undefined : kvs.map(kvJson));

export const headerFields = ({ clusterId, memberId, revision, raftTerm }: EtcdHeader): string[] => [
  `"ClusterID" : ${clusterId}`,
  `"MemberID" : ${memberId}`,
  `"Revision" : ${revision}`,
  `"RaftTerm" : ${raftTerm}`,
];

export const kvFields = (prefix: string, { key, createRevision, modRevision, version, value, lease }: KeyValue): string[] => [
  `"${prefix}Key" : ${JSON.stringify(key)}`,
  `"${prefix}CreateRevision" : ${createRevision}`,
  `"${prefix}ModRevision" : ${modRevision}`,
  `"${prefix}Version" : ${version}`,
  `"${prefix}Value" : ${JSON.stringify(Buffer.from(value).toString('utf8'))}`,
  `"${prefix}Lease" : ${lease}`,
];

export interface KvStyle {
  valueOnly?: boolean;
  hex?: boolean;
}

export function kvSimple({ key, value }: KeyValue, { valueOnly, hex }: KvStyle = {}): Line[] {
  const shown = hex ? [hexOf(Buffer.from(key)), hexOf(value)] : [key, value];
  return valueOnly ? shown.slice(1) : shown;
}

// "\x61\x62"
const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

/** A table as etcdctl draws it. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]!.length)));
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const line = (cells: readonly string[], pad: (cell: string, width: number) => string): string =>
    `|${cells.map((cell, at) => ` ${pad(cell, widths[at]!)} `).join('|')}|`;
  const isNumber = (cell: string): boolean => /^-?\d+(\.\d+)?$/.test(cell);
  return [
    rule,
    line(
      header.map((title) => title.toUpperCase()),
      centred,
    ),
    rule,
    ...rows.map((row) => line(row, (cell, width) => (isNumber(cell) ? cell.padStart(width) : cell.padEnd(width)))),
    rule,
  ];
}

function centred(text: string, width: number): string {
  const before = Math.floor((width - text.length) / 2);
  return text.padStart(text.length + before).padEnd(width);
}

/** As humanize.Bytes: "20 kB", "2.1 MB". */
export function humanBytes(bytes: number): string {
  if (bytes < 10) return `${bytes} B`;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log(bytes) / Math.log(1000)), units.length - 1);
  const value = Math.floor((bytes / 1000 ** power) * 10 + 0.5) / 10;
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[power]}`;
}

export const leaseId = (id: number): string => id.toString(16).padStart(16, '0');
