/** The programs of a simulated container, held to what dash and the GNU or busybox tools print for the same script. */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { createWorld, exec, startPod } from './support/world.js';

const CASES: readonly (readonly [script: string, out: string, code?: number])[] = [
  ['mkdir -p /tmp/p/a/b; echo x > /tmp/p/a/f; cp -r /tmp/p/a /tmp/p/c; ls /tmp/p/c; cat /tmp/p/c/f', 'b\nf\nx\n'],
  ['mkdir /tmp/q; echo 1 > /tmp/q/one; mv /tmp/q/one /tmp/q/two; ls /tmp/q; rm /tmp/q/two; ls /tmp/q; rmdir /tmp/q; [ -e /tmp/q ] || echo gone', 'two\ngone\n'],
  ['mkdir -p /tmp/r/x; touch /tmp/r/x/y; rm -r /tmp/r; ls /tmp/r 2>/dev/null; echo $?', '1\n'],
  ['cd /tmp; echo hi > lnt; ln -s lnt lnk; readlink lnk; cat lnk; rm lnk lnt', 'lnt\nhi\n'],
  ['cd /tmp; echo data > h1; ln h1 h2; cat h2; rm h1; cat h2; rm h2', 'data\ndata\n'],
  ['cd /tmp; touch perm; chmod 640 perm; stat -c %a perm; chmod u+x,g-r perm; stat -c %a perm; rm perm', '640\n700\n'],
  [
    'mkdir -p /tmp/fd/s; touch /tmp/fd/a.log /tmp/fd/b.txt /tmp/fd/s/c.log; cd /tmp/fd; find . -name "*.log" | sort; find . -type d | sort; find s -type f',
    './a.log\n./s/c.log\n.\n./s\ns/c.log\n',
  ],
  [
    'mkdir -p /tmp/fe; cd /tmp/fe; touch 1 2 3; find . -type f -exec echo {} \\; | sort; find . -maxdepth 0; find . -name 2 -delete; ls',
    './1\n./2\n./3\n.\n1\n3\n',
  ],
  ['basename /a/b/c.txt; basename /a/b/c.txt .txt; dirname /a/b/c.txt', 'c.txt\nc\n/a/b\n'],
  ['realpath /tmp/../etc/./passwd', '/etc/passwd\n'],
  ['cd /tmp; printf 12345 > sz; wc -c < sz; stat -c %s sz; rm sz', '5\n5\n'],
  ['cd /tmp; echo abc | tee t1 t2; cat t1 t2; echo more | tee -a t1 > /dev/null; cat t1; rm t1 t2', 'abc\nabc\nabc\nabc\nmore\n'],
  ['cd /tmp; dd if=/dev/zero of=z bs=1024 count=3 2>/dev/null; wc -c < z; rm z', '3072\n'],
  ['cd /tmp; truncate -s 7 tr; wc -c < tr; rm tr', '7\n'],
  ['mktemp -d /tmp/xXXXXXX | grep -c "^/tmp/x......$"', '1\n'],
  ['printf "c 3\\na 1\\nb 2\\n" | sort -k2 -n; printf "10\\n9\\n2\\n" | sort; printf "10\\n9\\n2\\n" | sort -rn', 'a 1\nb 2\nc 3\n10\n2\n9\n10\n9\n2\n'],
  ['printf "b\\na\\nb\\n" | sort -u; printf "a,2\\nb,1\\n" | sort -t, -k2', 'a\nb\nb,1\na,2\n'],
  ['printf "a\\na\\nb\\n" | uniq; printf "a\\na\\nb\\n" | uniq -d; printf "a\\na\\nb\\n" | uniq -c | tr -s " "', 'a\nb\na\n 2 a\n 1 b\n'],
  [
    'printf "1\\n2\\n3\\n4\\n" | head -n 1; printf "1\\n2\\n3\\n4\\n" | tail -n 2; printf "1\\n2\\n3\\n4\\n" | tail -n +3; printf abcdef | head -c 3; printf abcdef | tail -c 2',
    '1\n3\n4\n3\n4\nabcef',
  ],
  ['echo a:b:c:d | cut -d: -f2-3; echo a:b:c:d | cut -d: -f1,4; echo abcdef | cut -c2-4', 'b:c\na:d\nbcd\n'],
  ['echo hello | tr a-y b-z; echo aabbcc | tr -d b; echo aabbcc | tr -s a-c; echo hello | tr "[:lower:]" "[:upper:]"', 'ifmmp\naacc\nabc\nHELLO\n'],
  ['printf "a b\\nc d e\\n" | wc -l; printf "a b\\nc d e\\n" | wc -w', '2\n5\n'],
  [
    'printf "one\\ntwo\\nthree\\n" | grep t; printf "one\\ntwo\\nthree\\n" | grep -v t; printf "one\\ntwo\\n" | grep -n two; printf "one\\ntwo\\n" | grep -c o; printf "One\\n" | grep -i one',
    'two\nthree\none\n2:two\n2\nOne\n',
  ],
  [
    'printf "foo1\\nbar22\\n" | grep -E "[0-9]{2}"; printf "foo1\\nbar22\\n" | grep -o "[0-9]*"; printf "a.c\\nabc\\n" | grep -F a.c; printf "abc\\n" | grep -q b && echo found; printf x | grep -q y || echo none',
    'bar22\n1\n22\na.c\nfound\nnone\n',
  ],
  [
    'printf "1\\n2\\n3\\n4\\n5\\n" | grep -A1 2; printf "1\\n2\\n3\\n" | grep -B1 3; printf "word\\nwords\\n" | grep -w word; printf "ab\\n" | grep -e a -e x',
    '2\n3\n2\n3\nword\nab\n',
  ],
  [
    'cd /tmp; mkdir -p gr; echo needle > gr/a; echo hay > gr/b; grep -r needle gr; grep -l needle gr/a gr/b; grep -h needle gr/*; rm -r gr',
    'gr/a:needle\ngr/a\nneedle\n',
  ],
  [
    'echo hello | sed s/l/L/; echo hello | sed s/l/L/g; echo hello | sed "s/\\(h\\)\\(e\\)/\\2\\1/"; echo a/b | sed "s#/#-#"; echo abc | sed -E "s/(a)(b)/\\2\\1/"',
    'heLlo\nheLLo\nehllo\na-b\nbac\n',
  ],
  [
    'printf "1\\n2\\n3\\n4\\n" | sed -n 2p; printf "1\\n2\\n3\\n4\\n" | sed 2d; printf "1\\n2\\n3\\n4\\n" | sed -n "2,3p"; printf "1\\n2\\n3\\n" | sed "\\$d"; printf "a\\nb\\nc\\n" | sed "/b/d"; printf "a\\nb\\nc\\n" | sed -n "/b/,\\$p"',
    '2\n1\n3\n4\n2\n3\n1\n2\na\nc\nb\nc\n',
  ],
  [
    'printf "a\\nb\\n" | sed "1i top"; printf "a\\nb\\n" | sed "1a mid"; printf "a\\nb\\n" | sed "2c new"; printf "a\\nb\\n" | sed -e s/a/x/ -e s/b/y/; printf "a\\nb\\n" | sed "s/a/1/;s/b/2/"',
    'top\na\nb\na\nmid\nb\na\nnew\nx\ny\n1\n2\n',
  ],
  [
    'printf "hello\\n" | sed y/el/ip/; printf "a\\nb\\nc\\n" | sed 2q; printf "a\\nb\\n" | sed -n "\\$="; printf "aXbXc\\n" | sed "s/X/-/2"; printf "A\\n" | sed "s/a/b/I"; echo key=1 | sed "s/=.*/=[&]/"',
    'hippo\na\nb\n2\naXb-c\nb\nkey=[=1]\n',
  ],
  [
    'printf "a\\nb\\n" | sed "N;s/\\n/+/"; printf "1\\n2\\n" | sed "1!G;h;\\$!d"; cd /tmp; echo old > si; sed -i s/old/new/ si; cat si; rm si',
    'a+b\n2\n1\nnew\n',
  ],
  ['rev_in=abc; echo $rev_in | rev; printf "1\\n2\\n" | tac; seq 3; seq 2 4; seq 1 2 5; seq -s, 3', 'cba\n2\n1\n1\n2\n3\n2\n3\n4\n1\n3\n5\n1,2,3\n'],
  ['printf "a\\nb\\n" | xargs -I{} echo "<{}>"; printf "" | xargs -r echo no', '<a>\n<b>\n'],
  [
    'printf hi | base64; printf aGk= | base64 -d; echo; printf abc | md5sum | cut -d" " -f1; printf abc | sha256sum | cut -c1-16; printf abc | sha1sum | cut -c1-8',
    'aGk=\nhi\n900150983cd24fb0d6963f7d28e17f72\nba7816bf8f01cfea\na9993e36\n',
  ],
  [
    'printf "%s\\n" one two; printf "%5.2f|%x|%o|%c|%%\\n" 3.14159 255 8 A; printf "%b\\n" "a\\tb"; printf "%-6s|%6s|\\n" ab cd',
    'one\ntwo\n 3.14|ff|10|A|%\na\tb\nab    |    cd|\n',
  ],
  [
    'printf "a 1\\nb 2\\n" | awk "{print \\$2, \\$1}"; printf "a 1\\nb 2\\n" | awk "{s+=\\$2} END {print s}"; echo a:b | awk -F: "{print \\$2}"',
    '1 a\n2 b\n3\nb\n',
  ],
  [
    'printf "a 1\\nb 2\\nc 3\\n" | awk \'NR==2\'; printf "a 1\\nb 2\\n" | awk \'$2>1 {print $1}\'; printf "x\\ny\\n" | awk \'/y/ {print NR": "$0}\'; echo "a b c" | awk \'{print NF, $NF}\'',
    'b 2\nb\n2: y\n3 c\n',
  ],
  [
    'awk \'BEGIN {for (i=0;i<3;i++) printf "%d,", i; print ""; x["a"]=1; x["b"]=2; n=0; for (k in x) n+=x[k]; print n; if ("a" in x) print "in"; delete x["a"]; print length(x)}\'',
    '0,1,2,\n3\nin\n1\n',
  ],
  [
    'awk \'BEGIN {print length("hello"), substr("hello",2,3), index("hello","l"), toupper("abc"), tolower("ABC"); n=split("a-b-c",p,"-"); print n, p[3]; s="aaa"; print gsub(/a/,"b",s), s; t="xay"; sub(/a/,"[&]",t); print t}\'',
    '5 ell 3 ABC abc\n3 c\n3 bbb\nx[a]y\n',
  ],
  [
    'awk \'BEGIN {print 7%3, 2^10, 10/4, int(3.9), 1==1, "a" "b", -3; print (1>2)?"y":"n"; i=5; while (i-->3) print i; do {i++} while (i<4); print i; print match("foobar",/bar/), RSTART, RLENGTH}\'',
    '1 1024 2.5 3 1 ab -3\nn\n4\n3\n4\n4 4 3\n',
  ],
  [
    'printf "1\\n2\\n3\\n4\\n" | awk \'NR==2{next} NR==4{exit} {print}\'; printf "a,b\\n" | awk \'BEGIN{FS=","} {print $2}\'; printf "x 1\\nx 2\\ny 3\\n" | awk \'{c[$1]+=$2} END {print c["x"], c["y"]}\'; printf "a\\n" | awk \'!/b/\'; printf "s\\nm\\ne\\n" | awk \'/s/,/m/\'',
    '1\n3\nb\n3 3\na\ns\nm\n',
  ],
  ['true; echo $?; false; echo $?; test 1 -eq 1; echo $?; expr 2 + 3; expr 4 \\* 5; [ "$(expr length abc)" = 3 ] && echo len', '0\n1\n0\n5\n20\nlen\n'],
  ['export A=1 B=two; env | grep "^[AB]=" | sort; printenv B; unset A; printenv A; echo $?; env -i X=y printenv X', 'A=1\nB=two\ntwo\n1\ny\n'],
  [
    'whoami; id -u; id -un; uname -s; nproc >/dev/null && echo cpus; date -u -d @0 +%Y-%m-%dT%H:%M:%S; date -u -d @86399 "+%H:%M:%S %j"',
    'root\n0\nroot\nLinux\ncpus\n1970-01-01T00:00:00\n23:59:59 001\n',
  ],
  [
    'which sh >/dev/null && echo has; command -v nosuch; echo $?; type echo >/dev/null && echo known; sleep 0; yes | head -n 2; timeout 1 true; echo $?',
    'has\n127\nknown\ny\ny\n0\n',
  ],
  ['echo one; echo two 1>&2; (echo three; echo four >&2) 2>/dev/null; { echo five >&2; } 2>&1', 'one\nthree\nfive\n'],
  [
    'x=5; echo $((x*2)) $((x**2)) $((0x10)) $((x%3)) $((x<<2)) $((~x)) $((!x)) $((x>3?1:0)) $((x&4|2)) $((x^1)); x=$((x+=2)); echo $x $((-x)) $((1,2))',
    '10 25 16 2 20 -6 0 1 6 4\n7 -7 2\n',
  ],
  ['a="x y"; set -- $a; echo $#; IFS=:; v=1:2:3; for i in $v; do echo $i; done; unset IFS; echo ${v%:*} ${v##*:} ${#v}', '2\n1\n2\n3\n1:2 3 5\n'],
  ['read a b <<X\none two three\nX\necho "$b"; while IFS== read k v; do echo "$k->$v"; done <<X\np=1\nq=2\nX', 'two three\np->1\nq->2\n'],
  [
    'f() { return 4; }; f; echo $?; g() { echo "$@"; }; g 1 "2 3"; h() { local l=in; echo $l; }; l=out; h; echo $l; unset -f g; g 2>/dev/null; echo $?',
    '4\n1 2 3\nin\nout\n127\n',
  ],
  [
    'getopts_test() { while getopts ab:c o; do case $o in a) echo a;; b) echo "b=$OPTARG";; esac; done; shift $((OPTIND-1)); echo "rest $*"; }; getopts_test -a -b val x y',
    'a\nb=val\nrest x y\n',
  ],
  [
    'trap "echo cleanup" EXIT; (trap "echo inner" EXIT; exit 3); echo $?; readonly R=1; echo $R; alias >/dev/null; umask 022; umask; ulimit >/dev/null; hash -r; times >/dev/null; echo ok',
    'inner\n3\n1\n0022\nok\ncleanup\n',
  ],
  [
    'case $(echo foo) in f?o) echo q;; esac; case a1 in [a-z][0-9]) echo set;; esac; case "" in "") echo empty;; esac; case x in [!x]) echo no;; *) echo neg;; esac',
    'q\nset\nempty\nneg\n',
  ],
  [
    'i=0; while :; do i=$((i+1)); [ $i -eq 2 ] && continue; [ $i -gt 4 ] && break; printf "$i "; done; echo; for a in 1 2; do for b in x y; do [ $b = y ] && continue 2; echo $a$b; done; done',
    '1 3 4 \n1x\n2x\n',
  ],
  [
    'echo "$(cat <<E\nin here\nE\n)"; echo ${u:-$(echo dflt)}; echo "${u-}|"; v=abc; echo ${v#a} ${v%c} ${v:+set} "${v:1}"; echo \'single "q"\' "double \'q\'" esc\\ aped',
    'in here\ndflt\n|\nbc ab set bc\nsingle "q" double \'q\' esc aped\n',
  ],
  [
    '[ -n "x" -a 1 -lt 2 ] && echo and; [ "a" = "b" -o 1 -le 1 ] && echo or; [ ! -e /nope ] && echo not; [ -d /tmp ] && [ -r /etc/passwd ] && [ -s /etc/passwd ] && echo tests; test abc \\< abd && echo less',
    'and\nor\nnot\ntests\nless\n',
  ],
  [
    'exec 3>/tmp/fd3; echo via3 >&3; exec 3>&-; cat /tmp/fd3; rm /tmp/fd3; echo a > /tmp/ap; echo b >> /tmp/ap; cat < /tmp/ap; rm /tmp/ap; cat /nope 2>/dev/null || echo missing',
    'via3\na\nb\nmissing\n',
  ],
  [
    'echo a | (read x; echo "got $x"); echo "1 2" | { read p q; echo $q; }; printf "l1\\nl2" | while read l || [ -n "$l" ]; do echo "[$l]"; done; sleep 0 & wait; echo waited; ! false && echo neg',
    'got a\n2\n[l1]\n[l2]\nwaited\nneg\n',
  ],
  ['printf "abc\\n" | nl | tr -s " \\t" " "; printf "x y\\n" | xargs -n 1 echo item; echo 1 2 3 | xargs echo', ' 1 abc\nitem x\nitem y\n1 2 3\n'],
  [
    'echo hello > /tmp/index.html; httpd -p 8080 -h /tmp; wget -qO- localhost:8080; wget -O- http://127.0.0.1:8080/none 2>&1; nc -z 127.0.0.1 81 || echo closed',
    'hello\nConnecting to 127.0.0.1:8080 (127.0.0.1:8080)\nwget: server returned error: HTTP/1.1 404 Not Found\nclosed\n',
  ],
  ['date -Iseconds; date -I; date -Iminutes', '2026-01-02T03:04:05+00:00\n2026-01-02\n2026-01-02T03:04+00:00\n'],
  [
    'ps -o pid,args | head -2; top -b -n1 | sed -n 4,5p',
    'PID   COMMAND\n1     sleep infinity\n  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n    1     0 root     S      400   0%   0   0% sleep infinity\n',
  ],
  ['id nobody; id -u daemon; id nosuch 2>&1', 'uid=65534(nobody) gid=65534(nobody) groups=65534(nobody)\n1\nid: unknown user nosuch\n', 1],
  ["busybox echo hi; busybox sh -c 'echo $0'; cd /tmp; ls -n / | wc -l > n; stat -Lc %F /bin", 'hi\nsh\ndirectory\n'],
  ['a=$(date +%s); nslookup nobody > /tmp/ns; b=$(date +%s); echo $((b-a)); cat /tmp/ns', '5\n;; connection timed out; no servers could be reached\n\n'],
];

for (const [script, out, code = 0] of CASES) {
  test(script, async () => {
    const world = createWorld();
    const node = world.node('n1', 1);
    const { id } = await startPod(node, 'busybox:1.36', ['sleep', 'infinity']);
    const running = exec(node, id, 'sh', '-c', script);
    await world.quiescence.settled();
    await world.clock.advance(10_000);
    const { out: printed, code: ended } = await running;
    assert.deepEqual([printed, ended], [out, code]);
  });
}
