/** What bash has beside a POSIX shell, held to what bash prints; and that ash stays ash. */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { createWorld, exec, startPod } from './support/world.js';

const CASES: readonly (readonly [script: string, out: string, code?: number])[] = [
  ['echo {1..3} a{b,c}d {01..03} {c..a} {1..7..3} x{,y} "{1,2}" {1} {}', '1 2 3 abd acd 01 02 03 c b a 1 4 7 x xy {1,2} {1} {}\n'],
  ['for i in {1..3}; do echo -n $i; done; echo; echo {a,b}{1,2} pre{x,{y,z}}post', '123\na1 a2 b1 b2 prexpost preypost prezpost\n'],
  [
    '[[ abc == a* ]] && echo 1; [[ abc == "a*" ]] || echo 2; [[ -f /etc/passwd && ! -d /etc/passwd ]] && echo 3; [[ ( a == b || 3 -gt 2 ) && -n x ]] && echo 4; x="a b"; [[ $x == "a b" ]] && echo 5; [[ -z $none ]] && echo 6',
    '1\n2\n3\n4\n5\n6\n',
  ],
  [
    '[[ v1.25 =~ ^v([0-9]+)\\.([0-9]+)$ ]] && echo ${BASH_REMATCH[1]} ${BASH_REMATCH[2]}; [[ a < b ]] && echo less; [[ $(echo x) == x ]] && echo sub; if [[ 1 -eq 2 ]]; then echo no; else echo else; fi; [[ a == b ]]; echo $?',
    '1 25\nless\nsub\nelse\n1\n',
  ],
  [
    'for ((i=0; i<3; i++)); do [[ $i -eq 1 ]] && continue; echo $i; done; ((n=2+3)); echo $n; ((n>9)) || echo small; ((n++)); echo $n; i=5; while ((i-- > 3)); do echo w$i; done',
    '0\n2\n5\nsmall\n6\nw4\nw3\n',
  ],
  ['cat <<< "hi $HOME"; read a b <<< "1 2 3"; echo "$b"; tr a-z A-Z <<< abc', 'hi /root\n2 3\nABC\n'],
  ['x=hello; echo ${x^^} ${x^} ${x:1:3} ${x/l/L} ${x//l/L} ${#x} ${x: -2}; y=ABC; echo ${y,,} ${y,}', 'HELLO Hello ell heLlo heLLo 5 lo\nabc aBC\n'],
  [
    'a=(one "two three" four); echo ${a[1]} ${#a[@]} ${a[-1]}; for x in "${a[@]}"; do echo "<$x>"; done; a+=(five); echo ${#a[@]} "${a[*]:1:2}"; a[7]=eight; echo ${!a[@]}; unset "a[0]"; echo ${#a[@]} $a',
    'two three 3 four\n<one>\n<two three>\n<four>\n4 two three four\n0 1 2 3 7\n4\n',
  ],
  [
    'declare -A m; m[x]=1; m[y]=2; echo ${m[x]} ${!m[@]} ${#m[@]}; declare -A n=([k]=v [l]=w); for k in "${!n[@]}"; do echo $k=${n[$k]}; done',
    '1 x y 2\nk=v\nl=w\n',
  ],
  [
    'f() { local -a l=(1 2); local v=in; echo ${l[1]} $v; }; v=out; f; echo $v; function g { echo g$1; }; g 1; s=ab; s+=cd; echo $s; read -ra w <<< "p q r"; echo ${w[2]} ${#w[@]}; n=v; echo ${!n}',
    '2 in\nout\ng1\nabcd\nr 3\nout\n',
  ],
  ['echo out &> /tmp/o; cat /tmp/o; (echo err >&2) |& tr a-z A-Z; ls /nosuch |& grep -c "No such"', 'out\nERR\n1\n'],
  [
    'cat <(echo one) <(echo two); while read l; do echo "got $l"; done < <(printf "a\\nb\\n"); diff <(echo a) <(echo b) | tail -1',
    'one\ntwo\ngot a\ngot b\n> b\n',
  ],
  [
    '((1+1 == 2)) && echo yes; (( 0 )); echo $?; ( (echo nested) ); echo $(( (1+2)*3 )); let x=4*5; echo $x; [ "${BASH_VERSION%%.*}" = 5 ] && echo bash; sleep 2; echo $SECONDS',
    'yes\n1\nnested\n9\n20\nbash\n2\n',
  ],
  ['set -e; a=(); echo ${#a[@]}; x=$(false || true); [[ 1 == 1 ]]; ((1)); [[ 1 == 2 ]]; echo not reached', '0\n', 1],
];

test('bash', async () => {
  const world = createWorld();
  const node = world.node('w1', 1);
  const { id } = await startPod(node, 'debian', ['sleep', 'infinity']);
  for (const [script, out, code = 0] of CASES) {
    const running = exec(node, id, 'bash', '-c', script);
    await world.clock.advance(3_000);
    const found = await running;
    assert.deepEqual([found.out, found.err, found.code], [out, '', code], script);
  }
});

test('ash takes none of it', async () => {
  const world = createWorld();
  const node = world.node('w1', 1);
  const { id } = await startPod(node, 'busybox', ['sleep', 'infinity']);
  assert.equal((await exec(node, id, 'sh', '-c', 'echo {1..3}; [[ a = a ]] && echo same')).out, '{1..3}\nsame\n');
  for (const script of ['a=(1 2)', 'cat <<< x', 'for ((i=0;i<1;i++)); do :; done']) assert.equal((await exec(node, id, 'sh', '-c', script)).code, 2, script);
});
