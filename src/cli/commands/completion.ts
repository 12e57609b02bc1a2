/** completion: the shell's half of completion; the words themselves come from __complete. */
import { UsageError, type Command } from '../command.js';

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
    const script = { bash, zsh, fish, powershell }[shell];
    if (script === undefined) throw new UsageError(`Unsupported shell type ${JSON.stringify(shell)}.`);
    context.out(script(context.host.program));
  },
};

/**
 * Bash takes words apart at "=", ":" and "@" too, and puts back only what stands behind the last of these; so the line is read as it was
 * typed, and of each word what bash keeps is cut away. The name is the one that `complete -F __start_kubectl k` asks for.
 */
const bash = (program: string): string => `
# bash completion for ${program}
__start_${program}() {
  local line out cur value cut file pattern directive=0
  local -a words found
  COMPREPLY=()
  read -ra words <<< "\${COMP_LINE:0:COMP_POINT}"
  [[ "\${COMP_LINE:0:COMP_POINT}" == *[[:space:]] ]] && words+=('')
  words=("\${words[@]//[\\"\\']/}")
  cur="\${words[\${#words[@]}-1]}"
  out=$(eval "\${COMP_WORDS[0]} __complete $(printf '%q ' "\${words[@]:1}")" 2>/dev/null)
  while IFS='' read -r line; do
    case "$line" in
      :[0-9]*) directive="\${line#:}" ;;
      *) found+=("\${line%%$'\\t'*}") ;;
    esac
  done <<< "$out"
  value="$cur"
  [[ "$cur" == -*=* ]] && value="\${cur#*=}"
  if (( directive & 8 )); then
    compopt -o filenames 2>/dev/null
    while IFS='' read -r file; do
      for pattern in "\${found[@]}"; do [[ -d "$file" || "$file" == *."$pattern" ]] && COMPREPLY+=("$file") && break; done
    done < <(compgen -f -- "$value")
    return
  fi
  cut="\${value%"\${value##*[:@]}"}"
  [[ "$cut" == *: && "$COMP_WORDBREAKS" != *:* ]] && cut=''
  # Of a word with "@" bash keeps what stands before it.
  if [[ "$cut" == *@ ]]; then if [[ "$COMP_WORDBREAKS" == *@* ]]; then cut="\${cut%@}"; else cut=''; fi; fi
  for line in "\${found[@]}"; do [[ "$line" == "$value"* ]] && COMPREPLY+=("\${line#"$cut"}"); done
  if (( directive == 0 && \${#COMPREPLY[@]} == 0 )); then compopt -o default 2>/dev/null; fi
  if (( directive & 2 )); then compopt -o nospace 2>/dev/null; fi
}
complete -F __start_${program} ${program}
`;

/** To be sourced, or put on fpath as "_${program}", whose first call is already one for words. */
const zsh = (program: string): string => `#compdef ${program}
compdef _${program} ${program}

_${program}() {
  local -a typed found space
  local line name directive=0
  typed=("\${(@Q)words[2,CURRENT]}")
  typed=("\${(@q)typed}")
  while IFS='' read -r line; do
    case "$line" in
      :[0-9]*) directive="\${line#:}" ;;
      *) name="\${line%%$'\\t'*}"
        if [[ "$line" == *$'\\t'* ]]; then found+=("\${name//:/\\\\:}:\${line#*$'\\t'}"); else found+=("\${name//:/\\\\:}"); fi ;;
    esac
  done < <(eval "\${words[1]} __complete \${(j: :)typed}" 2>/dev/null)
  [[ "\${words[CURRENT]}" == -*=* ]] && compset -P 1 '*='
  if (( directive & 8 )); then _files -g "*.(\${(j:|:)found})"; return; fi
  (( directive & 2 )) && space=(-S '')
  if (( \${#found} )); then _describe 'values' found "\${space[@]}"; elif (( directive == 0 )); then _files; fi
}

if [ "$funcstack[1]" = "_${program}" ]; then _${program} "$@"; fi
`;

const fish = (program: string): string => {
  const name = `__${program.replaceAll('-', '_')}_complete`;
  return `# fish completion for ${program}
function ${name}
  set -l words (commandline -opc)
  set -l cur (commandline -ct)
  set -l prefix (string match -r -- '^-[^=]*=' $cur)
  set -l value (string replace -r -- '^-[^=]*=' '' $cur)
  set -l directive 0
  set -l found
  for line in ($words[1] __complete $words[2..-1] "$cur" 2>/dev/null)
    if string match -qr '^:[0-9]+$' -- $line
      set directive (string sub -s 2 -- $line)
    else
      set -a found $line
    end
  end
  if test (math "bitand($directive, 8)") -ne 0
    for ending in $found
      for file in (__fish_complete_suffix $value .$ending)
        echo "$prefix$file"
      end
    end
  else if test (count $found) -gt 0
    for line in $found
      echo "$prefix$line"
    end
  else if test $directive -eq 0
    for file in (__fish_complete_path $value)
      echo "$prefix$file"
    end
  end
end
complete -c ${program} -f -a '(${name})'
`;
};

const powershell = (program: string): string => `
# powershell completion for ${program}
Register-ArgumentCompleter -Native -CommandName '${program}' -ScriptBlock {
  param($word, $ast, $position)
  $words = @($ast.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.StartOffset -lt $position } | ForEach-Object { $_.ToString() })
  # Before PowerShell 7.3 an empty word given to a program is lost, unless it is quoted twice.
  if ($word -eq '') { if ($PSVersionTable.PSVersion -ge [version]'7.3') { $words += '' } else { $words += '""' } }
  $prefix = if ($word -match '^-[^=]*=') { $Matches[0] } else { '' }
  $lines = @(& '${program}' __complete @words 2>$null)
  # With ":8" the lines are endings of file names, which PowerShell offers by itself.
  if ($lines[-1] -eq ':8') { return }
  $lines | Where-Object { $_ -notmatch '^:[0-9]+$' } | ForEach-Object {
    $parts = $_ -split "\`t", 2
    $about = if ($parts.Length -gt 1) { $parts[1] } else { $parts[0] }
    [System.Management.Automation.CompletionResult]::new("$prefix$($parts[0])", $parts[0], 'ParameterValue', $about)
  }
}
`;
