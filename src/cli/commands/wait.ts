/** wait: until objects are there, gone, or as they should be. */
import { isNotFound } from '../../apimachinery/status.js';
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { findInfos, plainName } from '../infos.js';
import type { Info } from '../manifests.js';
import { JsonPath, JsonPathError, relaxedJsonPath } from '../printers/jsonpath.js';
import { FILENAME_FLAGS, SELECTOR_FLAG } from '../sharedflags.js';
import { checkOptions, resultPrinter, type ResultPrinter, tell, WRITE_OUTPUT_FLAGS } from '../writing.js';
import { watchUntil } from '../watching.js';

export const wait: Command = {
  name: 'wait',
  summary: 'Wait for a specific condition on one or many resources',
  about: 'Wait for a specific condition on one or many resources.\n\nThe command takes multiple resources and waits until the specified condition is seen in the Status field of every given resource.\n\nAlternatively, the command can wait for the given set of resources to be created or deleted by providing the "create" or "delete" keyword as the value to the --for flag.',
  usage: '([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath=\'{}\'[=value]] [options]',
  examples: [
    { does: 'Wait for the pod "busybox1" to contain the status condition of type "Ready"', command: 'wait --for=condition=Ready pod/busybox1' },
    { does: 'Wait for the pod "busybox1" to contain the status phase to be "Running"', command: "wait --for=jsonpath='{.status.phase}'=Running pod/busybox1" },
    { does: 'Wait for pod "busybox1" to be deleted, with a timeout of 60s, after having issued the "delete" command', command: 'wait --for=delete pod/busybox1 --timeout=60s' },
  ],
  flags: [
    ...WRITE_OUTPUT_FLAGS,
    ...FILENAME_FLAGS.filter(({ name }) => name !== 'kustomize'),
    { name: 'kustomize', short: 'k', type: 'string', description: '', hidden: true },
    SELECTOR_FLAG,
    { name: 'all', type: 'bool', description: 'Select all resources in the namespace of the specified resource types' },
    { name: 'all-namespaces', short: 'A', type: 'bool', description: 'If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if specified with --namespace.' },
    { name: 'field-selector', type: 'string', description: "Selector (field query) to filter on, supports '=', '==', and '!='.(e.g. --field-selector key1=value1,key2=value2). The server only supports a limited number of field queries per type." },
    { name: 'for', type: 'stringArray', description: "The condition to wait on: [create|delete|condition=condition-name[=condition-value]|jsonpath='{JSONPath expression}'=[JSONPath value]]. The default condition-value is true. Condition values are compared after Unicode simple case folding, which is a more general form of case-insensitivity." },
    { name: 'timeout', type: 'duration', default: '30s', description: 'The length of time to wait before giving up.  Zero means check once and don\'t wait, negative means wait for a week.' },
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
  if (wanted.length === 0) throw new CliError('unrecognized condition: []');
  const conditions = wanted.map(conditionOf);
  context.needs('stay');
  const timeoutMs = flags.duration('timeout');
  const deadlineMs = context.clock.now() + (timeoutMs < 0 ? WEEK_MS : timeoutMs);
  const printer = await resultPrinter(context);
  if (conditions.some(({ type }) => type === 'create')) {
    const { infos, errors } = await created(context, deadlineMs);
    if (errors.length > 0) return tell(context, errors);
    if (conditions.length === 1) {
      for (const { object } of infos) printer.print(object, 'condition met');
      return;
    }
  }
  let code = 0;
  for (const condition of conditions) code = Math.max(code, (await waitFor(context, condition, { deadlineMs, timeoutMs, printer })) ?? 0);
  return code;
}

interface Waiting {
  deadlineMs: number;
  timeoutMs: number;
  printer: ResultPrinter;
}

async function waitFor(context: Context, condition: Condition, { deadlineMs, timeoutMs, printer }: Waiting): Promise<number | void> {
  const { infos, errors } = await findInfos(context, { unread: condition.type === 'delete', allNamespaces: true, latest: condition.type !== 'delete' });
  // What is gone already is what was waited for.
  if (infos.length === 0 && errors.length === 0) {
    if (condition.type === 'delete') return;
    throw new CliError('no matching resources found');
  }
  let late = false;
  for (const info of infos) {
    try {
      // As kubectl does: the time is that of all together, and once it is up nothing more is looked at.
      if (late) throw timedOut(info);
      const object = await one(context, info, condition, deadlineMs, timeoutMs);
      if (object !== undefined) printer.print(object, 'condition met');
    } catch (error) {
      late ||= timeoutMs !== 0 && context.clock.now() >= deadlineMs;
      errors.push(error);
    }
  }
  return tell(context, errors);
}

/** Undefined: nothing to print. */
async function one(context: Context, info: Info, condition: Condition, deadlineMs: number, timeoutMs: number): Promise<any> {
  if (condition.type === 'create') return info.object;
  let last: any = info.object;
  let seen = false;
  const uid: string | undefined = info.object.metadata.uid;
  const check = (object: any): boolean => {
    if (condition.type === 'delete') {
      if (object !== undefined) [last, seen] = [object, true];
      return object === undefined || (uid !== undefined && object.metadata.uid !== uid);
    }
    if (object === undefined) return false;
    last = object;
    return condition.holds(object);
  };
  const met = await watchUntil(context, info, { deadlineMs, check });
  if (!met) throw timeoutMs === 0 ? new CliError(`condition not met for ${plainName(info)}`) : timedOut(info);
  return condition.type === 'delete' && !seen && uid === undefined ? undefined : last;
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

/** '{.status.phase}'=Running, or a path alone: that it has any value. */
function byPath(text: string): Condition {
  const end = text.startsWith('{') ? text.indexOf('}') + 1 : text.indexOf('=') < 0 ? text.length : text.indexOf('=');
  const expression = text.slice(0, end);
  const rest = text.slice(end);
  if (expression === '' && text.startsWith('{')) throw new CliError("unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'");
  if (rest.startsWith('{')) throw new CliError("unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'");
  if (expression === '') throw new CliError('jsonpath expression cannot be empty');
  if (rest !== '' && !rest.startsWith('=')) throw new CliError(`jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'`);
  const wanted = rest === '' ? undefined : rest.slice(1).replace(/^(['"])(.*)\1$/, '$2');
  if (wanted === '') throw new CliError('jsonpath wait has to have a value after equal sign, like --for=jsonpath=\'{.status.readyReplicas}\'=3');
  const path = new JsonPath(relaxedJsonPath(expression), { allowMissingKeys: true });
  return {
    type: 'state',
    holds(object) {
      let values: unknown[];
      try {
        values = path.find(object).flat();
      } catch (error) {
        if (error instanceof JsonPathError) throw new CliError(error.message);
        throw error;
      }
      if (values.length === 0) return false;
      if (wanted === undefined) return true;
      if (values.length > 1) throw new CliError('given jsonpath expression matches more than one value');
      if (typeof values[0] === 'object' && values[0] !== null) throw new CliError('jsonpath leads to a nested object or list which is not supported');
      return String(values[0]) === wanted;
    },
  };
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
