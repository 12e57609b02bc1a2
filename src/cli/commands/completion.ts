/** completion: the shell's half of completion; the words themselves come from __complete. */
import { UsageError, type Command } from '../command.js';

const SHELLS: Readonly<Record<string, (program: string) => string>> = { bash, zsh, fish, powershell };

export const completion: Command = {
  name: 'completion',
  summary: 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)',
  usage: 'SHELL',
  examples: [
    { does: 'Load the completion code for bash into the current shell', command: 'completion bash > ~/.completion && source ~/.completion' },
    { does: 'Load the completion code for zsh into the current shell', command: 'completion zsh > ~/.completion && source ~/.completion' },
  ],
  run: async (context) => {
    const [shell] = context.args;
    if (shell === undefined) throw new UsageError('Shell not specified.');
    if (context.args.length > 1) throw new UsageError('Too many arguments. Expected only the shell type.');
    const script = SHELLS[shell];
    if (script === undefined) throw new UsageError(`Unsupported shell type ${JSON.stringify(shell)}.`);
    context.out(script(context.host.program));
  },
};

const functionName = (program: string): string => `__${program.replaceAll('-', '_')}_complete`;

// Bash takes words apart at "=" and ":", which are within a word of ours, and puts back what stands behind the last one.
function bash(program: string): string {
  const name = functionName(program);
  return `
# bash completion for ${program}
${name}() {
  local line word cut directive joined=0
  local -a words=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ "$word" == [=:]* && \${#words[@]} -gt 0 ]]; then
      words[\${#words[@]}-1]+="$word"; joined=1
    elif [[ $joined == 1 ]]; then
      words[\${#words[@]}-1]+="$word"; joined=0
    else
      words+=("$word")
    fi
  done
  COMPREPLY=()
  while IFS='' read -r line; do
    case "$line" in
      :[0-9]*) directive="\${line#:}" ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <("\${COMP_WORDS[0]}" __complete "\${words[@]}" 2>/dev/null)
  word="\${words[\${#words[@]}-1]}"
  if [[ "$word" == *:* && "$COMP_WORDBREAKS" == *:* ]]; then
    cut="\${word%"\${word##*:}"}"
    COMPREPLY=("\${COMPREPLY[@]#"$cut"}")
  fi
  if [[ "\${directive:-0}" == 0 && \${#COMPREPLY[@]} == 0 ]]; then compopt -o default 2>/dev/null; fi
  if (( directive & 2 )); then compopt -o nospace 2>/dev/null; fi
}
complete -F ${name} ${program}
`;
}

function zsh(program: string): string {
  const name = functionName(program);
  return `#compdef ${program}
compdef ${name} ${program}

${name}() {
  local -a found
  local line directive=0
  while IFS='' read -r line; do
    case "$line" in
      :*) directive="\${line#:}" ;;
      *) found+=("\${line//$'\\t'/:}") ;;
    esac
  done < <("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe 'values' found; elif [[ "$directive" == 0 ]]; then _files; fi
}
`;
}

function fish(program: string): string {
  const name = functionName(program);
  return `# fish completion for ${program}
function ${name}
  set -l words (commandline -opc) (commandline -ct)
  for line in ($words[1] __complete $words[2..-1] 2>/dev/null)
    string match -q ':*' -- $line; or echo $line
  end
end
complete -c ${program} -f -a '(${name})'
`;
}

function powershell(program: string): string {
  return `# powershell completion for ${program}
Register-ArgumentCompleter -Native -CommandName '${program}' -ScriptBlock {
  param($word, $ast, $position)
  $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($word -eq '') { $words += '' }
  & '${program}' __complete @words 2>$null | Where-Object { $_ -notlike ':*' } | ForEach-Object {
    $parts = $_ -split "\`t", 2
    [System.Management.Automation.CompletionResult]::new($parts[0], $parts[0], 'ParameterValue', $(if ($parts.Length -gt 1) { $parts[1] } else { $parts[0] }))
  }
}
`;
}
