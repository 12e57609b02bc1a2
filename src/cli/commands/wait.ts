/** wait: until objects are there, gone, or as they should be. */
import { isNotFound } from '../../apimachinery/status.js';
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { findInfos, MISSING, plainName } from '../infos.js';
import { fromFiles, readManifests, type Info, type Infos } from '../manifests.js';
import { JsonPath, JsonPathError, relaxedJsonPath } from '../printers/jsonpath.js';
import { kindName } from '../printers/printer.js';
import { FILENAME_FLAGS, SELECTOR_FLAG } from '../sharedflags.js';
import { checkOptions, resultPrinter, type ResultPrinter, tell, WRITE_OUTPUT_FLAGS } from '../writing.js';
import { watchUntil } from '../watching.js';

export const wait: Command = {
  name: 'wait',
  summary: 'Wait for a specific condition on one or many resources',
  about:
    'Wait for a specific condition on one or many resources.\n\nThe command takes multiple resources and waits until the specified condition is seen in the Status field of every given resource.\n\nAlternatively, the command can wait for the given set of resources to be created or deleted by providing the "create" or "delete" keyword as the value to the --for flag.',
  usage:
    "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]] [options]",
  examples: [
    { does: 'Wait for the pod "busybox1" to contain the status condition of type "Ready"', command: 'wait --for=condition=Ready pod/busybox1' },
    { does: 'Wait for the pod "busybox1" to contain the status phase to be "Running"', command: "wait --for=jsonpath='{.status.phase}'=Running pod/busybox1" },
    {
      does: 'Wait for pod "busybox1" to be deleted, with a timeout of 60s, after having issued the "delete" command',
      command: 'wait --for=delete pod/busybox1 --timeout=60s',
    },
  ],
  flags: [
    ...WRITE_OUTPUT_FLAGS,
    ...FILENAME_FLAGS.filter(({ name }) => name !== 'kustomize').map((flag) => (flag.name === 'recursive' ? { ...flag, default: 'true' } : flag)),
    SELECTOR_FLAG,
    { name: 'local', type: 'bool', description: 'If true, annotation will NOT contact api-server but run locally.' },
    { name: 'all', type: 'bool', description: 'Select all resources in the namespace of the specified resource types' },
    {
      name: 'all-namespaces',
      short: 'A',
      type: 'bool',
      description:
        'If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if specified with --namespace.',
    },
    {
      name: 'field-selector',
      type: 'string',
      description:
        "Selector (field query) to filter on, supports '=', '==', and '!='.(e.g. --field-selector key1=value1,key2=value2). The server only supports a limited number of field queries per type.",
    },
    {
      name: 'for',
      type: 'stringArray',
      description:
        "The condition to wait on: [create|delete|condition=condition-name[=condition-value]|jsonpath='{JSONPath expression}'=[JSONPath value]]. The default condition-value is true. Condition values are compared after Unicode simple case folding, which is a more general form of case-insensitivity. Multiple conditions are supported and AND'ed to each other in a sequential order. If --for=create is passed, it is always waited first.",
    },
    {
      name: 'timeout',
      type: 'duration',
      default: '30s',
      description: "The length of time to wait before giving up. Zero means check once and don't wait, negative means wait for a week.",
    },
  ],
  run,
};

const WEEK_MS = 168 * 3_600_000;
const ASK_AGAIN_MS = 100;

type Condition = { type: 'create' } | { type: 'delete' } | { type: 'state'; holds(object: any): boolean };

async function run(context: Context): Promise<number | void> {
  const { flags } = context;
  checkOptions(context);
  const wanted = flags.list('for');
  const conditions = wanted.map(conditionOf);
  if (conditions.length === 0) throw new CliError('unrecognized condition: []');
  context.needs('stay');
  const timeoutMs = flags.duration('timeout');
  const waiting: Waiting = {
    conditions,
    timeoutMs,
    deadlineMs: context.clock.now() + (timeoutMs < 0 ? WEEK_MS : timeoutMs),
    printer: await resultPrinter(context),
    late: false,
  };
  const { infos, errors } = await found(context, waiting);
  if (infos.length === 0 && errors.length === 0 && !waits(waiting, 'delete')) throw new CliError('no matching resources found');
  for (const info of infos) {
    try {
      for (const condition of conditions) await meet(context, waiting, info, condition);
    } catch (error) {
      errors.push(error);
    }
  }
  return tell(context, errors);
}

interface Waiting {
  conditions: readonly Condition[];
  deadlineMs: number;
  timeoutMs: number;
  printer: ResultPrinter;
  /** The time of all together is up. */
  late: boolean;
}

const waits = ({ conditions }: Waiting, type: Condition['type']): boolean => conditions.some((condition) => condition.type === type);

async function found(context: Context, waiting: Waiting): Promise<Infos> {
  if (context.flags.bool('local')) return local(context);
  if (waits(waiting, 'create')) {
    const { infos, errors } = await created(context, waiting.deadlineMs);
    if (errors.length > 0) return { infos, errors };
  }
  // What is gone already is what was waited for.
  const isForDelete = waits(waiting, 'delete');
  return findInfos(context, { unread: isForDelete, allNamespaces: true, latest: !isForDelete });
}

async function local(context: Context): Promise<Infos> {
  if (context.args.length > 0)
    throw new CliError(
      "you must specify resources by --filename when --local is set.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'",
    );
  if (!fromFiles(context)) throw new CliError(MISSING.replaceAll('kubectl', context.host.program));
  return readManifests(context, { local: true });
}

/** Prints the object once it is as it should be. Throws where that did not come in time. */
async function meet(context: Context, waiting: Waiting, info: Info, condition: Condition): Promise<void> {
  // As kubectl does: once the time is up nothing more is looked at.
  if (waiting.late) throw timedOut(info);
  if (condition.type === 'create') return waiting.printer.print(info.object, 'condition met');
  if (info.resource === undefined) return meetLocally(waiting, info, condition);
  let last: any = info.object.metadata.uid === undefined ? undefined : info.object;
  const check = (object: any): boolean => {
    if (object !== undefined) last = object;
    return condition.type === 'delete' ? object === undefined : object !== undefined && condition.holds(object);
  };
  const met = await watchUntil(context, info, { deadlineMs: waiting.deadlineMs, check });
  if (!met && waiting.timeoutMs === 0) throw new CliError(`condition not met for ${plainName(info)}`);
  if (!met) {
    waiting.late = true;
    throw timedOut(info);
  }
  if (last !== undefined) waiting.printer.print(last, 'condition met');
}

/** What a file says does not change while one waits. (kubectl itself crashes here.) */
function meetLocally({ printer }: Waiting, { object, name }: Info, condition: Condition): void {
  if (condition.type !== 'state' || !condition.holds(object)) throw new CliError(`condition not met for ${kindName(object).split('/')[0]}/${name}`);
  printer.print(object, 'condition met');
}

const timedOut = (info: Info): CliError => new CliError(`timed out waiting for the condition on ${plainName(info)}`);

function conditionOf(text: string): Condition {
  const lower = text.toLowerCase();
  if (lower === 'delete' || lower === 'create') return { type: lower };
  if (text.startsWith('condition=')) return byCondition(text.slice('condition='.length));
  if (text.startsWith('jsonpath=')) return byPath(text.slice('jsonpath='.length));
  throw new CliError(`unrecognized condition: ${JSON.stringify(text)}`);
}

function byCondition(text: string): Condition {
  const at = text.indexOf('=');
  const [name, wanted] = at < 0 ? [text, 'true'] : [text.slice(0, at), text.slice(at + 1)];
  return {
    type: 'state',
    holds({ status, metadata }) {
      const found = (status?.conditions ?? []).find(({ type }: any) => String(type).toLowerCase() === name.toLowerCase());
      if (found === undefined) return false;
      const observed: number | undefined = found.observedGeneration ?? status.observedGeneration;
      if (observed !== undefined && observed < (metadata.generation ?? 0)) return false;
      return String(found.status).toLowerCase() === wanted.toLowerCase();
    },
  };
}

const FORM = "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'";
const NO_VALUE = "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3";

/** '{.status.phase}'=Running, or a path alone: that it has any value. */
function byPath(text: string): Condition {
  const parts = splitAtEquals(text);
  if (parts.length > 2) throw new CliError(FORM);
  const expression = relaxedJsonPath(parts[0]!);
  const wanted = parts[1]?.replace(/^['"]+|['"]+$/g, '');
  if (wanted === '') throw new CliError(NO_VALUE);
  if (expression === '') throw new CliError('jsonpath expression cannot be empty');
  const path = told(() => new JsonPath(expression, { allowMissingKeys: true }));
  return {
    type: 'state',
    holds(object) {
      const [values = [], ...more] = told(() => path.find(object));
      if (values.length === 0) return false;
      if (more.length > 0) throw new CliError('given jsonpath expression matches more than one list');
      if (values.length > 1) throw new CliError('given jsonpath expression matches more than one value');
      if (wanted === undefined) return true;
      if (typeof values[0] === 'object' && values[0] !== null) throw new CliError('jsonpath leads to a nested object or list which is not supported');
      return String(values[0]).trim() === wanted.trim();
    },
  };
}

/** A double "==" belongs to the expression. */
function splitAtEquals(text: string): string[] {
  const doubled = text.replaceAll('==', '\0');
  return doubled.split('=').map((part) => part.replaceAll('\0', '=='));
}

function told<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (error instanceof JsonPathError) throw new CliError(error.message);
    throw error;
  }
}

/** Asks until every object named is there. */
async function created(context: Context, deadlineMs: number): Promise<{ infos: Info[]; errors: unknown[] }> {
  for (;;) {
    const found = await findInfos(context, { allNamespaces: true, latest: true });
    const [missing, others] = [found.errors.filter(isNotFound), found.errors.filter((error) => !isNotFound(error))];
    if (others.length > 0 || (missing.length === 0 && found.infos.length > 0)) return { infos: found.infos, errors: others };
    if (context.clock.now() >= deadlineMs) {
      return { infos: [], errors: [new CliError('timed out waiting for the condition')] };
    }
    await new Promise<void>((resolve) => context.clock.after(ASK_AGAIN_MS, resolve));
  }
}
