/** The signals that a container's stopSignal may name on Linux; stated once, for the schema and for validation. */
const NAMED_SIGNALS =
  'SIGABRT SIGALRM SIGBUS SIGCHLD SIGCLD SIGCONT SIGFPE SIGHUP SIGILL SIGINT SIGIO SIGIOT SIGKILL SIGPIPE SIGPOLL SIGPROF SIGPWR SIGQUIT SIGRTMAX SIGRTMIN SIGSEGV SIGSTKFLT SIGSTOP SIGSYS SIGTERM SIGTRAP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGUSR1 SIGUSR2 SIGVTALRM SIGWINCH SIGXCPU SIGXFSZ'.split(
    ' ',
  );
const REALTIME_SIGNALS = [...Array.from({ length: 14 }, (_, at) => `SIGRTMAX-${at + 1}`), ...Array.from({ length: 15 }, (_, at) => `SIGRTMIN+${at + 1}`)];
/** Sorted, as OpenAPI lists them. */
export const LINUX_SIGNALS: readonly string[] = [...NAMED_SIGNALS, ...REALTIME_SIGNALS].sort();
