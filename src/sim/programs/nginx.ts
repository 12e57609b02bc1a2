/** nginx: what its configuration says as far as a static server goes, its signals and its complaints. */
import type { Bytes } from '../bytes.js';
import type { Sys } from '../machine/sys.js';
import { SIGNALS } from '../machine/types.js';
import { fileReply, type ServerDefinition } from './server.js';
import { formatDate } from './system.js';

interface Location {
  path: string;
  exact: boolean;
  root?: string;
  returns?: { status: number; body: Bytes };
}
interface Site {
  ports: number[];
  root: string;
  index: string[];
  locations: Location[];
  returns?: { status: number; body: Bytes };
}

/** What a server block says, as far as a static server goes: listen, root, index, location, return. */
function readSites(text: Bytes): Site[] {
  const clean = text.replace(/#.*$/gm, '');
  return [...clean.matchAll(/\bserver\s*\{((?:[^{}]|\{[^{}]*\})*)\}/g)].map(([, body = '']) => {
    const outer = body.replace(/location[^{]*\{[^{}]*\}/g, '');
    const locations = [...body.matchAll(/location\s+(=|~\*?|\^~)?\s*(\S+)\s*\{([^{}]*)\}/g)]
      .filter(([, kind]) => !kind?.startsWith('~'))
      .map(([, kind, path = '/', inner = '']): Location => ({ path, exact: kind === '=', ...directives(inner) }));
    const ports = [...outer.matchAll(/listen\s+([^;]+);/g)].map(([, value = '']) => Number(/(?:^|:)(\d+)(?=\s|$|;)/.exec(value.trim())?.[1] ?? 80));
    return {
      ports: [...new Set(ports.length > 0 ? ports : [80])],
      index: /index\s+([^;]+);/.exec(body)?.[1]?.trim().split(/\s+/) ?? ['index.html'],
      locations,
      root: '/etc/nginx/html',
      ...directives(outer),
    };
  });
}

function directives(text: Bytes): { root?: string; returns?: { status: number; body: Bytes } } {
  const root = /\broot\s+([^;]+);/.exec(text)?.[1]?.trim();
  const answer = /\breturn\s+(\d{3})(?:\s+(?:"([^"]*)"|'([^']*)'|([^;]*)))?;/.exec(text);
  return {
    ...(root !== undefined && { root }),
    ...(answer !== null && { returns: { status: Number(answer[1]), body: (answer[2] ?? answer[3] ?? answer[4] ?? '').replace(/\\n/g, '\n') } }),
  };
}

const errorPage = (status: number, reason: string): Bytes =>
  `<html>\r\n<head><title>${status} ${reason}</title></head>\r\n<body>\r\n<center><h1>${status} ${reason}</h1></center>\r\n<hr><center>nginx/1.27.5</center>\r\n</body>\r\n</html>\r\n`;

export const nginx: ServerDefinition = {
  begin(sys) {
    if (sys.args.includes('-v') || sys.args.includes('-V')) {
      sys.write(
        2,
        `nginx version: nginx/1.27.5\n${sys.args.includes('-V') ? 'built with OpenSSL 3.0.15 3 Sep 2024\nTLS SNI support enabled\nconfigure arguments: --prefix=/etc/nginx --sbin-path=/usr/sbin/nginx --conf-path=/etc/nginx/nginx.conf\n' : ''}`,
      );
      return 0;
    }
    const asked = sys.args.indexOf('-s');
    if (asked >= 0) return signalNginx(sys, sys.args[asked + 1] ?? '');
    const folder = '/etc/nginx/conf.d';
    const texts =
      sys.stat(folder)?.t === 'd'
        ? sys.files
            .names(sys.path(folder))
            .filter((name) => name.endsWith('.conf'))
            .map((name) => sys.readFile(`${folder}/${name}`))
        : [];
    const main = sys.stat('/etc/nginx/nginx.conf') === undefined ? '' : sys.readFile('/etc/nginx/nginx.conf');
    const sites = [...readSites(main), ...(/include\s+\/etc\/nginx\/conf\.d/.test(main) ? texts.flatMap(readSites) : [])];
    const problem = unbalanced(sys, [
      '/etc/nginx/nginx.conf',
      ...(sys.stat(folder)?.t === 'd'
        ? sys.files
            .names(sys.path(folder))
            .filter((name) => name.endsWith('.conf'))
            .map((name) => `${folder}/${name}`)
        : []),
    ]);
    if (problem !== undefined) {
      sys.write(
        2,
        `${formatDate(sys.now(), '%Y/%m/%d %H:%M:%S')} [emerg] ${sys.process.pid}#${sys.process.pid}: ${problem}\nnginx: [emerg] ${problem}\n${sys.args.includes('-t') || sys.args.includes('-T') ? 'nginx: configuration file /etc/nginx/nginx.conf test failed\n' : ''}`,
      );
      return 1;
    }
    if (sys.args.includes('-t') || sys.args.includes('-T')) {
      sys.write(2, 'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n');
      if (sys.args.includes('-T'))
        for (const [path, text] of [
          ['/etc/nginx/nginx.conf', main] as const,
          ...texts.map((one, at) => [`${folder}/${sys.files.names(sys.path(folder)).filter((name) => name.endsWith('.conf'))[at]}`, one] as const),
        ])
          sys.out(`# configuration file ${path}:\n${text}\n`);
      return 0;
    }
    if (sys.machine.root === sys.process.pid) sys.files.write('/run/nginx.pid', `${sys.process.pid}\n`, { truncate: true });
    const stamp = formatDate(sys.now(), '%Y/%m/%d %H:%M:%S');
    for (const line of ['using the "epoll" event method', 'nginx/1.27.5', 'start worker processes'])
      sys.write(2, `${stamp} [notice] ${sys.process.pid}#${sys.process.pid}: ${line}\n`);
    return { ports: [...new Set(sites.flatMap(({ ports }) => ports))], config: sites };
  },
  serve(sys, request, state, port) {
    const date = { Server: 'nginx/1.27.5', Date: formatDate(sys.now(), '%a, %d %b %Y %H:%M:%S GMT') };
    const site = (state.config as Site[]).find(({ ports }) => ports.includes(port)) ?? (state.config as Site[])[0]!;
    const path = request.path.split('?')[0]!;
    const location =
      site.locations.find((entry) => entry.exact && entry.path === path) ??
      site.locations.filter((entry) => !entry.exact && path.startsWith(entry.path)).sort((a, b) => b.path.length - a.path.length)[0];
    const fixed = location?.returns ?? (location === undefined ? site.returns : undefined) ?? site.returns;
    if (fixed !== undefined) {
      if (fixed.status >= 300 && fixed.status < 400)
        return { status: fixed.status, headers: { ...date, Location: fixed.body.trim() }, body: errorPage(fixed.status, 'Moved') };
      return { status: fixed.status, headers: { ...date, 'Content-Type': 'text/plain' }, body: fixed.body };
    }
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return { status: 405, headers: { ...date, 'Content-Type': 'text/html' }, body: errorPage(405, 'Not Allowed') };
    const found = fileReply(sys, location?.root ?? site.root, request.path, site.index);
    if (found?.status === 200) return { ...found, headers: { ...date, ...found.headers } };
    const status = found?.status ?? 404;
    return { status, headers: { ...date, 'Content-Type': 'text/html' }, body: errorPage(status, status === 404 ? 'Not Found' : 'Forbidden') };
  },
  log(sys, request, reply, remote) {
    sys.out(
      `${remote.split(':')[0]} - - [${formatDate(sys.now(), '%d/%b/%Y:%H:%M:%S +0000')}] "${request.method} ${request.path} HTTP/${request.version}" ${reply.status} ${reply.body.length} "${request.headers.referer ?? '-'}" "${request.headers['user-agent'] ?? '-'}" "-"\n`,
    );
  },
  signals: { TERM: 0, QUIT: 0, INT: 0 },
  reloads: {
    on: 'HUP',
    again(sys) {
      const stamp = `${formatDate(sys.now(), '%Y/%m/%d %H:%M:%S')} [notice] ${sys.process.pid}#${sys.process.pid}: `;
      sys.write(2, `${stamp}signal 1 (SIGHUP) received, reconfiguring\n${stamp}reconfiguring\n`);
      const begun = nginx.begin(sys);
      return typeof begun === 'number' ? undefined : begun;
    },
  },
  ending(sys, signal) {
    const stamp = formatDate(sys.now(), '%Y/%m/%d %H:%M:%S');
    sys.write(
      2,
      `${stamp} [notice] ${sys.process.pid}#${sys.process.pid}: signal ${{ TERM: 15, QUIT: 3, INT: 2 }[signal as 'TERM']} (SIG${signal}) received, ${signal === 'QUIT' ? 'shutting down' : 'exiting'}\n${stamp} [notice] ${sys.process.pid}#${sys.process.pid}: exit\n`,
    );
  },
};

const NGINX_SIGNALS: Readonly<Record<string, string>> = { reload: 'HUP', quit: 'QUIT', stop: 'TERM', reopen: 'USR1' };

/** `nginx -s`: a word with the one that serves, whose number it left in a file. */
function signalNginx(sys: Sys, word: Bytes): number {
  const stamp = formatDate(sys.now(), '%Y/%m/%d %H:%M:%S');
  const own = `${sys.process.pid}#${sys.process.pid}`;
  const signal = NGINX_SIGNALS[word];
  if (signal === undefined) {
    sys.write(2, `nginx: invalid option: "-s ${word}"\n`);
    return 1;
  }
  sys.write(2, `${stamp} [notice] ${own}: signal process started\n`);
  const pid = sys.stat('/run/nginx.pid') === undefined ? 0 : Number(sys.readFile('/run/nginx.pid').trim());
  if (pid > 0 && sys.kill(pid, signal)) return 0;
  sys.write(
    2,
    pid > 0
      ? `${stamp} [alert] ${own}: kill(${pid}, ${SIGNALS[signal]}) failed (3: No such process)\nnginx: [alert] kill(${pid}, ${SIGNALS[signal]}) failed (3: No such process)\n`
      : `nginx: [error] open() "/run/nginx.pid" failed (2: No such file or directory)\n`,
  );
  return 1;
}

/** What a configuration that cannot be read is told: of braces and ends of lines, which is what goes wrong under a hand. */
function unbalanced(sys: Sys, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    if (sys.stat(path) === undefined) continue;
    let depth = 0;
    const lines = sys.readFile(path).split('\n');
    for (const [at, line] of lines.entries()) {
      for (const char of line.replace(/#.*$/, '').replace(/"[^"]*"|'[^']*'/g, '')) {
        if (char === '{') depth++;
        else if (char === '}' && --depth < 0) return `unexpected "}" in ${path}:${at + 1}`;
      }
    }
    if (depth > 0) return `unexpected end of file, expecting "}" in ${path}:${lines.length}`;
  }
  return undefined;
}
