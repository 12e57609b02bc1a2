/**
 * The machine's sockets: what is in the state (who listens, what came in), and
 * the live ends of connections in the network, joined again after a thaw.
 */
import type { Bytes } from '../bytes.js';
import type { Machine } from './machine.js';
import { Errno, type Open, type Process } from './types.js';

export type ConnectFailure = 'refused' | 'timeout' | 'noroute';

/** What a connection tells the one who holds an end of it. */
export interface Endpoint {
  opened(local: string): void;
  failed(why: ConnectFailure): void;
  data(bytes: Bytes): void;
  /** The other side sends no more. */
  ended(): void;
  reset(): void;
}

/** One end of a connection. */
export interface Link {
  readonly id: string;
  readonly local: string;
  readonly remote: string;
  send(bytes: Bytes): void;
  end(): void;
  reset(): void;
}

/** The network namespace a machine lives in. */
export interface MachineNetwork {
  addresses(): { name: string; address: string; prefix: number }[];
  /** Whether anything has that address and may be talked to: for ping. */
  reaches?(address: string): boolean;
  /** undefined: the address is in use. */
  listen(options: { port: number; address: string; accept: (link: Link) => Endpoint }): { port: number; close(): void } | undefined;
  connect(address: string, port: number, endpoint: Endpoint): Link;
  /** Takes up an end that was held before a thaw; undefined: the other end is gone. */
  adopt(id: string, ends: { local: string; remote: string }, endpoint: Endpoint): Link | undefined;
  udp(options: {
    port: number;
    address: string;
    receive: (from: string, port: number, data: Bytes) => void;
  }): { port: number; send(to: string, port: number, data: Bytes): void; close(): void } | undefined;
}

type Conn = Open & { k: 'conn' };

export class Sockets {
  readonly #machine: Machine;
  /** By the end that is held: both ends of a connection may be in one machine. */
  #links = new Map<Conn, Link>();
  #closers = new Map<number, () => void>();
  #udp = new Map<number, { send(to: string, port: number, data: Bytes): void; close(): void }>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Called after anything came in; the runtime lets the machine run then. */
  changed: () => void = () => {};

  /** Opens again, in the network, what the state says is open. */
  restore(): void {
    for (const [key, open] of Object.entries(this.#machine.state.opens)) {
      const id = Number(key);
      if (open.k === 'listen') this.#listen(id, open);
      else if (open.k === 'udp') this.#openUdp(id, Number(open.socket.split(':')[1]));
      else if (open.k === 'conn' && open.state === 'connecting') open.state = 'reset';
      else if (open.k === 'conn' && open.state === 'open') {
        const link = this.#machine.host.network.adopt(open.conn, open, this.#endpoint(id));
        if (link === undefined) open.state = 'reset';
        else this.#links.set(open, link);
      }
    }
  }

  /** Leaves the network without a word to the other ends; the state stays. */
  detach(): void {
    for (const close of this.#closers.values()) close();
    for (const socket of this.#udp.values()) socket.close();
    this.#closers.clear();
    this.#udp.clear();
    this.#links.clear();
  }

  listen(port: number, address: string): number {
    const open: Open & { k: 'listen' } = { k: 'listen', port, address, backlog: [], refs: 1 };
    const id = this.#machine.addOpen(open);
    if (!this.#listen(id, open)) {
      delete this.#machine.state.opens[id];
      throw new Errno('EADDRINUSE');
    }
    return id;
  }

  #listen(id: number, open: Open & { k: 'listen' }): boolean {
    const accept = (link: Link): Endpoint => {
      const conn: Conn = { k: 'conn', conn: link.id, in: '', state: 'open', ended: false, local: link.local, remote: link.remote, refs: 1 };
      const connId = this.#machine.addOpen(conn);
      this.#links.set(conn, link);
      open.backlog.push(connId);
      this.changed();
      return this.#endpoint(connId);
    };
    const listening = this.#machine.host.network.listen({ port: open.port, address: open.address, accept });
    if (listening === undefined) return false;
    open.port = listening.port;
    this.#closers.set(id, () => listening.close());
    return true;
  }

  connect(address: string, port: number): number {
    const conn: Conn = { k: 'conn', conn: '', in: '', state: 'connecting', ended: false, local: '', remote: `${address}:${port}`, refs: 1 };
    const id = this.#machine.addOpen(conn);
    const link = this.#machine.host.network.connect(address, port, this.#endpoint(id));
    conn.conn = link.id;
    this.#links.set(conn, link);
    return id;
  }

  send(open: Conn, bytes: Bytes): void {
    if (!open.shut) this.#links.get(open)?.send(bytes);
  }

  /** Sends no more; reading goes on. */
  shut(open: Conn): void {
    if (open.shut) return;
    open.shut = true;
    this.#links.get(open)?.end();
  }

  udp(port: number): number {
    const open: Open = { k: 'udp', socket: '', in: [], refs: 1 };
    const id = this.#machine.addOpen(open);
    if (!this.#openUdp(id, port)) {
      delete this.#machine.state.opens[id];
      throw new Errno('EADDRINUSE');
    }
    return id;
  }

  #openUdp(id: number, port: number): boolean {
    const open = this.#machine.open(id) as Open & { k: 'udp' };
    const receive = (from: string, fromPort: number, data: Bytes): void => {
      open.in.push({ from, port: fromPort, data });
      this.changed();
    };
    const socket = this.#machine.host.network.udp({ port, address: '0.0.0.0', receive });
    if (socket === undefined) return false;
    open.socket = `0.0.0.0:${socket.port}`;
    this.#udp.set(id, socket);
    return true;
  }

  sendTo(id: number, to: string, port: number, data: Bytes): void {
    this.#udp.get(id)?.send(to, port, data);
  }

  close(id: number, open: Open): void {
    if (open.k === 'conn') {
      const link = this.#links.get(open);
      this.#links.delete(open);
      if (open.state === 'connecting' || open.in !== '') link?.reset();
      else if (!open.shut) link?.end();
      return;
    }
    if (open.k === 'listen') for (const conn of open.backlog) this.#machine.release(conn);
    this.#closers.get(id)?.();
    this.#closers.delete(id);
    this.#udp.get(id)?.close();
    this.#udp.delete(id);
  }

  /** Lines of netstat. */
  table(): { proto: string; local: string; remote: string; state: string; pid: number }[] {
    const rows: { proto: string; local: string; remote: string; state: string; pid: number }[] = [];
    for (const [key, open] of Object.entries(this.#machine.state.opens)) {
      const pid = owner(this.#machine.state.processes, Number(key))?.pid ?? 0;
      if (open.k === 'listen') rows.push({ proto: 'tcp', local: `${open.address}:${open.port}`, remote: '0.0.0.0:*', state: 'LISTEN', pid });
      else if (open.k === 'conn' && open.state === 'open') rows.push({ proto: 'tcp', local: open.local, remote: open.remote, state: 'ESTABLISHED', pid });
      else if (open.k === 'udp') rows.push({ proto: 'udp', local: open.socket, remote: '0.0.0.0:*', state: '', pid });
    }
    return rows;
  }

  // An opened connection is not yet readable, but who asked for it wants to write.
  #wake(id: number): void {
    for (const process of Object.values(this.#machine.state.processes)) if (Object.values(process.fds).includes(id)) delete process.wait;
  }

  #endpoint(id: number): Endpoint {
    const conn = (): Conn | undefined => {
      const open = this.#machine.state.opens[id];
      return open?.k === 'conn' ? open : undefined;
    };
    const set = (change: (open: Conn) => void) => {
      const open = conn();
      if (open === undefined) return;
      change(open);
      this.changed();
    };
    return {
      opened: (local) => {
        set((open) => Object.assign(open, { state: 'open', local }));
        this.#wake(id);
      },
      failed: (why) => set((open) => (open.state = why)),
      data: (bytes) => set((open) => (open.in += bytes)),
      ended: () => set((open) => (open.ended = true)),
      reset: () => set((open) => Object.assign(open, { state: 'reset', ended: true })),
    };
  }
}

function owner(processes: Record<string, Process>, id: number): Process | undefined {
  return Object.values(processes).find((process) => Object.values(process.fds).includes(id));
}
