import assert from 'node:assert/strict';
import { test } from 'vitest';
import { createWorld, exec, startPod } from './support/world.js';

/** Script, output, exit code (0), errors (''). */
const CASES: [script: string, out: string, code?: number, err?: string][] = [
  ['echo hi', 'hi\n'],
  ['echo "a  b" c', 'a  b c\n'],
  ['X=1; Y=$X$X; echo $Y "${Y}z" \'$Y\'', '11 11z $Y\n'],
  ['for i in 1 2 3; do echo n$i; done', 'n1\nn2\nn3\n'],
  ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done; echo end', '1\n2\n3\nend\n'],
  ['i=0; until [ $i -ge 2 ]; do i=$((i+1)); done; echo $i', '2\n'],
  ['if false; then echo a; elif true; then echo b; else echo c; fi', 'b\n'],
  ['case abc in a*) echo yes;; *) echo no;; esac', 'yes\n'],
  ['case x in a|b) echo 1;; x) echo 2; esac', '2\n'],
  ['f() { echo "f:$1:$#"; return 3; }; f a b; echo $?', 'f:a:2\n3\n'],
  ['f() { local x=2; echo $x; }; x=1; f; echo $x', '2\n1\n'],
  ['echo $(echo a; echo b) "$(printf "x\\ny\\n\\n")"', 'a b x\ny\n'],
  ['echo `echo back`', 'back\n'],
  ['echo $((2+3*4)) $((7/2)) $((1<<4)) $((5>3&&2>1)) $((x=4)) $x', '14 3 16 1 4 4\n'],
  ['i=1; echo $((i++)) $((++i)) $i', '1 3 3\n'],
  ['echo ${a:-def} ${a-x} ${b:=set} $b ${b:+alt}', 'def x set set alt\n'],
  ['p=/a/b/c.tar.gz; echo ${p##*/} ${p%/*} ${p%%.*} ${p#*/} ${#p}', 'c.tar.gz /a/b /a/b/c a/b/c.tar.gz 13\n'],
  ['s=hello; echo ${s:1:3} ${s/l/L} ${s//l/L}', 'ell heLlo heLLo\n'],
  ['true && echo a || echo b; false && echo c || echo d', 'a\nd\n'],
  ['! true; echo $?', '1\n'],
  ['echo one two three | cut -d" " -f2', 'two\n'],
  ['printf "b\\na\\nc\\n" | sort | head -n 2', 'a\nb\n'],
  ['echo x > /tmp/f; echo y >> /tmp/f; cat /tmp/f; wc -l < /tmp/f', 'x\ny\n2\n'],
  ['cat <<EOF\na $((1+1))\n$HOME\nEOF', 'a 2\n/root\n'],
  ["cat <<'EOF'\n$HOME\nEOF", '$HOME\n'],
  ['cat <<-EOF\n\tx\n\tEOF\necho after', 'x\nafter\n'],
  ['echo err >&2; echo out', 'out\n', 0, 'err\n'],
  ['(echo sub; exit 4); echo $?', 'sub\n4\n'],
  ['{ echo a; echo b; } | tr a-z A-Z', 'A\nB\n'],
  ['exit 42', '', 42],
  ['nosuchcmd', '', 127, 'sh: nosuchcmd: not found\n'],
  ['/etc/passwd', '', 126, 'sh: /etc/passwd: Permission denied\n'],
  ['set -e; false; echo no', '', 1],
  ['set -e; if false; then :; fi; false || echo ok; echo still', 'ok\nstill\n'],
  ['set -u; echo $nope', '', 2, 'sh: nope: parameter not set\n'],
  ['set -x; echo a', 'a\n', 0, '+ echo a\n'],
  ['set -- a "b c" d; echo $#; for x in "$@"; do echo "<$x>"; done; shift; echo $1 "$*"', '3\n<a>\n<b c>\n<d>\nb c b c d\n'],
  ['trap "echo bye" EXIT; echo hi', 'hi\nbye\n'],
  ['trap "echo got" USR1; kill -USR1 $$; echo after', 'got\nafter\n'],
  ['kill -9 $$', '', 137],
  ['kill -TERM $$', '', 143],
  ['sleep 1 & wait $!; echo $?', '0\n'],
  ['(exit 7) & wait $!; echo $?', '7\n'],
  ['echo "a b c" | { read x y; echo "$y-$x"; }', 'b c-a\n'],
  ['printf "1\\n2\\n" | while read n; do echo "n=$n"; done', 'n=1\nn=2\n'],
  ['for i in 1 2 3 4; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done', '1\n3\n'],
  ['while true; do break; done; echo $?', '0\n'],
  ['eval "x=5; echo \\$x"', '5\n'],
  ['cd /etc && pwd; cd - >/dev/null; pwd', '/etc\n/\n'],
  ['mkdir -p /tmp/d/e; touch /tmp/d/a.txt /tmp/d/b.txt; cd /tmp/d; echo *.txt; ls', 'a.txt b.txt\na.txt\nb.txt\ne\n'],
  ['echo a{b /nosuch*', 'a{b /nosuch*\n'],
  ['test -f /etc/passwd -a -d /etc && echo yes', 'yes\n'],
  ['[ 3 -gt 2 ] && [ a != b ] && [ -z "" ] && echo ok', 'ok\n'],
  ['printf "%s-%d|%5s|%-5s|%03d\\n" a 7 x y 5', 'a-7|    x|y    |005\n'],
  ['echo -e "a\\tb"; echo -n x', 'a\tb\nx'],
  ['seq 3 | xargs echo', '1 2 3\n'],
  ['seq 1 2 7 | tr "\\n" ,', '1,3,5,7,'],
  ['yes | head -n 2', 'y\ny\n'],
  ['echo foo bar | sed -e s/foo/baz/ -e "s/\\(b\\)ar/\\1/"', 'baz b\n'],
  ['printf "1\\n2\\n3\\n" | sed -n 2p', '2\n'],
  ['printf "a b\\nc d\\n" | awk \'{print $2, NR}\'', 'b 1\nd 2\n'],
  ['printf "1 a\\n2 b\\n" | awk \'{s+=$1} END {print s; printf "%d lines\\n", NR}\'', '3\n2 lines\n'],
  ['awk -F: \'$1=="root"{print $3}\' /etc/passwd', '0\n'],
  ['grep -c root /etc/passwd; grep nosuch /etc/passwd; echo $?', '1\n1\n'],
  ['echo hello | md5sum', 'b1946ac92492d2347c6235b4d2611184  -\n'],
  ['echo hi | base64 | base64 -d', 'hi\n'],
  ['expr 2 + 3; expr abc : "a\\(.\\)"', '5\nb\n'],
  ['basename /a/b.txt .txt; dirname /a/b', 'b\n/a\n'],
  ['timeout 1 sleep 5; echo $?', '143\n'],
  ['x=$(false); echo $?', '1\n'],
  ['export A=1; env | grep ^A=; B=2 env | grep ^B', 'A=1\nB=2\n'],
  ['id -u; whoami', '0\nroot\n'],
  ['cat /nope', '', 1, "cat: can't open '/nope': No such file or directory\n"],
  ['cat < /nope', '', 1, "sh: can't open /nope: no such file\n"],
  ['echo x > /no/such', '', 1, "sh: can't create /no/such: nonexistent directory\n"],
  ['if true; then echo', '', 2, 'sh: syntax error: unexpected end of file (expecting "fi")\n'],
  ['echo a; fi', '', 2, 'sh: syntax error: unexpected "fi"\n'],
  ['n=0; while :; do n=$((n+1)); if [ $n -ge 200 ]; then break; fi; done; echo $n', '200\n'],
  ['fact() { if [ $1 -le 1 ]; then echo 1; else echo $(( $1 * $(fact $(($1-1))) )); fi; }; fact 5', '120\n'],
  ['printf "#!/bin/sh\\necho script \\$1\\n" > /tmp/s; chmod +x /tmp/s; /tmp/s arg; sh /tmp/s two', 'script arg\nscript two\n'],
  ['exec 3>/tmp/o; echo three >&3; exec 3>&-; cat /tmp/o', 'three\n'],
  ['command -v ls; type cd', '/bin/ls\ncd is a shell builtin\n'],
  ['while getopts "ab:" o; do echo "$o $OPTARG"; done', ''],
  ['IFS=:; set -- $(echo a:b:c); echo $2', 'b\n'],
  ['echo "$(cat /proc/self/comm)"; cat /proc/1/cmdline | tr "\\0" " "', 'cat\nsleep infinity '],
  ['tail -n 1 /etc/group; echo a | tee /tmp/t | wc -c', 'nobody:x:65534:\n2\n'],
  ['find /tmp/d2 -name "*.x" 2>/dev/null; mkdir /tmp/d2; touch /tmp/d2/1.x; find /tmp/d2 -name "*.x"', '/tmp/d2/1.x\n'],
  ['cd /tmp; mkdir q; echo 1 > q/1; tar cf - q | (mkdir r; cd r; tar xf -); cat r/q/1', '1\n'],
  ['date -u -d @1767323045 +%Y-%m-%dT%H:%M:%S', '2026-01-02T03:04:05\n'],
  ['a="x y"; set -- $a; echo $#; set -- "$a"; echo $#', '2\n1\n'],
  ['echo "${1-none}" "$0"', 'none sh\n'],
  ['n=$(ls /bin | wc -l); [ $n -gt 50 ] && echo many', 'many\n'],
  ['set -o pipefail; false | true; echo $?; set +o pipefail; false | true; echo $?', '1\n0\n'],
  ['bash -c "echo a | cat; echo \\$?"', '', 127, 'sh: bash: not found\n'],
  ['x=abc; case $x in [a-c]*) echo range;; esac; case "*" in "*") echo lit;; esac', 'range\nlit\n'],
];

test('shell scripts print what busybox ash prints', async () => {
  const world = createWorld();
  const node = world.node('n1', 1);
  const failures: string[] = [];
  for (const [script, out, code = 0, err = ''] of CASES) {
    const { id, sandbox } = await startPod(node, 'busybox:1.36', ['sleep', 'infinity']);
    const running = exec(node, id, 'sh', '-c', script);
    await world.quiescence.settled();
    if (/sleep/.test(script)) await world.clock.advance(10_000);
    const result = await Promise.race([running, world.quiescence.settled().then(() => 'hangs' as const)]);
    try {
      assert.deepEqual(result, { out, err, code });
    } catch (error) {
      failures.push(`${script}\n   wanted ${JSON.stringify({ out, err, code })}\n   got    ${JSON.stringify(result)}`);
      if (!(error instanceof assert.AssertionError)) throw error;
    }
    await node.runtime.removePodSandbox(sandbox);
  }
  assert.equal(failures.join('\n'), '');
});
